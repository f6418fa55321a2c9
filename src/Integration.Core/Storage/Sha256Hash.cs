using System.Security.Cryptography;

namespace Integration.Core.Storage;

/// <summary>
/// SHA-256 of short texts, made many times a message: ids and fingerprints. The one-shot call looks the algorithm up and makes a context each time,
/// which costs several times what the hash itself does; here each thread keeps one context.
/// </summary>
internal static class Sha256Hash
{
    [ThreadStatic]
    private static IncrementalHash? _hash;

    /// <param name="destination">32 bytes.</param>
    public static void Of(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        var hash = _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        hash.GetHashAndReset(destination);
    }
}
