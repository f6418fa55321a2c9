using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Integration.Host.Security;

/// <summary>One-time links that open the console without typing a key. Kept in memory only. Safe for many threads.</summary>
internal sealed class ConsoleLink(TimeProvider clock)
{
    /// <summary>How long a link can be used.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, long> _created = new(StringComparer.Ordinal);

    /// <summary>A new link as a path, <c>/signin/TOKEN</c>, to be put behind the address the console listens on.</summary>
    public string Create()
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _created[HashOf(token)] = clock.GetTimestamp();
        return "/signin/" + token;
    }

    /// <summary>True for the first use of a link within <see cref="Validity"/>, false for everything else.</summary>
    public bool Redeem(string token) =>
        _created.TryRemove(HashOf(token), out var created) && clock.GetElapsedTime(created) < Validity;

    // Looked up by hash, so that the time a look-up takes tells nothing about the token.
    private static string HashOf(string token) => Convert.ToHexString(ApiKeyring.HashOf(token));
}
