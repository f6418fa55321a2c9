using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Integration.Core.Security;

/// <summary>
/// By what a receiver knows that a request came from this engine and is no old one sent again: HMAC-SHA-256 (RFC 2104) over the time, a full stop and
/// the body as sent.
/// </summary>
public static class WebhookSignature
{
    /// <summary>Unix seconds of the attempt. Receivers refuse what is older than some minutes.</summary>
    public const string TimestampHeader = "Webhook-Timestamp";

    /// <summary><c>v1=HEX</c> for each key, with commas between.</summary>
    public const string SignatureHeader = "Webhook-Signature";

    /// <summary>Id of the event, the same in every repeat.</summary>
    public const string IdHeader = "Webhook-Id";

    /// <summary>Value of <see cref="SignatureHeader"/>.</summary>
    public static string Of(long timestamp, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets)
    {
        var signed = new byte[20 + 1 + body.Length];
        var length = Encoding.ASCII.GetBytes(timestamp.ToString(CultureInfo.InvariantCulture), signed);
        signed[length++] = (byte)'.';
        body.CopyTo(signed.AsSpan(length));
        var content = signed.AsSpan(0, length + body.Length).ToArray();
        return string.Join(',', secrets.Select(secret => $"v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), content))}"));
    }

    /// <summary>Whether a request was signed by who holds the key, and not longer ago than <paramref name="age"/>.</summary>
    /// <param name="timestamp">Value of <see cref="TimestampHeader"/>.</param>
    /// <param name="signature">Value of <see cref="SignatureHeader"/>; one of several is enough.</param>
    /// <param name="now">UTC.</param>
    public static bool Proves(string timestamp, string signature, ReadOnlySpan<byte> body, string secret, DateTimeOffset now, TimeSpan age)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(now.ToUnixTimeSeconds() - seconds) > age.TotalSeconds)
        {
            return false;
        }

        var expected = Encoding.ASCII.GetBytes(Of(seconds, body, [secret]));
        return signature.Split(',').Any(one => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(one.Trim()), expected));
    }
}
