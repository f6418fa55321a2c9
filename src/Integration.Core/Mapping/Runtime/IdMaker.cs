using System.Security.Cryptography;
using System.Text;

namespace Integration.Core.Mapping.Runtime;

/// <summary>Makes resource ids from business identifiers: the same parts give the same id in every message, on every machine.</summary>
internal static class IdMaker
{
    // Not part of any HL7 text, so that (a, bc) and (ab, c) differ.
    private const char Separator = '\u001F';

    /// <summary>The first 128 bits of the SHA-256 of type and parts as 32 small hex digits.</summary>
    public static string Make(string resourceType, ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder(resourceType);
        foreach (var part in parts)
        {
            text.Append(Separator).Append(part);
        }

        return Hash(text);
    }

    /// <summary>An id for the nth thing with the same identifier in one message.</summary>
    public static string Number(string id, int number) => Hash(new StringBuilder(id).Append(Separator).Append(number));

    private static string Hash(StringBuilder text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
