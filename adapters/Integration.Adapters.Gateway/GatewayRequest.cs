using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Messaging.Sending;

namespace Integration.Adapters.Gateway;

/// <summary>Makes the request that a gateway's file describes for one message.</summary>
internal sealed class GatewayRequest(GatewayOptions options, PatientMessage message, ChannelMessage channel, DateTimeOffset now)
{
    private const string SecretPrefix = "secret.";
    private const string ValuePrefix = "value.";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>Null: what the file and the settings make together is no http address.</returns>
    public HttpRequestMessage? Make(GatewayChannel how)
    {
        var address = Render(how.Url!, (name, value) => name == "url" ? value : Uri.EscapeDataString(value));
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return null;
        }

        var request = new HttpRequestMessage(how.Method, url)
        {
            Content = how.Body switch
            {
                GatewayBody.Json json => new StringContent(json.Template.Render(ValueOf)?.ToJsonString(Readable) ?? "null", Encoding.UTF8, "application/json"),
                GatewayBody.Form form => new FormUrlEncodedContent(form.Fields.Select(field => KeyValuePair.Create(field.Name, Render(field.Value, (_, value) => value)))),
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
        "url" => options.Url,
        _ when name.StartsWith(SecretPrefix, StringComparison.Ordinal) => options.Secrets.GetValueOrDefault(name[SecretPrefix.Length..]),
        _ when name.StartsWith(ValuePrefix, StringComparison.Ordinal) => channel.Values.GetValueOrDefault(name[ValuePrefix.Length..]),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Requests have no such value."),
    };
}
