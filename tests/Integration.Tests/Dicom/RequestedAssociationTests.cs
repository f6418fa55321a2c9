using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Polling;

namespace Integration.Tests.Dicom;

/// <summary>Archives that refuse, break off, answer nonsense or nothing: each ends with a reason for the operator, none hangs.</summary>
public sealed class RequestedAssociationTests
{
    private const int Seed = 20261122;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(1, 3, "AETitle")]
    [InlineData(1, 7, "CalledAETitle")]
    [InlineData(3, 2, "too many associations")]
    public async Task Open_Refused_SaysWhatToDo(byte source, byte reason, string expected)
    {
        await using var archive = new BadArchive(async stream =>
        {
            await ReadPduAsync(stream);
            await stream.WriteAsync(DicomCaller.Pdu(PduType.AssociateReject, [0, 1, source, reason]));
        });

        var refused = await Assert.ThrowsAsync<DicomPeerException>(() => OpenAsync(archive.Endpoint));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NobodyListens_SaysSo()
    {
        using var reserved = new Socket(SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var away = await Assert.ThrowsAsync<DicomPeerException>(() => OpenAsync((IPEndPoint)reserved.LocalEndPoint!));

        Assert.Contains("cannot be reached (ConnectionRefused)", away.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xA700, "no resources")]
    [InlineData(0xC001, "C001")]
    public async Task Find_Failed_SaysWhatTheStatusMeans(ushort status, string expected)
    {
        await using var archive = new BadArchive(async stream =>
        {
            await AcceptAsync(stream);
            await ReadPduAsync(stream);
            await ReadPduAsync(stream);
            await stream.WriteAsync(PduWriter.Command(1, Response(status)));
        });

        var failed = await Assert.ThrowsAsync<DicomPeerException>(() => FindAsync(archive.Endpoint));

        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_NoAnswer_EndsAfterTheTimeout()
    {
        await using var archive = new BadArchive(async stream =>
        {
            await AcceptAsync(stream);
            while (await stream.ReadAsync(new byte[1024]) > 0)
            {
                // It listens and says nothing.
            }
        });

        var silent = await Assert.ThrowsAsync<DicomPeerException>(() => FindAsync(archive.Endpoint));

        Assert.Contains("sent nothing for", silent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_WhateverTheArchiveAnswers_EndsWithAReason()
    {
        var random = new Random(Seed);
        var good = PduWriter.Command(1, Response(0xFF00));
        for (var round = 0; round < 40; round++)
        {
            var bytes = (byte[])good.Clone();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var cut = bytes[..random.Next(1, bytes.Length + 1)];
            await using var archive = new BadArchive(async stream =>
            {
                await AcceptAsync(stream);
                await ReadPduAsync(stream);
                await ReadPduAsync(stream);
                await stream.WriteAsync(cut);
            });

            var ended = await Record.ExceptionAsync(() => FindAsync(archive.Endpoint)).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

            Assert.True(ended is null or DicomPeerException, $"round {round}: {ended}");
        }
    }

    private static Task<RequestedAssociation> OpenAsync(IPEndPoint endpoint) => RequestedAssociation.OpenAsync(
        new DicomPeer(new DnsEndPoint("127.0.0.1", endpoint.Port), "PACS", "INTEGRATION", new UpperLayerLimits(16 * 1024, TimeSpan.FromSeconds(5), Patience), null),
        [DicomFindSource.StudyRoot], TimeProvider.System, CancellationToken.None);

    private static async Task FindAsync(IPEndPoint endpoint)
    {
        await using var association = await OpenAsync(endpoint);
        await foreach (var _ in new DicomFindSource(association, patients: false).StudiesAsync(new DateOnly(2026, 3, 1), CancellationToken.None))
        {
            // What comes is of no interest here.
        }
    }

    private static byte[] Response(ushort status) => DimseCommand.Read(
        DimseCommand.Request(DimseCommand.FindRequest, 1, DicomFindSource.StudyRoot, withDataSet: true).AsMemory(12))!.Respond(new DimseStatus(status, ""), "");

    private static async Task AcceptAsync(Stream stream)
    {
        var request = AssociationRequest.Read((await ReadPduAsync(stream)).AsSpan(6))!;
        await stream.WriteAsync(PduWriter.Accept(
            request, [.. request.Contexts.Select(c => new AgreedContext(c.Id, 0, c.AbstractSyntax, DicomTransferSyntax.ExplicitLittleEndianUid))], 16 * 1024));
    }

    private static async Task<byte[]> ReadPduAsync(Stream stream)
    {
        var head = new byte[6];
        await stream.ReadExactlyAsync(head);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(2))];
        await stream.ReadExactlyAsync(body);
        return [.. head, .. body];
    }

    /// <summary>Does as it is told with one connection, then closes it.</summary>
    private sealed class BadArchive : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public BadArchive(Func<NetworkStream, Task> serve)
        {
            _listener.Start();
            _serving = Task.Run(async () =>
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await using var stream = client.GetStream();
                await serve(stream);
            });
        }

        public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}
