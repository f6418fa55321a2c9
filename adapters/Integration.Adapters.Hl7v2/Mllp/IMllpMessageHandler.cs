namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>Answers messages that came over MLLP. Safe for many threads; messages of one connection begin in the order they came.</summary>
internal interface IMllpMessageHandler
{
    /// <param name="message">Without framing; belongs to the handler from now on.</param>
    /// <returns>The acknowledgement without framing.</returns>
    ValueTask<byte[]> AnswerAsync(byte[] message, CancellationToken cancellationToken);

    /// <summary>The refusal of a message that is longer than allowed.</summary>
    /// <param name="beginning">Its first bytes.</param>
    byte[] RefuseTooLong(byte[] beginning);
}
