namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>Hands frames to the receiver and gives back its acknowledgements.</summary>
internal sealed class MllpAnswering(Hl7MessageReceiver receiver) : IMllpMessageHandler
{
    public async ValueTask<MllpAnswer> AnswerAsync(byte[] message, CancellationToken cancellationToken)
    {
        var receipt = await receiver.ReceiveAsync(message, cancellationToken);
        return new(
            receiver.Acknowledge(receipt),
            receipt.Completion is null ? null : receiver.AcknowledgeApplicationAsync(receipt, cancellationToken));
    }

    public byte[] RefuseTooLong(byte[] beginning) => receiver.RefuseTooLong(beginning);
}
