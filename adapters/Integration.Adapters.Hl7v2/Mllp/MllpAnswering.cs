using Integration.Adapters.Hl7v2.Batches;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>Hands frames to the receiver and gives back its acknowledgements.</summary>
internal sealed class MllpAnswering(Hl7MessageReceiver receiver, Hl7BatchReceiver batches) : IMllpMessageHandler
{
    public async ValueTask<MllpAnswer> AnswerAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (Hl7MessageFile.IsBatch(message.Span))
        {
            return new((await batches.ReceiveAsync(message, cancellationToken)).Answer);
        }

        var receipt = await receiver.ReceiveAsync(message, cancellationToken);
        return new(
            receiver.Acknowledge(receipt),
            receipt.Completion is null ? null : receiver.AcknowledgeApplicationAsync(receipt, cancellationToken));
    }

    public byte[] RefuseTooLong(byte[] beginning) => receiver.RefuseTooLong(beginning);
}
