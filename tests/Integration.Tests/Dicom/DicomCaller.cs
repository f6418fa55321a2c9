using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;

namespace Integration.Tests.Dicom;

/// <summary>A device that sends: writes the PDUs of the caller byte by byte, right or wrong.</summary>
internal sealed class DicomCaller : IAsyncDisposable
{
    public const byte ContextId = 1;
    public const byte ServiceContextId = 5;

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private DicomCaller(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    public static async Task<DicomCaller> ConnectAsync(IPEndPoint endpoint)
    {
        var client = new TcpClient();
        await client.ConnectAsync(endpoint);
        return new DicomCaller(client);
    }

    /// <summary>Connects and associates for CT images and echoes in explicit VR.</summary>
    /// <param name="service">Another class in explicit VR, of context <see cref="ServiceContextId"/>.</param>
    public static async Task<DicomCaller> AssociateAsync(IPEndPoint endpoint, string called = "ANY", string calling = "CT1", string? service = null)
    {
        var caller = await ConnectAsync(endpoint);
        List<(byte, string, string[])> contexts =
            [(ContextId, DicomBytes.CtImageStorage, [DicomTransferSyntax.ExplicitLittleEndianUid]), (3, AssociationPolicy.Verification, [DicomTransferSyntax.ImplicitLittleEndianUid])];
        if (service is not null)
        {
            contexts.Add((ServiceContextId, service, [DicomTransferSyntax.ExplicitLittleEndianUid]));
        }

        await caller.SendAsync(RequestPdu(called, calling, contexts));
        Assert.Equal((byte)PduType.AssociateAccept, (await caller.ReceiveAsync())[0]);
        return caller;
    }

    public static byte[] RequestPdu(string called, string calling, IReadOnlyList<(byte Id, string AbstractSyntax, string[] TransferSyntaxes)> contexts, string application = AssociationRequest.DicomContext)
    {
        using var body = new MemoryStream();
        body.Write([0, 1, 0, 0]);
        body.Write(Encoding.ASCII.GetBytes(called.PadRight(16)));
        body.Write(Encoding.ASCII.GetBytes(calling.PadRight(16)));
        body.Write(new byte[32]);
        body.Write(Item(0x10, Encoding.ASCII.GetBytes(application)));
        foreach (var (id, abstractSyntax, transferSyntaxes) in contexts)
        {
            body.Write(Item(0x20, [id, 0, 0, 0, .. Item(0x30, Encoding.ASCII.GetBytes(abstractSyntax)), .. transferSyntaxes.SelectMany(uid => Item(0x40, Encoding.ASCII.GetBytes(uid)))]));
        }

        body.Write(Item(0x50, Item(0x51, [0, 0, 0x40, 0])));
        return Pdu(PduType.AssociateRequest, body.ToArray());
    }

    public static byte[] Pdu(PduType type, byte[] body)
    {
        var pdu = new byte[6 + body.Length];
        pdu[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(pdu.AsSpan(2), body.Length);
        body.CopyTo(pdu, 6);
        return pdu;
    }

    public static byte[] Command(ushort field, string sopClass, string sopInstance, bool hasDataSet)
    {
        var bytes = new DicomBytes(isExplicit: false).Text(0x00000002, "UI", sopClass).UInt16(0x00000100, field).UInt16(0x00000110, 7).UInt16(0x00000700, 0).UInt16(0x00000800, (ushort)(hasDataSet ? 1 : 0x0101));
        return (sopInstance.Length > 0 ? bytes.Text(0x00001000, "UI", sopInstance) : bytes).ToArray();
    }

    public async Task SendAsync(byte[] pdu) => await _stream.WriteAsync(pdu);

    /// <summary>Sends a request of the normalized services (PS3.7 §10) and gives its response.</summary>
    /// <param name="dataSet">Null: none.</param>
    public async Task<DicomDataSet> NormalizedAsync(ushort field, string sopClass, string sopInstance, byte[]? dataSet, ushort actionType = 1)
    {
        var isCreate = field == DimseCommand.CreateRequest;
        var command = new DicomBytes(isExplicit: false);
        command.Text(isCreate ? 0x00000002u : 0x00000003u, "UI", sopClass).UInt16(0x00000100, field).UInt16(0x00000110, 7).UInt16(0x00000800, (ushort)(dataSet is null ? 0x0101 : 1));
        if (sopInstance.Length > 0)
        {
            command.Text(isCreate ? 0x00001000u : 0x00001001u, "UI", sopInstance);
        }

        if (field == DimseCommand.ActionRequest)
        {
            command.UInt16(0x00001008, actionType);
        }

        await SendAsync(Data(ServiceContextId, PdvFlags.Command | PdvFlags.Last, command.ToArray()));
        await SendDataSetAsync(ServiceContextId, dataSet ?? [], 4096);

        return await ReceiveSetAsync(DicomTransferSyntax.ImplicitLittleEndian);
    }

    /// <summary>The next command or data set, which is in one PDU.</summary>
    public async Task<DicomDataSet> ReceiveSetAsync(DicomTransferSyntax syntax)
    {
        var pdu = await ReceiveAsync();
        Assert.Equal((byte)PduType.Data, pdu[0]);
        return (await DicomReader.ReadAsync(new MemoryStream(pdu[12..]), syntax, DicomReadLimits.Usual, CancellationToken.None)).DataSet!;
    }

    /// <summary>Sends an instance in pieces and gives the status of the answer.</summary>
    public async Task<ushort> StoreAsync(byte[] dataSet, string sopInstance, int pieceBytes = 4096)
    {
        await SendAsync(Data(ContextId, PdvFlags.Command | PdvFlags.Last, Command(DimseCommand.StoreRequest, DicomBytes.CtImageStorage, sopInstance, hasDataSet: true)));
        await SendDataSetAsync(ContextId, dataSet, pieceBytes);
        return await StatusAsync();
    }

    public async Task<ushort> EchoAsync()
    {
        await SendAsync(Data(3, PdvFlags.Command | PdvFlags.Last, Command(DimseCommand.EchoRequest, AssociationPolicy.Verification, "", hasDataSet: false)));
        return await StatusAsync();
    }

    public static byte[] Data(byte contextId, int flags, byte[] bytes)
    {
        var body = new byte[6 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(body, bytes.Length + 2);
        body[4] = contextId;
        body[5] = (byte)flags;
        bytes.CopyTo(body, 6);
        return Pdu(PduType.Data, body);
    }

    /// <summary>The next PDU; empty when the connection was closed.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var head = new byte[6];
        if (await _stream.ReadAtLeastAsync(head, 6, throwOnEndOfStream: false, limit.Token) < 6)
        {
            return [];
        }

        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(2))];
        await _stream.ReadExactlyAsync(body, limit.Token);
        return [.. head, .. body];
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    public static ushort StatusOf(DicomDataSet response) => BinaryPrimitives.ReadUInt16LittleEndian(response.Find(0x00000900)!.Value.Span);

    private async Task SendDataSetAsync(byte contextId, byte[] dataSet, int pieceBytes)
    {
        for (var at = 0; at < dataSet.Length; at += pieceBytes)
        {
            var piece = dataSet.AsSpan(at, Math.Min(pieceBytes, dataSet.Length - at)).ToArray();
            await SendAsync(Data(contextId, at + piece.Length == dataSet.Length ? PdvFlags.Last : (byte)0, piece));
        }
    }

    private async Task<ushort> StatusAsync() => StatusOf(await ReceiveSetAsync(DicomTransferSyntax.ImplicitLittleEndian));

    private static byte[] Item(byte type, byte[] value) => [type, 0, (byte)(value.Length >> 8), (byte)value.Length, .. value];
}
