namespace Integration.Core.Messaging.Sending;

/// <summary>What became of a message by one channel.</summary>
public enum SentMessageState
{
    /// <summary>The provider took it.</summary>
    Sent,

    /// <summary>The provider says that it arrived.</summary>
    Delivered,

    /// <summary>The provider will never send it, or says that it never arrived.</summary>
    Failed,
}

/// <summary>A document of <c>sentMessages</c>: one message to a patient by one channel, as its provider took it, and what became of it.</summary>
public sealed record SentMessageDocument
{
    /// <summary>See <see cref="IdOf"/>. The provider gets it to know repeats by.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the destination.</summary>
    public required string Gateway { get; init; }

    public required string Channel { get; init; }

    public required string EventId { get; init; }

    /// <summary>The delivery it was sent by, which is taken up again when the next channel is to be tried.</summary>
    public required string DeliveryId { get; init; }

    /// <summary>Due work that it tells.</summary>
    public required string WorkId { get; init; }

    /// <summary>Golden record of the moment; it may have been merged away since.</summary>
    public required string PatientId { get; init; }

    /// <summary><c>service</c> or <c>marketing</c>: what the patient opts out of by an answer.</summary>
    public required string Category { get; init; }

    /// <summary>Phone or account it went to, as <see cref="AddressKey"/> writes it.</summary>
    public required string To { get; init; }

    /// <summary>Channels that could still be tried after this one.</summary>
    public IReadOnlyList<string> Next { get; init; } = [];

    /// <summary>The provider's id; null: it gave none, and its receipts cannot be told apart.</summary>
    public string? ProviderId { get; init; }

    public SentMessageState State { get; init; }

    /// <summary>The provider's words about a failure; null: none.</summary>
    public string? Reason { get; init; }

    /// <summary>When the provider answered (UTC).</summary>
    public required DateTimeOffset Sent { get; init; }

    /// <summary>What a receipt is found by; null: nothing.</summary>
    public static string? ReceiptKeyOf(SentMessageDocument message) => message.ProviderId is null ? null : ReceiptKeyOf(message.Gateway, message.ProviderId);

    /// <inheritdoc cref="ReceiptKeyOf(SentMessageDocument)"/>
    public static string ReceiptKeyOf(string gateway, string providerId) => $"{gateway}|{providerId}";

    /// <summary>One id for one event and channel, so that a repeat is a repeat: <c>EVENT-CHANNEL</c>.</summary>
    public static string IdOf(string eventId, string channel) => $"{eventId}-{channel}";

    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>Addresses in one spelling, so that an answer finds what was sent.</summary>
public static class AddressKey
{
    private const int ChineseMobileLength = 11;

    /// <summary>Of a phone its digits without China's code; of anything else itself.</summary>
    public static string Of(string address)
    {
        var bare = address.Trim();
        if (bare.Length == 0 || !bare.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or ' ' or '(' or ')' or '.'))
        {
            return bare;
        }

        var digits = new string([.. bare.Where(char.IsAsciiDigit)]);
        foreach (var code in new[] { "0086", "86" })
        {
            if (digits.Length == ChineseMobileLength + code.Length && digits.StartsWith(code, StringComparison.Ordinal))
            {
                return digits[code.Length..];
            }
        }

        return digits;
    }

    /// <summary>Whether it is a number that takes text messages: 13 to 19 and nine digits, or one with another country's code.</summary>
    public static bool IsMobile(string phone)
    {
        var key = Of(phone);
        return (key.Length == ChineseMobileLength && key[0] == '1' && key[1] is >= '3' and <= '9' && key.All(char.IsAsciiDigit))
            || (phone.TrimStart().StartsWith('+') && !phone.TrimStart().StartsWith("+86", StringComparison.Ordinal) && key.Length is >= 8 and <= 15);
    }
}
