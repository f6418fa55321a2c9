using System.Security.Cryptography;
using System.Text;

namespace Integration.Core.Messaging.Gateways;

/// <summary>What names of placeholders of requests begin with.</summary>
public static class GatewayPrefixes
{
    /// <summary>Of a digest of the channel.</summary>
    public const string Sign = "sign.";

    /// <summary>Of any other value, percent-encoded (RFC 3986 §2.1).</summary>
    public const string Encoded = "encoded.";
}

/// <summary>How a digest is written as text.</summary>
public enum DigestText
{
    Hex,
    UpperHex,
    Base64,
}

/// <summary>One digest that a provider wants to see: a hash, or with a key an HMAC (RFC 2104). Immutable.</summary>
/// <param name="Name">What <c>{{sign.NAME}}</c> puts in.</param>
/// <param name="Algorithm">MD5, SHA1, SHA256 or SHA512.</param>
/// <param name="Of">What it is of.</param>
/// <param name="Text">How it is written.</param>
public sealed record GatewaySignature(string Name, HashAlgorithmName Algorithm, PlaceholderText Of, DigestText Text)
{
    /// <summary>Of an HMAC: a text with placeholders; null: it is a hash, or has <see cref="KeyOf"/>.</summary>
    public PlaceholderText? Key { get; init; }

    /// <summary>Of an HMAC: name of the digest before it whose bytes are its key; null: none.</summary>
    public string? KeyOf { get; init; }

    /// <param name="key">Null: a hash.</param>
    /// <param name="text">In UTF-8.</param>
    public byte[] Compute(byte[]? key, string text)
    {
        var data = Encoding.UTF8.GetBytes(text);
        using var digest = key is null ? IncrementalHash.CreateHash(Algorithm) : IncrementalHash.CreateHMAC(Algorithm, key);
        digest.AppendData(data);
        return digest.GetHashAndReset();
    }

    /// <summary>A digest as it is put in.</summary>
    public string Write(byte[] digest) => Text switch
    {
        DigestText.Base64 => Convert.ToBase64String(digest),
        DigestText.UpperHex => Convert.ToHexString(digest),
        _ => Convert.ToHexStringLower(digest),
    };
}
