using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Store;
using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Dicom;

/// <summary>Nobody may delete pictures because of us: a request for storage commitment is answered, and nothing is committed to.</summary>
public sealed class StorageCommitmentTests : IAsyncLifetime
{
    private const string WellKnownInstance = "1.2.840.10008.1.20.1.1";

    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync(_ => { });

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Request_OfTwoInstances_ReportsBothAsNotHereOverTheSameAssociation()
    {
        await using var adapter = await StartAsync([]);
        await using var caller = await DicomCaller.AssociateAsync(adapter.LocalEndpoint!, "ENGINE", service: StorageCommitment.SopClassUid);

        var accepted = await caller.NormalizedAsync(DimseCommand.ActionRequest, StorageCommitment.SopClassUid, WellKnownInstance, Request().ToArray());
        var command = await caller.ReceiveSetAsync(DicomTransferSyntax.ImplicitLittleEndian);
        var report = await caller.ReceiveSetAsync(DicomTransferSyntax.ExplicitLittleEndian);

        Assert.Equal(0, DicomCaller.StatusOf(accepted));
        Assert.Equal((DimseCommand.EventReportRequest, 2), (Number(command, 0x00000100), Number(command, 0x00001002)));   // event 2: failures exist
        Assert.Equal("1.2.99", report.Text(DicomTag.TransactionUid));
        Assert.Equal(
            [("1.2.3.4.1.1", 0x0112), ("1.2.3.4.1.2", 0x0112)],
            report.Find(DicomTag.FailedSopSequence)!.Items!.Select(item => (item.Text(DicomTag.ReferencedSopInstanceUid), (int)Number(item, DicomTag.FailureReason))));
        Assert.Null(report.Find(DicomTag.ReferencedSopSequence));   // what is committed to would stand there
        Assert.Equal(0, await caller.EchoAsync());
        await adapter.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Request_WithoutTransactionOrOfAnotherAction_IsRefused()
    {
        await using var adapter = await StartAsync([]);
        await using var caller = await DicomCaller.AssociateAsync(adapter.LocalEndpoint!, "ENGINE", service: StorageCommitment.SopClassUid);

        Assert.Equal(0x0120, DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.ActionRequest, StorageCommitment.SopClassUid, WellKnownInstance, new DicomBytes().Text(DicomTag.PatientId, "LO", "P1").ToArray())));
        Assert.Equal(0x0120, DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.ActionRequest, StorageCommitment.SopClassUid, WellKnownInstance, null)));
        Assert.Equal(0x0123, DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.ActionRequest, StorageCommitment.SopClassUid, WellKnownInstance, Request().ToArray(), actionType: 9)));
        await adapter.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Report_ToASenderWithAKnownAddress_ComesOverAnAssociationOfItsOwnInTheProvidersRole()
    {
        using var sender = new TcpListener(IPAddress.Loopback, 0);
        sender.Start();
        await using var adapter = await StartAsync(new() { ["CT1"] = new DnsEndPoint("127.0.0.1", ((IPEndPoint)sender.LocalEndpoint).Port) });
        await using (var caller = await DicomCaller.AssociateAsync(adapter.LocalEndpoint!, "ENGINE", service: StorageCommitment.SopClassUid))
        {
            Assert.Equal(0, DicomCaller.StatusOf(await caller.NormalizedAsync(DimseCommand.ActionRequest, StorageCommitment.SopClassUid, WellKnownInstance, Request().ToArray())));
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var connection = await sender.AcceptTcpClientAsync(limit.Token);
        using var layer = new UpperLayer(
            connection.GetStream(), new UpperLayerLimits(16 * 1024, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20)), TimeProvider.System, limit.Token, limit.Token);
        var request = await layer.ReceiveRequestAsync();
        await layer.SendAsync(PduWriter.Accept(request, [new AgreedContext(1, 0, StorageCommitment.SopClassUid, DicomTransferSyntax.ExplicitLittleEndianUid)], 16 * 1024));
        var (_, bytes) = await layer.ReceiveCommandAsync();
        var command = DimseCommand.Read(bytes)!;
        await new PdvStream(layer, 1).DrainAsync();
        await layer.SendAsync(PduWriter.Command(1, command.Respond(DimseStatus.Success, command.SopInstanceUid)));
        var released = await Assert.ThrowsAsync<AssociationEndedException>(() => layer.ReceiveCommandAsync());

        Assert.Equal(("CT1", "ENGINE"), (request.CalledAe, request.CallingAe));
        Assert.Equal((DimseCommand.EventReportRequest, WellKnownInstance), (command.Field, command.SopInstanceUid));
        Assert.Equal(AssociationEnd.Released, released.End);
        await adapter.StopAsync(CancellationToken.None);
    }

    internal static DicomBytes Request() => new DicomBytes().Text(DicomTag.TransactionUid, "UI", "1.2.99").Sequence(
        DicomTag.ReferencedSopSequence, isUndefined: true,
        item => item.Text(DicomTag.ReferencedSopClassUid, "UI", DicomBytes.CtImageStorage).Text(DicomTag.ReferencedSopInstanceUid, "UI", "1.2.3.4.1.1"),
        item => item.Text(DicomTag.ReferencedSopClassUid, "UI", DicomBytes.CtImageStorage).Text(DicomTag.ReferencedSopInstanceUid, "UI", "1.2.3.4.1.2"));

    private static ushort Number(DicomDataSet set, uint tag) => BinaryPrimitives.ReadUInt16LittleEndian(set.Find(tag)!.Value.Span);

    private async Task<DicomStoreAdapter> StartAsync(Dictionary<string, DnsEndPoint> peers)
    {
        var options = new DicomStoreOptions { Listen = new(IPAddress.Loopback, 0), AETitle = "ENGINE", CommitmentPeers = peers };
        var adapter = new DicomStoreAdapter(
            "pacs", options, _engine.Services.GetRequiredService<StudyLedger>(), _engine.Intake, _engine.Services.GetRequiredService<EngineMetrics>(), TimeProvider.System,
            NullLogger.Instance);
        await adapter.StartAsync(CancellationToken.None);
        return adapter;
    }
}
