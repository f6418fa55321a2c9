namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>Answers messages that came over MLLP. Safe for many threads; messages of one connection begin in the order they came.</summary>
internal interface IMllpMessageHandler
{
    /// <param name="message">Without framing; belongs to the handler from now on.</param>
    ValueTask<MllpAnswer> AnswerAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>The refusal of a message that is longer than allowed, without framing.</summary>
    /// <param name="beginning">Its first bytes.</param>
    byte[] RefuseTooLong(byte[] beginning);
}

/// <summary>What goes back to the sender of one message, without framing.</summary>
/// <param name="First">Sent in the order of the messages; null for none.</param>
/// <param name="Later">Sent when it is there, not before <paramref name="First"/>; null, also as its result, for none.</param>
internal readonly record struct MllpAnswer(byte[]? First, Task<byte[]?>? Later = null);
