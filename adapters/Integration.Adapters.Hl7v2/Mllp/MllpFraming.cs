namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>The bytes around a message. HL7 v2.5.1 Appendix C / Minimal Lower Layer Protocol release 1: <c>VT message FS CR</c>.</summary>
internal static class MllpFraming
{
    public const byte StartBlock = 0x0B;
    public const byte EndBlock = 0x1C;
    public const byte CarriageReturn = 0x0D;

    public static ReadOnlySpan<byte> End => [EndBlock, CarriageReturn];

    public static byte[] Wrap(ReadOnlySpan<byte> message)
    {
        var frame = new byte[message.Length + 3];
        frame[0] = StartBlock;
        message.CopyTo(frame.AsSpan(1));
        frame[^2] = EndBlock;
        frame[^1] = CarriageReturn;
        return frame;
    }
}
