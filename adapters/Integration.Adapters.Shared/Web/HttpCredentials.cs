using System.Security.Cryptography;
using System.Text;
using Integration.Core.Settings;
using Microsoft.AspNetCore.Http;

namespace Integration.Adapters.Shared.Web;

/// <summary>Who may post to a feed.</summary>
/// <param name="ApiKey">Key that senders show in <c>X-Api-Key</c>; null: none is asked for.</param>
/// <param name="User">Name for Basic authentication (RFC 7617); null: none is asked for.</param>
/// <param name="Password">Password of <see cref="User"/>.</param>
internal sealed record SenderCredentials(string? ApiKey, string? User, string? Password)
{
    private const int ShortestSecret = 12;

    /// <summary>Keys that <see cref="Read"/> reads.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["ApiKey", "User", "Password"];

    /// <summary>Whether senders must say who they are; either way will do where both are set.</summary>
    public bool AreNeeded => ApiKey is not null || User is not null;

    /// <summary>Reads <c>ApiKey</c>, <c>User</c> and <c>Password</c>; problems go to the reader.</summary>
    public static SenderCredentials Read(SettingsReader settings)
    {
        var read = new SenderCredentials(Secret(settings, "ApiKey"), settings.Text("User"), Secret(settings, "Password"));
        if (read.User is null != read.Password is null)
        {
            settings.Report(
                read.User is null ? "User" : "Password", "User and Password belong together.",
                $"Set both, the password by environment as Feeds__{settings.Name}__Password, or neither.");
        }

        return read;
    }

    private static string? Secret(SettingsReader settings, string key)
    {
        var secret = settings.Text(key);
        if (secret?.Length < ShortestSecret)
        {
            settings.Report(key, $"It must have {ShortestSecret} characters at least.", $"Give it by environment as Feeds__{settings.Name}__{key}.");
        }

        return secret;
    }
}

/// <summary>Whether a request may post: by key or by name and password, compared in a time that tells nothing.</summary>
/// <param name="realm">What Basic authentication calls the place.</param>
internal sealed class HttpCredentials(SenderCredentials options, string realm)
{
    private const string KeyHeader = "X-Api-Key";
    private const string Basic = "Basic ";

    private readonly byte[]? _key = options.ApiKey is { } key ? Hash(key) : null;
    private readonly byte[]? _basic = options.User is { } user ? Hash($"{user}:{options.Password}") : null;

    public bool Allow(HttpRequest request) =>
        !options.AreNeeded
        || (_key is not null && CryptographicOperations.FixedTimeEquals(_key, Hash(request.Headers[KeyHeader].ToString())))
        || (_basic is not null && CryptographicOperations.FixedTimeEquals(_basic, Hash(Decode(request.Headers.Authorization.ToString()))));

    /// <summary>What a request without them is asked for.</summary>
    public void Challenge(HttpResponse response)
    {
        if (_basic is not null)
        {
            response.Headers.WWWAuthenticate = $"Basic realm=\"{realm}\", charset=\"UTF-8\"";
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
