using System.Buffers;
using System.Buffers.Binary;

namespace Integration.Adapters.Dicom.Network;

/// <summary>What one association may take.</summary>
/// <param name="MaxPduBytes">Longest PDU that is taken.</param>
/// <param name="ArtimTimeout">Within this a caller must ask for the association, and close when all is said: the ARTIM timer of PS3.8 §9.1.5.</param>
/// <param name="IdleTimeout">After this without a byte the association is aborted.</param>
internal sealed record UpperLayerLimits(int MaxPduBytes, TimeSpan ArtimTimeout, TimeSpan IdleTimeout);

/// <summary>
/// The DICOM upper layer of one connection: PDUs in and out, and what each means in the state that the association is in (PS3.8 §9.2; of the acceptor
/// states 2, 3, 6, 8 and 13, of the requestor 5, 6 and 7). One reader.
/// </summary>
internal sealed class UpperLayer : IDisposable
{
    private const int HeaderBytes = 6;
    private const int MaxAssociateBytes = 256 * 1024;
    private const int MaxCommandBytes = 64 * 1024;
    private const int PdvHeaderBytes = 6;

    private readonly Stream _stream;
    private readonly UpperLayerLimits _limits;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly CancellationToken _abort;
    private readonly string _peer;
    private readonly byte[] _header = new byte[HeaderBytes];
    private byte[] _pdu;
    private int _length;   // of the PDU at hand
    private int _at;       // behind the last value taken from it

    /// <param name="stop">Ends the waiting for another message.</param>
    /// <param name="abort">Ends everything.</param>
    /// <param name="peer">How messages call the other side.</param>
    public UpperLayer(Stream stream, UpperLayerLimits limits, TimeProvider time, CancellationToken stop, CancellationToken abort, string peer = "The caller")
    {
        (_stream, _limits, _time, _stop, _abort, _peer) = (stream, limits, time, stop, abort, peer);
        _pdu = ArrayPool<byte>.Shared.Rent(16 * 1024);
    }

    /// <summary>Waits for the caller's request (state 2).</summary>
    /// <exception cref="AssociationEndedException">None came.</exception>
    public async Task<AssociationRequest> ReceiveRequestAsync()
    {
        var type = await ReadPduAsync(_limits.ArtimTimeout, isWaiting: true, MaxAssociateBytes);
        if (type == PduType.Abort)
        {
            throw new AssociationEndedException(AssociationEnd.Aborted, "The caller aborted before it asked for anything.");
        }

        _at = _length;   // no values are taken from it
        return type == PduType.AssociateRequest && AssociationRequest.Read(_pdu.AsSpan(0, _length)) is { } request
            ? request
            : throw await ViolationAsync(2, "The caller did not begin with a request for an association.");
    }

    /// <summary>Asks for an association and waits for the answer (state 5).</summary>
    /// <param name="request">The whole PDU.</param>
    /// <exception cref="AssociationEndedException">It was refused, or no answer came; the message says why.</exception>
    public async Task<AssociationAnswer> AssociateAsync(byte[] request)
    {
        await SendAsync(request);
        var type = await ReadPduAsync(_limits.ArtimTimeout, isWaiting: true, MaxAssociateBytes);
        _at = _length;   // no values are taken from it
        return type switch
        {
            PduType.AssociateAccept when AssociationAnswer.Read(_pdu.AsSpan(0, _length)) is { } answer => answer,
            PduType.AssociateReject when _length >= 4 => throw new AssociationEndedException(AssociationEnd.Refused, AssociationRejection.Explain(_pdu[1], _pdu[2], _pdu[3])),
            PduType.Abort => throw new AssociationEndedException(AssociationEnd.Aborted, $"{_peer} aborted before it answered."),
            _ => throw await ViolationAsync(2, $"{_peer} did not answer the request for an association."),
        };
    }

    /// <summary>Ends the association in order (state 7).</summary>
    /// <exception cref="AssociationEndedException">The other side did not answer as it should; it is ended all the same.</exception>
    public async Task ReleaseAsync()
    {
        await SendAsync(PduWriter.ReleaseRequest());
        while (true)
        {
            switch (await ReadPduAsync(_limits.ArtimTimeout, isWaiting: true, _limits.MaxPduBytes + HeaderBytes))
            {
                case PduType.ReleaseReply:
                    return;
                case PduType.Data:
                    break;   // it was under way
                case PduType.Abort:
                    throw new AssociationEndedException(AssociationEnd.Aborted, $"{_peer} aborted instead of releasing.");
                default:
                    throw await ViolationAsync(2, $"{_peer} did not release the association.");
            }
        }
    }

    /// <summary>Takes what is sent next of a message: a command or part of its data set (state 6).</summary>
    /// <param name="isBetween">Nothing of a message has come yet: here the feed may stop and the caller may release.</param>
    /// <exception cref="AssociationEndedException">Nothing more comes.</exception>
    public async ValueTask<Pdv> ReceiveAsync(bool isBetween)
    {
        while (_at >= _length)
        {
            switch (await ReadPduAsync(_limits.IdleTimeout, isBetween, _limits.MaxPduBytes + HeaderBytes))
            {
                case PduType.Data:
                    break;
                case PduType.ReleaseRequest:
                    await SendAsync(PduWriter.Release());
                    await LingerAsync();
                    throw new AssociationEndedException(AssociationEnd.Released, $"{_peer} released the association.");
                case PduType.Abort:
                    throw new AssociationEndedException(AssociationEnd.Aborted, $"{_peer} aborted the association.");
                default:
                    throw await ViolationAsync(2, $"{_peer} sent something that is not allowed in an open association.");
            }
        }

        if (_length - _at < PdvHeaderBytes || BinaryPrimitives.ReadUInt32BigEndian(_pdu.AsSpan(_at)) is var length && (length < 2 || length > _length - _at - 4))
        {
            throw await ViolationAsync(6, "A presentation data value is longer than the PDU that it is in.");
        }

        var value = new Pdv(_pdu[_at + 4], _pdu[_at + 5], _pdu.AsMemory(_at + PdvHeaderBytes, (int)length - 2));
        _at += 4 + (int)length;
        return value;
    }

    /// <summary>Takes the command of the next message, whole.</summary>
    /// <exception cref="AssociationEndedException">None comes.</exception>
    public async Task<(byte ContextId, byte[] Bytes)> ReceiveCommandAsync()
    {
        using var command = new MemoryStream();
        var first = await ReceiveAsync(isBetween: true);
        for (var part = first; ; part = await ReceiveAsync(isBetween: false))
        {
            if (!part.IsCommand || part.ContextId != first.ContextId || command.Length + part.Bytes.Length > MaxCommandBytes)
            {
                throw await ViolationAsync(2, $"{_peer} sent no command where one must come, or one without end.");
            }

            command.Write(part.Bytes.Span);
            if (part.IsLast)
            {
                return (first.ContextId, command.ToArray());
            }
        }
    }

    /// <exception cref="AssociationEndedException">The other side does not take it.</exception>
    public async Task SendAsync(byte[] pdu)
    {
        using var limit = Limit(_limits.IdleTimeout, isWaiting: false);
        try
        {
            await _stream.WriteAsync(pdu, limit.Token);
            await _stream.FlushAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new AssociationEndedException(_abort.IsCancellationRequested ? AssociationEnd.Stopped : AssociationEnd.TimedOut, $"{_peer} took no answer.");
        }
    }

    /// <summary>Refuses the association and waits a moment for the caller to close (state 13).</summary>
    public async Task RejectAsync(AssociationRejection rejection)
    {
        await SendAsync(PduWriter.Reject(rejection));
        await LingerAsync();
    }

    /// <summary>Aborts since the caller broke the protocol.</summary>
    /// <returns>To be thrown.</returns>
    public async Task<AssociationEndedException> ViolationAsync(byte reason, string text)
    {
        await TryAbortAsync(reason);
        return new AssociationEndedException(AssociationEnd.Violated, text);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_pdu);
        _pdu = [];
        _length = _at = 0;
    }

    /// <summary>The caller closes when it has our last word; closing first could take the word from it.</summary>
    private async Task LingerAsync()
    {
        using var limit = Limit(_limits.ArtimTimeout, isWaiting: true);
        try
        {
            while (await _stream.ReadAsync(_pdu, limit.Token) > 0)
            {
                // What still comes is of no meaning any more (PS3.8 §9.2, AA-6).
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Closed hard, or not in time: both end it.
        }
    }

    private async ValueTask<PduType> ReadPduAsync(TimeSpan timeout, bool isWaiting, int maxBytes)
    {
        using var limit = Limit(timeout, isWaiting);
        try
        {
            await ReadExactlyAsync(_header, limit.Token);
            var length = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(2));
            if (!Enum.IsDefined((PduType)_header[0]))
            {
                throw await ViolationAsync(1, $"{_peer} sent something that is no PDU of DICOM.");
            }

            if (length > maxBytes)
            {
                throw await ViolationAsync(6, $"{_peer} sent a PDU of more than {maxBytes} bytes.");
            }

            Grow((int)length);
            (_length, _at) = ((int)length, 0);
            await ReadExactlyAsync(_pdu.AsMemory(0, _length), limit.Token);
            return (PduType)_header[0];
        }
        catch (OperationCanceledException)
        {
            await TryAbortAsync(0);
            throw _stop.IsCancellationRequested || _abort.IsCancellationRequested
                ? new AssociationEndedException(AssociationEnd.Stopped, "The feed stops.")
                : new AssociationEndedException(AssociationEnd.TimedOut, $"{_peer} sent nothing for {timeout:c}.");
        }
    }

    private async ValueTask ReadExactlyAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (await _stream.ReadAtLeastAsync(into, into.Length, throwOnEndOfStream: false, cancellationToken) < into.Length)
        {
            throw new AssociationEndedException(AssociationEnd.Closed, $"{_peer} closed the connection without releasing the association.");
        }
    }

    private async Task TryAbortAsync(byte reason)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), _time);
        try
        {
            await _stream.WriteAsync(PduWriter.Abort(reason), limit.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // It has gone already: there is nobody to tell.
        }
    }

    private LimitedWait Limit(TimeSpan timeout, bool isWaiting) => new(timeout, _time, isWaiting ? _stop : CancellationToken.None, _abort);

    private void Grow(int length)
    {
        if (_pdu.Length >= length)
        {
            return;
        }

        ArrayPool<byte>.Shared.Return(_pdu);
        _pdu = ArrayPool<byte>.Shared.Rent(length);
    }

    /// <summary>A token that ends with the time or with either of two others.</summary>
    private readonly struct LimitedWait : IDisposable
    {
        private readonly CancellationTokenSource _timer;
        private readonly CancellationTokenSource _linked;

        public LimitedWait(TimeSpan timeout, TimeProvider time, CancellationToken first, CancellationToken second)
        {
            _timer = new CancellationTokenSource(timeout, time);
            _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, first, second);
        }

        public CancellationToken Token => _linked.Token;

        public void Dispose()
        {
            _linked.Dispose();
            _timer.Dispose();
        }
    }
}

/// <summary>A presentation data value: a piece of a command or of a data set, PS3.8 §9.3.5.1.</summary>
/// <param name="Bytes">Valid until the next one is received.</param>
internal readonly record struct Pdv(byte ContextId, byte Flags, ReadOnlyMemory<byte> Bytes)
{
    public bool IsCommand => (Flags & PdvFlags.Command) != 0;

    public bool IsLast => (Flags & PdvFlags.Last) != 0;
}
