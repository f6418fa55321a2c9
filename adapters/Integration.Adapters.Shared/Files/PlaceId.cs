using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Integration.Adapters.Shared.Files;

/// <summary>Ids of messages that derive from the place they were read at, so that a place that is read again after a crash is journaled once.</summary>
internal static class PlaceId
{
    /// <summary>A UUID of version 7 (RFC 9562 §5.7), 32 hex digits, with this time; its other bits are those of the place.</summary>
    /// <param name="place">The same text for the same place, whenever it is read.</param>
    public static string Of(DateTimeOffset time, string place)
    {
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(place), id);
        Span<byte> milliseconds = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(milliseconds, time.ToUnixTimeMilliseconds());
        milliseconds[2..].CopyTo(id);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return Convert.ToHexStringLower(id[..16]);
    }
}
