using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Shared.Polling;
using Integration.Core.Security;

namespace Integration.Adapters.Dicom.Network;

/// <summary>Whom an association is asked of, and as whom.</summary>
/// <param name="CalledAe">The other side's AE title.</param>
/// <param name="CallingAe">Ours.</param>
/// <param name="Tls">Null: none.</param>
internal sealed record DicomPeer(DnsEndPoint Address, string CalledAe, string CallingAe, UpperLayerLimits Limits, TlsIdentity? Tls)
{
    /// <summary>How messages call it.</summary>
    public string Name { get; init; } = "The archive";

    /// <summary>The setting with its address.</summary>
    public string Setting { get; init; } = "Connect";
}

/// <summary>The peer cannot be used, or does not do what it is asked. The message is one line for an operator and holds nothing of a data set.</summary>
internal sealed class DicomPeerException(string message, Exception? inner = null) : SourceException(message, inner);

/// <summary>
/// An association that we asked for, as user of C-ECHO and C-FIND, or to report what happened: DICOM PS3.4 §A, §C, §K; PS3.7 §9.1, §10.1. Not for many threads;
/// one operation at a time.
/// </summary>
internal sealed class RequestedAssociation : IAsyncDisposable
{
    private readonly string _peer;
    private readonly Stream _stream;
    private readonly UpperLayer _layer;
    private readonly AssociationAnswer _answer;
    private readonly IReadOnlyList<PresentationContext> _contexts;
    private ushort _messageId;
    private bool _isOver;

    private RequestedAssociation(string peer, Stream stream, UpperLayer layer, AssociationAnswer answer, IReadOnlyList<PresentationContext> contexts) =>
        (_peer, _stream, _layer, _answer, _contexts) = (peer, stream, layer, answer, contexts);

    /// <summary>Connects and associates for some classes, each in explicit and implicit VR little endian.</summary>
    /// <param name="isProvider">We provide the classes, and ask for the association to report (PS3.7 §D.3.3.4).</param>
    /// <exception cref="DicomPeerException">It cannot be reached, or refuses.</exception>
    public static async Task<RequestedAssociation> OpenAsync(
        DicomPeer peer, IEnumerable<string> sopClasses, TimeProvider time, CancellationToken cancellationToken, bool isProvider = false)
    {
        PresentationContext[] contexts =
        [
            .. sopClasses.Select((uid, i) => new PresentationContext(
                (byte)((i * 2) + 1), uid, [DicomTransferSyntax.ExplicitLittleEndianUid, DicomTransferSyntax.ImplicitLittleEndianUid])),
        ];
        var stream = await ConnectAsync(peer, time, cancellationToken);
        var layer = new UpperLayer(stream, peer.Limits, time, cancellationToken, cancellationToken, peer.Name);
        try
        {
            var answer = await layer.AssociateAsync(PduWriter.Request(peer.CalledAe, peer.CallingAe, contexts, peer.Limits.MaxPduBytes, isProvider));
            return new RequestedAssociation(peer.Name, stream, layer, answer, contexts);
        }
        catch (Exception exception)
        {
            layer.Dispose();
            await stream.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw exception is IOException ? new DicomPeerException(exception.Message, exception) : exception;
        }
    }

    /// <summary>C-ECHO: whether the way is open.</summary>
    /// <exception cref="DicomPeerException">It is not.</exception>
    public async Task EchoAsync(CancellationToken cancellationToken)
    {
        var (contextId, _) = ContextOf(AssociationPolicy.Verification);
        try
        {
            await _layer.SendAsync(PduWriter.Command(contextId, DimseCommand.Request(DimseCommand.EchoRequest, ++_messageId, AssociationPolicy.Verification, withDataSet: false)));
            var response = await ReceiveResponseAsync();
            if (response.Status != 0)
            {
                throw new DicomPeerException($"{_peer} answers C-ECHO with {response.Status:X4}.");
            }
        }
        catch (IOException exception)
        {
            throw Broken(exception, cancellationToken);
        }
    }

    /// <summary>C-FIND: each match as it comes. To stop before the end is to end the association.</summary>
    /// <param name="sopClass">The information model.</param>
    /// <param name="keys">What is looked for and what is to be answered, little endian.</param>
    /// <exception cref="DicomPeerException">The query failed, or broke off.</exception>
    public async IAsyncEnumerable<DicomDataSet> FindAsync(string sopClass, DicomDataSet keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (contextId, syntax) = ContextOf(sopClass);
        if (_isOver)
        {
            throw new InvalidOperationException("The association is still carrying a question, or broke.");
        }

        _isOver = true;   // until its last response has come
        await AskAsync(contextId, sopClass, DicomWriter.Write(keys, syntax.IsExplicit), cancellationToken);
        while (await NextAsync(contextId, syntax, cancellationToken) is { } match)
        {
            yield return match;
        }

        _isOver = false;
    }

    /// <summary>N-EVENT-REPORT: tells what happened, and waits until that was taken.</summary>
    /// <exception cref="DicomPeerException">It was not taken.</exception>
    public async Task ReportAsync(DimseReport report, CancellationToken cancellationToken)
    {
        var (contextId, syntax) = ContextOf(report.SopClassUid);
        try
        {
            await _layer.SendAsync(PduWriter.Command(contextId, DimseCommand.EventReport(++_messageId, report.SopClassUid, report.SopInstanceUid, report.EventType)));
            await SendAsync(contextId, DicomWriter.Write(report.DataSet, syntax.IsExplicit));
            var response = await ReceiveResponseAsync();
            if (response.Status != 0)
            {
                throw new DicomPeerException($"{_peer} answers the report with {response.Status:X4}.");
            }
        }
        catch (IOException exception)
        {
            throw Broken(exception, cancellationToken);
        }
    }

    /// <summary>Releases the association; where something broke, just closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_isOver)
            {
                await _layer.ReleaseAsync();
            }
        }
        catch (IOException)
        {
            // It ends one way or another; all that was wanted of it is there.
        }
        finally
        {
            _layer.Dispose();
            await _stream.DisposeAsync();
        }
    }

    private static async Task<Stream> ConnectAsync(DicomPeer peer, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        using var limit = new CancellationTokenSource(peer.Limits.ArtimTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(peer.Address, linked.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            return peer.Tls is null ? stream : await peer.Tls.ConnectAsync(stream, peer.Address.Host, cancellationToken);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            cancellationToken.ThrowIfCancellationRequested();
            throw exception switch
            {
                SocketException refused => new DicomPeerException($"{peer.Name} cannot be reached ({refused.SocketErrorCode}). Check {peer.Setting}, and that it runs.", refused),
                OperationCanceledException => new DicomPeerException($"{peer.Name} did not take the connection within {peer.Limits.ArtimTimeout:c}. Check {peer.Setting}."),
                System.Security.Authentication.AuthenticationException untrusted => new DicomPeerException($"{peer.Name} and we agree on no TLS: {untrusted.Message} Check Tls.", untrusted),
                IOException or TimeoutException => new DicomPeerException($"{peer.Name} broke off the connection: {exception.Message}", exception),
                _ => exception,
            };
        }
    }

    private async Task AskAsync(byte contextId, string sopClass, byte[] keys, CancellationToken cancellationToken)
    {
        try
        {
            await _layer.SendAsync(PduWriter.Command(contextId, DimseCommand.Request(DimseCommand.FindRequest, ++_messageId, sopClass, withDataSet: true)));
            await SendAsync(contextId, keys);
        }
        catch (IOException exception)
        {
            throw Broken(exception, cancellationToken);
        }
    }

    private async Task SendAsync(byte contextId, byte[] dataSet)
    {
        foreach (var pdu in PduWriter.DataSet(contextId, dataSet, _answer.MaxPduBytes))
        {
            await _layer.SendAsync(pdu);
        }
    }

    /// <returns>Null when that was all.</returns>
    private async Task<DicomDataSet?> NextAsync(byte contextId, DicomTransferSyntax syntax, CancellationToken cancellationToken)
    {
        try
        {
            var response = await ReceiveResponseAsync();
            if (DimseStatus.IsPending(response.Status) && response.HasDataSet)
            {
                var data = new PdvStream(_layer, contextId);
                var read = await DicomReader.ReadAsync(data, syntax, DicomReadLimits.Usual, cancellationToken);
                await data.DrainAsync();
                return read.DataSet ?? throw new DicomPeerException($"{_peer} answered with a data set that cannot be read: {read.Error}");
            }

            return response.Status == 0 ? null : throw new DicomPeerException(DimseStatus.ExplainFind(response.Status));
        }
        catch (IOException exception)
        {
            throw Broken(exception, cancellationToken);
        }
    }

    private async Task<DimseCommand> ReceiveResponseAsync()
    {
        var (_, bytes) = await _layer.ReceiveCommandAsync();
        return DimseCommand.Read(bytes) is { } command && (command.Field & DimseCommand.Response) != 0
            ? command
            : throw await _layer.ViolationAsync(6, $"{_peer} sent a command that cannot be read, or that is no response.");
    }

    private (byte Id, DicomTransferSyntax Syntax) ContextOf(string sopClass)
    {
        var context = _contexts.FirstOrDefault(c => c.AbstractSyntax == sopClass && _answer.TransferSyntaxes.ContainsKey(c.Id))
            ?? throw new DicomPeerException($"{_peer} does not serve {sopClass}.");
        return (context.Id, DicomTransferSyntax.Find(_answer.TransferSyntaxes[context.Id])
            ?? throw new DicomPeerException($"{_peer} chose a transfer syntax that was not offered."));
    }

    private Exception Broken(IOException exception, CancellationToken cancellationToken)
    {
        _isOver = true;
        return cancellationToken.IsCancellationRequested ? new OperationCanceledException(cancellationToken) : new DicomPeerException(exception.Message, exception);
    }
}
