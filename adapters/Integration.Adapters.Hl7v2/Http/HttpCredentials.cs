using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Integration.Adapters.Hl7v2.Http;

/// <summary>Whether a request may post: by key or by name and password, compared in a time that tells nothing.</summary>
internal sealed class HttpCredentials(Hl7v2HttpOptions options)
{
    private const string KeyHeader = "X-Api-Key";
    private const string Basic = "Basic ";

    private readonly byte[]? _key = options.ApiKey is { } key ? Hash(key) : null;
    private readonly byte[]? _basic = options.User is { } user ? Hash($"{user}:{options.Password}") : null;

    public bool Allow(HttpRequest request) =>
        !options.NeedsCredentials
        || (_key is not null && CryptographicOperations.FixedTimeEquals(_key, Hash(request.Headers[KeyHeader].ToString())))
        || (_basic is not null && CryptographicOperations.FixedTimeEquals(_basic, Hash(Decode(request.Headers.Authorization.ToString()))));

    /// <summary>What a request without them is asked for.</summary>
    public void Challenge(HttpResponse response)
    {
        if (_basic is not null)
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"hl7\", charset=\"UTF-8\"";
        }
    }

    private static string Decode(string authorization)
    {
        Span<byte> decoded = stackalloc byte[1024];
        return authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), decoded, out var length)
            ? Encoding.UTF8.GetString(decoded[..length])
            : "";
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
