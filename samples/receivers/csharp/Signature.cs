using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Receiver;

/// <summary>By what a receiver knows that a request is the engine's and no old one sent again.</summary>
internal static class Signature
{
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(5);

    /// <param name="timestamp">Header <c>Webhook-Timestamp</c>, Unix seconds.</param>
    /// <param name="signatures">Header <c>Webhook-Signature</c>: <c>v1=HEX</c>, one for each secret in use, with commas between.</param>
    public static bool IsOurs(string secret, string timestamp, byte[] body, string signatures, DateTimeOffset now)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > Oldest.TotalSeconds)
        {
            return false;
        }

        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp), (byte)'.', .. body];
        var expected = Encoding.ASCII.GetBytes("v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed)));
        return signatures.Split(',').Any(signature => CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature.Trim())));
    }
}
