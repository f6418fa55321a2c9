using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Integration.Core.Diagnostics;

namespace Integration.Host.Security;

/// <summary>
/// The keys that open the engine. Those of the configuration; where there are none, one that is made at the first start and
/// kept as its hash. Immutable but for <see cref="TakeNewKey"/>; safe for many threads.
/// </summary>
internal sealed class ApiKeyring
{
    /// <summary>Name of the key that is made when none is configured.</summary>
    public const string FirstStartName = "first-start";

    private readonly (string Name, byte[] Hash)[] _keys;
    private string? _newKey;

    private ApiKeyring((string Name, byte[] Hash)[] keys, string? newKey)
    {
        _keys = keys;
        _newKey = newKey;
    }

    /// <summary>Reads the keys, and makes the first one where there is none.</summary>
    /// <exception cref="ConfigurationException">Configured keys or the key file cannot be used.</exception>
    public static ApiKeyring Open(IConfiguration configuration, string dataFolder, TimeProvider clock)
    {
        var problems = ConfiguredApiKeys.Problems(configuration);
        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }

        var configured = ConfiguredApiKeys.Read(configuration);
        if (configured.Count > 0)
        {
            return new ApiKeyring([.. configured.Select(key => (key.Name, HashOf(key.Key)))], newKey: null);
        }

        var file = new ApiKeyFile(dataFolder);
        var stored = file.Read();
        if (stored.Count > 0)
        {
            return new ApiKeyring([.. stored.Select(key => (key.Name, Convert.FromHexString(key.Sha256)))], newKey: null);
        }

        var made = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var hash = HashOf(made);
        file.Write([new StoredApiKey(FirstStartName, Convert.ToHexStringLower(hash), clock.GetUtcNow())]);
        return new ApiKeyring([(FirstStartName, hash)], made);
    }

    /// <summary>The key that this start made, to be shown to whoever started the engine. Null the second time and when none was made.</summary>
    public string? TakeNewKey() => Interlocked.Exchange(ref _newKey, null);

    /// <summary>Whose key it is; null when nobody's. Takes the same time whichever key fits, and none.</summary>
    public ApiKeyHolder? Match(string presented)
    {
        var hash = HashOf(presented);
        ApiKeyHolder? holder = null;
        foreach (var (name, expected) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, expected))
            {
                holder = new ApiKeyHolder(name, FingerprintOf(expected));
            }
        }

        return holder;
    }

    /// <summary>Whether the key with that fingerprint is still good: a session ends when the key that opened it is withdrawn.</summary>
    public bool Holds(string fingerprint) => _keys.Any(key => FingerprintOf(key.Hash) == fingerprint);

    /// <summary>SHA-256. A salt or a slow hash would add nothing: keys are long and random, not chosen like passwords.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string FingerprintOf(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 8));
}

/// <summary>Whose key was presented.</summary>
/// <param name="Fingerprint">First 16 hex digits of its SHA-256.</param>
internal sealed record ApiKeyHolder(string Name, string Fingerprint);
