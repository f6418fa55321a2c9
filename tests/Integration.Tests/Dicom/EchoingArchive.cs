using System.Net;
using Integration.Adapters.Dicom.Store;
using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Dicom;

/// <summary>A system that answers to one AE title: a <c>Dicom.Store</c> feed on a free port.</summary>
internal sealed class EchoingArchive : IAsyncDisposable
{
    private readonly TestEngine _engine;
    private readonly DicomStoreAdapter _adapter;

    private EchoingArchive(TestEngine engine, DicomStoreAdapter adapter) => (_engine, _adapter) = (engine, adapter);

    public IPEndPoint Endpoint => _adapter.LocalEndpoint!;

    public static async Task<EchoingArchive> StartAsync(string title)
    {
        var engine = await TestEngine.StartAsync(_ => { });
        var adapter = new DicomStoreAdapter(
            "archive", new DicomStoreOptions { Listen = new(IPAddress.Loopback, 0), AETitle = title }, engine.Services.GetRequiredService<StudyLedger>(), engine.Intake,
            engine.Services.GetRequiredService<EngineMetrics>(), TimeProvider.System, NullLogger.Instance);
        await adapter.StartAsync(CancellationToken.None);
        return new EchoingArchive(engine, adapter);
    }

    public async ValueTask DisposeAsync()
    {
        await _adapter.StopAsync(CancellationToken.None);
        await _adapter.DisposeAsync();
        await _engine.DisposeAsync();
    }
}
