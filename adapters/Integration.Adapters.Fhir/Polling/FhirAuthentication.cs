using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>How we say who we are to a FHIR server.</summary>
internal enum FhirAuthenticationKind
{
    None,

    /// <summary>Name and password (RFC 7617).</summary>
    Basic,

    /// <summary>A token that does not change.</summary>
    Bearer,

    /// <summary>OAuth 2.0 client credentials with a client secret (RFC 6749 §4.4).</summary>
    ClientCredentials,

    /// <summary>SMART Backend Services: OAuth 2.0 client credentials with a signed JWT (RFC 7523).</summary>
    SmartBackend,
}

/// <summary>Settings below <c>Feeds:NAME:Authentication</c>. Secrets are given by environment.</summary>
internal sealed record FhirAuthentication
{
    private const string Section = "Authentication:";

    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        [.. new[] { "Kind", "User", "Password", "Token", "TokenUrl", "ClientId", "ClientSecret", "Scope", "KeyFile", "KeyId" }.Concat(TlsSettings.ConnectKeys).Select(key => Section + key)];

    public FhirAuthenticationKind Kind { get; init; }

    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    public string Token { get; init; } = "";

    /// <summary>Where tokens are asked for.</summary>
    public Uri? TokenUrl { get; init; }

    public string ClientId { get; init; } = "";

    public string ClientSecret { get; init; } = "";

    /// <summary>Default <c>system/*.read</c>; empty for none.</summary>
    public string Scope { get; init; } = "system/*.read";

    /// <summary>Private key as PEM, RSA (RS384) or P-384 (ES384).</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>How the server knows the key (<c>kid</c>); empty for none.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>What we show and trust over https, at the token server too; null: no certificate of ours, and the authorities of the operating system.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The settings as far as they can be read; problems go to the reader.</summary>
    public static FhirAuthentication Read(SettingsReader settings)
    {
        var read = new FhirAuthentication
        {
            Kind = settings.Choice("Authentication:Kind", FhirAuthenticationKind.None),
            User = settings.Text("Authentication:User") ?? "",
            Password = settings.Text("Authentication:Password") ?? "",
            Token = settings.Text("Authentication:Token") ?? "",
            TokenUrl = settings.WebAddress("Authentication:TokenUrl", "https://login.hospital.local/token"),
            ClientId = settings.Text("Authentication:ClientId") ?? "",
            ClientSecret = settings.Text("Authentication:ClientSecret") ?? "",
            Scope = settings.Text("Authentication:Scope") ?? "system/*.read",
            KeyFile = settings.File("Authentication:KeyFile") ?? "",
            KeyId = settings.Text("Authentication:KeyId") ?? "",
            Tls = TlsSettings.ReadForConnecting(settings, Section),
        };
        if (read.Tls is not null && settings.Text("BaseUrl")?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) == true)
        {
            settings.Report("Authentication:Tls", "BaseUrl is http, where no certificate is shown.", "Write BaseUrl with https, or leave Authentication:Tls out.");
        }

        foreach (var (key, value) in read.Needed())
        {
            if (value.Length == 0)
            {
                settings.Report(
                    $"Authentication:{key}", $"{read.Kind} needs it.",
                    key is "Password" or "Token" or "ClientSecret" ? $"Give it by environment as Feeds__{settings.Name}__Authentication__{key}." : "Set it as the server's operator says.");
            }
        }

        return read;
    }

    private IEnumerable<(string Key, string Value)> Needed() => Kind switch
    {
        FhirAuthenticationKind.Basic => [("User", User), ("Password", Password)],
        FhirAuthenticationKind.Bearer => [("Token", Token)],
        FhirAuthenticationKind.ClientCredentials => [("TokenUrl", TokenUrl?.ToString() ?? ""), ("ClientId", ClientId), ("ClientSecret", ClientSecret)],
        FhirAuthenticationKind.SmartBackend => [("TokenUrl", TokenUrl?.ToString() ?? ""), ("ClientId", ClientId), ("KeyFile", KeyFile)],
        _ => [],
    };
}
