using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Integration.Core.Diagnostics;

namespace Integration.Host.Security;

/// <summary>
/// The keys that open the engine: those of the configuration; where there are none, one that is made at the first start and kept
/// as its hash. Safe for many threads.
/// </summary>
internal sealed class ApiKeyring
{
    /// <summary>Name of the key that is made when none is configured.</summary>
    public const string FirstStartName = "first-start";

    private readonly ApiKeyFile _file;
    private readonly TimeProvider _clock;
    private readonly Lock _making = new();
    private volatile (string Name, byte[] Hash)[] _keys;

    private ApiKeyring((string Name, byte[] Hash)[] keys, ApiKeyFile file, TimeProvider clock)
    {
        _keys = keys;
        _file = file;
        _clock = clock;
    }

    /// <summary>Reads the keys. Changes nothing.</summary>
    /// <exception cref="ConfigurationException">Configured keys or the key file cannot be used.</exception>
    public static ApiKeyring Open(IConfiguration configuration, string dataFolder, TimeProvider clock)
    {
        var problems = ConfiguredApiKeys.Problems(configuration);
        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }

        var file = new ApiKeyFile(dataFolder);
        var configured = ConfiguredApiKeys.Read(configuration);
        return new ApiKeyring(
            configured.Count > 0
                ? [.. configured.Select(key => (key.Name, HashOf(key.Key)))]
                : [.. file.Read().Select(key => (key.Name, Convert.FromHexString(key.Sha256)))],
            file, clock);
    }

    /// <summary>
    /// Makes a key where there is none yet, stores its hash, and returns it to be shown to whoever started the engine. Called when the
    /// engine runs, not before: a start that fails must not leave behind a key that nobody has seen.
    /// </summary>
    /// <returns>The key, which cannot be had a second time; null when there is a key already.</returns>
    /// <exception cref="ConfigurationException">The data folder cannot be written.</exception>
    public string? TakeNewKey()
    {
        lock (_making)
        {
            if (_keys.Length > 0)
            {
                return null;
            }

            var made = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            var hash = HashOf(made);
            _file.Write([new StoredApiKey(FirstStartName, Convert.ToHexStringLower(hash), _clock.GetUtcNow())]);
            _keys = [(FirstStartName, hash)];
            return made;
        }
    }

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
