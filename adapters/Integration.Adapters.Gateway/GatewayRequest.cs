using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Messaging.Sending;

namespace Integration.Adapters.Gateway;

/// <summary>Makes the request that a gateway's file describes for one message; one object makes one request.</summary>
/// <param name="zone">Of <c>{{localTime}}</c>.</param>
internal sealed class GatewayRequest(GatewayOptions options, PatientMessage message, ChannelMessage channel, DateTimeOffset now, TimeZoneInfo zone)
{
    private const string SecretPrefix = "secret.";
    private const string ValuePrefix = "value.";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, byte[]> _digests = new(StringComparer.Ordinal);
    private readonly string _nonce = Guid.NewGuid().ToString("N");
    private IReadOnlyList<GatewaySignature> _signatures = [];
    private string? _body;

    /// <returns>Null: what the file and the settings make together is no http address.</returns>
    public HttpRequestMessage? Make(GatewayChannel how)
    {
        _signatures = how.Signatures;
        _body = how.Body switch
        {
            GatewayBody.Json json => json.Template.Render(ValueOf)?.ToJsonString(Readable) ?? "null",
            GatewayBody.Form form => FormText(form),
            _ => "",
        };
        var address = Render(how.Url!, (name, value) => name == "url" || name.StartsWith(GatewayPrefixes.Encoded, StringComparison.Ordinal) ? value : Uri.EscapeDataString(value));
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return null;
        }

        var request = new HttpRequestMessage(how.Method, url)
        {
            Content = how.Body switch
            {
                GatewayBody.Json => new StringContent(_body, Encoding.UTF8, "application/json"),
                GatewayBody.Form => new StringContent(_body, Encoding.UTF8, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")),
                _ => null,
            },
        };
        foreach (var (name, text) in how.Headers)
        {
            // A header is ASCII; anything else would end the connection.
            var value = new string([.. Render(text, (_, value) => value).Select(c => c is < ' ' or > '~' ? '?' : c)]);
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.Remove(name);
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private string FormText(GatewayBody.Form form)
    {
        using var content = new FormUrlEncodedContent(form.Fields.Select(field => KeyValuePair.Create(field.Name, Render(field.Value, (_, value) => value))));
        using var reader = new StreamReader(content.ReadAsStream(), Encoding.ASCII);
        return reader.ReadToEnd();
    }

    /// <summary>A digest, made when it is first asked for: those of the body when there is one.</summary>
    private byte[] DigestOf(GatewaySignature signature)
    {
        if (!_digests.TryGetValue(signature.Name, out var digest))
        {
            var key = signature.KeyOf is { } other ? DigestOf(Signature(other)) : signature.Key is { } text ? Encoding.UTF8.GetBytes(Render(text, (_, value) => value)) : null;
            digest = signature.Compute(key, Render(signature.Of, (_, value) => value));
            _digests[signature.Name] = digest;
        }

        return digest;
    }

    private GatewaySignature Signature(string name) => _signatures.First(signature => signature.Name == name);

    private string Render(PlaceholderText text, Func<string, string, string> escape) => text.Render(name => escape(name, ValueOf(name) ?? ""), []) ?? "";

    /// <summary>Null: the template puts in no such value.</summary>
    private string? ValueOf(string name) => name switch
    {
        "text" => channel.Text,
        "to" => channel.To,
        "id" => SentMessageDocument.IdOf(message.EventId, channel.Channel),
        "eventId" => message.EventId,
        "template" => message.Template,
        "code" => channel.Code,
        "language" => message.Language,
        "category" => message.Category,
        "timestamp" => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        "timestampMs" => now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        "date" => now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "time" => now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        "localTime" => TimeZoneInfo.ConvertTime(now, zone).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture),
        "nonce" => _nonce,
        "body" => _body,
        "url" => options.Url,
        _ when name.StartsWith(GatewayPrefixes.Encoded, StringComparison.Ordinal) =>
            ValueOf(name[GatewayPrefixes.Encoded.Length..]) is { } plain ? Uri.EscapeDataString(plain) : null,
        _ when name.StartsWith(GatewayPrefixes.Sign, StringComparison.Ordinal) =>
            Signature(name[GatewayPrefixes.Sign.Length..]) is var signature ? signature.Write(DigestOf(signature)) : null,
        _ when name.StartsWith(SecretPrefix, StringComparison.Ordinal) => options.Secrets.GetValueOrDefault(name[SecretPrefix.Length..]),
        _ when name.StartsWith(ValuePrefix, StringComparison.Ordinal) => channel.Values.GetValueOrDefault(name[ValuePrefix.Length..]),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Requests have no such value."),
    };
}
