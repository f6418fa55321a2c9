namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>Hands frames to the receiver and gives back its acknowledgement.</summary>
internal sealed class MllpAnswering(Hl7MessageReceiver receiver) : IMllpMessageHandler
{
    public async ValueTask<byte[]> AnswerAsync(byte[] message, CancellationToken cancellationToken) =>
        receiver.Acknowledge(await receiver.ReceiveAsync(message, cancellationToken));

    public byte[] RefuseTooLong(byte[] beginning) => receiver.RefuseTooLong(beginning);
}
