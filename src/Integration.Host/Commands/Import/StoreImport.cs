using Integration.Adapters.Fhir.Import;
using Integration.Core;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Storage;
using Integration.Host.Commands.Mapping;

namespace Integration.Host.Commands.Import;

/// <summary>Into the engine's own store, with journal and pipeline in this process and no feed open.</summary>
internal sealed class StoreImport : IImportTarget
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly ServiceProvider _services;
    private readonly string _feed;
    private readonly LaneDispatcher _pipeline;
    private readonly long _failedBefore;

    private StoreImport(ServiceProvider services, string feed)
    {
        (_services, _feed) = (services, feed);
        _pipeline = ActivatorUtilities.CreateInstance<LaneDispatcher>(services);
        _failedBefore = Tally.Total(MessageState.Failed);
    }

    public int Passes => 2;   // once for its checksum

    private MessageTally Tally => _services.GetRequiredService<MessageTally>();

    /// <param name="feed">A FHIR feed of the configuration, enabled or not: whose settings hold, and under whose name the messages are kept.</param>
    /// <exception cref="ConfigurationException">The configuration is not valid, or another process has the store.</exception>
    public static async Task<StoreImport> OpenAsync(IConfiguration configuration, string home, string mappingsFolder, string feed, CancellationToken cancellationToken)
    {
        if (configuration[$"Feeds:{feed}:Adapter"]?.StartsWith("Fhir.", StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new ConfigurationException([new ConfigurationProblem("--feed", $"There is no FHIR feed '{feed}'.", "Name one of appsettings.json, whose AssigningAuthority and Validation then hold.")]);
        }

        configuration[$"Feeds:{feed}:Enabled"] = "true";   // its settings are asked for; it is not opened
        var dataFolder = Path.GetFullPath(configuration["Engine:DataFolder"] ?? "data", home);
        Directory.CreateDirectory(dataFolder);
        var services = new ServiceCollection().AddLogging().AddSingleton(configuration).AddSingleton<FhirImport>()
            .AddEngine(configuration, mappingsFolder).AddStorage(configuration, dataFolder, home).AddAdapters().BuildServiceProvider();
        try
        {
            services.GetRequiredService<EnginePlan>();
            await services.GetRequiredService<IDocumentStore>().OpenAsync(Collections.All, cancellationToken);
            await services.GetRequiredService<MessageJournal>().LoadTallyAsync(cancellationToken);
            await services.GetRequiredService<DeliveryOutbox>().LoadAsync(cancellationToken);
            var import = new StoreImport(services, feed);
            await services.GetRequiredService<EngineRun>().StartAsync(cancellationToken);
            await import._pipeline.StartAsync(cancellationToken);
            return import;
        }
        catch (StoreUnavailableException e)
        {
            await services.DisposeAsync();
            throw new ConfigurationException(
                [new ConfigurationProblem("Storage", e.Message, $"While the engine runs, send to it: --to http://127.0.0.1:8082/fhir, the address of a Fhir.Endpoint feed, with its key in the environment variable {RunningEngine.KeyVariable}.")]);
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    public Task<FhirImportedFile> TakeAsync(FileInfo file, Action<long> advance, CancellationToken cancellationToken) =>
        _services.GetRequiredService<FhirImport>().TakeAsync(_feed, file, advance, cancellationToken);

    public async Task<long?> FinishAsync(CancellationToken cancellationToken)
    {
        while (Tally.Total(MessageState.Waiting) > 0)
        {
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }

        return Tally.Total(MessageState.Failed) - _failedBefore;
    }

    public async ValueTask DisposeAsync()
    {
        await _pipeline.StopAsync(CancellationToken.None);
        await _services.GetRequiredService<EngineRun>().StopAsync(CancellationToken.None);
        _pipeline.Dispose();
        await _services.DisposeAsync();
    }
}
