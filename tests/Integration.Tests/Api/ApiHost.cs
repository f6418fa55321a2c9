using System.Net;
using Integration.Adapters.Hl7v2;
using Integration.Core.Attachments;
using Integration.Core.Audit;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Incidents;
using Integration.Core.Intake;
using Integration.Core.Intake.Sequences;
using Integration.Core.Operations;
using Integration.Core.Parsing;
using Integration.Core.Pipeline;
using Integration.Core.Reconciliation;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Host.Api;
using Integration.Host.Security;
using Integration.Tests.Mapping;
using Integration.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Api;

/// <summary>API and security on a real web server at a free port of 127.0.0.1, above a real store; without feeds and pipeline.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    /// <summary>The key of most tests, held by <c>tests</c>.</summary>
    public const string Key = "key-of-the-tests-0123456789";

    private readonly TemporaryStore _store;
    private readonly DirectoryInfo? _ownFolder;

    private ApiHost(WebApplication app, TemporaryStore store, DirectoryInfo? ownFolder)
    {
        App = app;
        _store = store;
        _ownFolder = ownFolder;
        BaseAddress = new Uri(app.Urls.First());
        Client = ClientOf(Key);
        Anonymous = ClientOf(null);
    }

    public WebApplication App { get; }

    public Uri BaseAddress { get; }

    /// <summary>Sends <see cref="Key"/>.</summary>
    public HttpClient Client { get; }

    /// <summary>Sends no key and keeps no cookies.</summary>
    public HttpClient Anonymous { get; }

    public IDocumentStore Store => _store.Store;

    internal FixedFeedBoard Board => (FixedFeedBoard)App.Services.GetRequiredService<IFeedBoard>();

    internal InterruptibleStore Interruption => (InterruptibleStore)App.Services.GetRequiredService<IDocumentStore>();

    internal CapturedLogs Logs => App.Services.GetRequiredService<CapturedLogs>();

    internal EngineMetrics Metrics => App.Services.GetRequiredService<EngineMetrics>();

    /// <param name="dataFolder">Null: one that goes with the host.</param>
    /// <param name="key">Null: no key is configured.</param>
    /// <param name="configure">Further services.</param>
    /// <param name="mappingsFolder">Null: that of the repository, which no test may change.</param>
    internal static async Task<ApiHost> StartAsync(string? dataFolder = null, string? key = Key, Action<IServiceCollection>? configure = null, string? mappingsFolder = null)
    {
        var ownFolder = dataFolder is null ? Directory.CreateTempSubdirectory("integration-api-") : null;
        var store = await TemporaryStore.OpenAsync();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (key is not null)
        {
            builder.Configuration.AddInMemoryCollection([new("Security:ApiKeys:tests", key)]);
        }

        var logs = new CapturedLogs();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddProvider(logs);

        // A provider with rules of its own, as Serilog brings them, must not undo what the API keeps out of the logs.
        builder.Logging.AddFilter<CapturedLogs>(category: null, LogLevel.Information);
        builder.Services.AddSingleton(logs).AddSingleton<IDocumentStore>(new InterruptibleStore(store.Store)).AddSingleton<IFeedBoard, FixedFeedBoard>();
        builder.Services.AddSingleton<MessageTally>().AddSingleton<ArrivalSignal>().AddSingleton<MessageCompletions>()
            .AddSingleton(new DiskGuard(() => null, 0, TimeProvider.System, NullLogger<DiskGuard>.Instance)).AddSingleton<MessageJournal>()
            .AddSingleton<SequenceWatch>().AddSingleton<RunningMessages>().AddSingleton<EngineRun>().AddSingleton<AuditTrail>()
            .AddSingleton<MessageActions>().AddSingleton<MessageOperations>().AddSingleton<DeadLetters>().AddSingleton<PatientRecordStore>()
            .AddSingleton<AttachmentStore>().AddSingleton<FileLedger>().AddSingleton<Reconciler>().AddSingleton<ReferralPartners>().AddSingleton<DeliveryOutbox>().AddSingleton<DeliveryContents>().AddSingleton<Redelivery>().AddSingleton<Integration.Core.Events.EventOutbox>().AddSingleton<IReadOnlyList<ConfiguredDestination>>([])
            .AddSingleton<Integration.Core.Events.EventReader>().AddSingleton<ChangeFeed>().AddSingleton<IDestinationBoard, FixedDestinationBoard>()
            .AddSingleton(new IntakeLimits(0, 0)).AddSingleton(provider => provider.GetRequiredService<Integration.Core.EnginePlan>().Retention).AddSingleton<Integration.Core.Retention.StorageSampler>()
            .AddSingleton<Integration.Core.Records.Search.SearchIndexer>()
            .AddSingleton<Integration.Core.Identity.IdentityStore>().AddSingleton<Integration.Core.Identity.IPatientMatcher, Integration.Core.Identity.NoPatientMatcher>()
            .AddSingleton<IReadOnlyList<ConfiguredFeed>>([new ConfiguredFeed("his_visits", "Sql.Poll", new NumberedFeed())]).AddSingleton<FeedPlaces>().AddSingleton<FeedWatermarks>()
            .AddSingleton<IncidentStore>().AddSingleton<Integration.Core.Devices.DeviceBindings>()
            .AddSingleton<Integration.Core.Identity.Unmerging.IdentityMoves>().AddSingleton<Integration.Core.Identity.Unmerging.PatientUnmerging>().AddSingleton<Integration.Adapters.Device.DeviceGateways>();
        Integration.Core.EngineRegistration.AddFollowUps(builder.Services);
        builder.Configuration.AddInMemoryCollection(
            [new("Feeds:his:Adapter", "Hl7v2.Mllp"), new("Feeds:his:Listen", "127.0.0.1:0"), new("Feeds:his:AssigningAuthority", "HIS")]);
        builder.Configuration.AddInMemoryCollection([new("Engine:MappingsFolder", mappingsFolder)]);
        builder.Services.AddMappings(builder.Configuration);
        builder.Services.AddSingleton<IMessageIntake, Hl7v2.FakeIntake>().AddSingleton<EngineMetrics>().AddHl7v2Adapter().AddSingleton<IMessageParser, FaultyParser>();
        builder.Services.AddEngineSecurity(builder.Configuration, ownFolder?.FullName ?? dataFolder!).AddReadApi();
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseEngineSecurity();
        app.MapReadApi();
        await app.StartAsync();
        return new ApiHost(app, store, ownFolder);
    }

    /// <summary>A client that sends the key, follows no redirects and keeps cookies as a browser does.</summary>
    public HttpClient ClientOf(string? key, CookieContainer? cookies = null)
    {
        var client = new HttpClient(new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = cookies is not null,
            CookieContainer = cookies ?? new CookieContainer(),
        })
        { BaseAddress = BaseAddress };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("X-Api-Key", key);
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await App.DisposeAsync();
        await _store.DisposeAsync();
        _ownFolder?.Delete(recursive: true);
    }
}

/// <summary>One host with <see cref="SampleRecord"/> for all tests of a class that only read the record. Its mappings are a copy.</summary>
public sealed class SampleHost : IAsyncLifetime
{
    private readonly MappingsCopy _mappings = new();

    public ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync(mappingsFolder: _mappings.Folder);
        await SampleRecord.PutAsync(Host.Store);
        Host.Board.Feeds = SampleRecord.Feeds;
        await Host.App.Services.GetRequiredService<MessageJournal>().LoadTallyAsync(CancellationToken.None);
        await Host.App.Services.GetRequiredService<EngineRun>().StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _mappings.Dispose();
    }
}
