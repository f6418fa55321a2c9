namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>What <see cref="MllpFrameReader"/> found next on a connection. Closed set.</summary>
internal abstract record MllpReadResult
{
    private MllpReadResult()
    {
    }

    /// <summary>A whole message without VT, FS and CR, in an array that nobody else has.</summary>
    public sealed record Frame(ReadOnlyMemory<byte> Message) : MllpReadResult;

    /// <summary>The peer closed between two frames.</summary>
    public sealed record Closed : MllpReadResult;

    /// <summary>The peer closed inside a frame; what came of it is dropped, as it was never acknowledged.</summary>
    public sealed record Incomplete(int Bytes) : MllpReadResult;

    /// <summary>Nothing came for as long as is allowed.</summary>
    public sealed record Idle : MllpReadResult;

    /// <summary>The frame is longer than allowed. <paramref name="Beginning"/> is enough of it to read its header.</summary>
    public sealed record TooLong(byte[] Beginning) : MllpReadResult;
}
