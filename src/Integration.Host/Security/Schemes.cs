namespace Integration.Host.Security;

/// <summary>Names of the authentication schemes and of the claims they issue.</summary>
internal static class Schemes
{
    /// <summary>The default: <see cref="ApiKey"/> where a request carries a key, else <see cref="Console"/>.</summary>
    public const string Engine = "Engine";

    /// <summary>A key in <c>X-Api-Key</c> or <c>Authorization: Bearer</c>.</summary>
    public const string ApiKey = "ApiKey";

    /// <summary>The cookie of a person at the console.</summary>
    public const string Console = "Console";

    /// <summary>Claim: which key opened a session, see <see cref="ApiKeyring.Holds"/>. Absent when a one-time link did.</summary>
    public const string KeyFingerprintClaim = "integration:key";
}
