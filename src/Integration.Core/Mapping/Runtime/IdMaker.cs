using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Integration.Core.Storage;

namespace Integration.Core.Mapping.Runtime;

/// <summary>Makes resource ids from business identifiers: the same parts give the same id in every message, on every machine.</summary>
internal static class IdMaker
{
    // Not part of any HL7 text, so that (a, bc) and (ab, c) differ.
    private const char Separator = '\u001F';

    /// <summary>The first 128 bits of the SHA-256 of type and parts as 32 small hex digits.</summary>
    public static string Make(string resourceType, ReadOnlySpan<string> parts)
    {
        var length = resourceType.Length;
        foreach (var part in parts)
        {
            length += part.Length + 1;
        }

        var text = length <= 256 ? stackalloc char[length] : new char[length];
        resourceType.CopyTo(text);
        var end = resourceType.Length;
        foreach (var part in parts)
        {
            text[end++] = Separator;
            part.CopyTo(text[end..]);
            end += part.Length;
        }

        return Hash(text);
    }

    /// <summary>An id for the nth thing with the same identifier in one message.</summary>
    public static string Number(string id, int number) => Hash(string.Create(CultureInfo.InvariantCulture, $"{id}{Separator}{number}"));

    private static string Hash(ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = most <= 1024 ? stackalloc byte[most] : new byte[most];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Sha256Hash.Of(bytes[..Encoding.UTF8.GetBytes(text, bytes)], hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
