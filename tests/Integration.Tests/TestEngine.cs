using System.Text;
using Integration.Adapters.Device;
using Integration.Adapters.Dicom;
using Integration.Adapters.Fhir;
using Integration.Adapters.Gateway;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Adapters.Sql;
using Integration.Adapters.Webhook;
using Integration.Core;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Tests.Mapping;
using Integration.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests;

/// <summary>The engine on a store of its own, without sockets: messages go in by intake and are run one by one, in order.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly TemporaryStore _temporary;
    private readonly ServiceProvider _services;
    private long _behind;

    private TestEngine(TemporaryStore temporary, ServiceProvider services)
    {
        _temporary = temporary;
        _services = services;
    }

    public IServiceProvider Services => _services;

    public IDocumentStore Store => _temporary.Store;

    public string StorePath => _temporary.Path;

    /// <summary>Closes the store, so that a test can look at its file. Nothing but <see cref="DisposeAsync"/> may follow.</summary>
    public ValueTask CloseStoreAsync() => _temporary.Store.DisposeAsync();

    public IMessageIntake Intake => _services.GetRequiredService<IMessageIntake>();

    public MessageJournal Journal => _services.GetRequiredService<MessageJournal>();

    public MessageTally Tally => _services.GetRequiredService<MessageTally>();

    public MessagePipeline Pipeline => _services.GetRequiredService<MessagePipeline>();

    public PatientRecordStore Records => _services.GetRequiredService<PatientRecordStore>();

    public PatientSummaryStore Summaries => _services.GetRequiredService<PatientSummaryStore>();

    public IdentityStore Identities => _services.GetRequiredService<IdentityStore>();

    /// <param name="freeBytes">What the disk says it has free; null: it is not asked.</param>
    public static Task<TestEngine> StartAsync(Func<long?>? freeBytes = null) => StartAsync(services =>
    {
        if (freeBytes is not null)
        {
            services.AddSingleton(new DiskGuard(freeBytes, 1, TimeProvider.System, NullLogger<DiskGuard>.Instance));
        }
    });

    /// <param name="configure">Comes last, so that it can replace services of the engine.</param>
    /// <param name="settings">Further settings, e.g. of the feed <c>his</c>.</param>
    public static async Task<TestEngine> StartAsync(Action<IServiceCollection> configure, params IReadOnlyList<(string Key, string Value)> settings)
    {
        var temporary = await TemporaryStore.OpenAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Feeds:his:Adapter"] = "Hl7v2.Mllp",
            ["Feeds:his:Listen"] = "127.0.0.1:0",
            ["Feeds:his:AssigningAuthority"] = "HIS",
        }).AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(temporary.Store);
        services.AddSingleton<IConfiguration>(configuration);
        services.AddEngine(configuration, configuration["Engine:MappingsFolder"] ?? Path.Combine(RepositoryRoot.Path, "mappings"));
        services.AddHl7v2Adapter();
        services.AddFhirAdapter();
        services.AddDicomAdapter();
        services.AddSqlAdapter();
        services.AddDeviceAdapter();
        services.AddWebhookAdapter();
        services.AddGatewayAdapter();
        if (configuration["Engine:MappingsFolder"] is null)
        {
            services.AddSingleton(provider => MappingSamples.PlanOf(provider, configuration));
        }

        configure(services);
        return new TestEngine(temporary, services.BuildServiceProvider());
    }

    /// <summary>Takes a message in without running it.</summary>
    /// <param name="segments">Lines of the message.</param>
    public Task<IntakeResult> AcceptAsync(params string[] segments) => AcceptRawAsync(Encoding.UTF8.GetBytes(string.Join('\r', segments) + "\r"));

    /// <summary>Takes a message in without running it.</summary>
    /// <param name="raw">One message without framing.</param>
    public async Task<IntakeResult> AcceptRawAsync(byte[] raw)
    {
        var header = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);
        return await _services.GetRequiredService<IMessageIntake>().AcceptAsync(
            new InboundMessage("his", Hl7Parser.FormatName, raw)
            {
                MessageType = header.MessageType,
                ControlId = header.ControlId,
                Sender = header.Sender,
                SequenceNumber = header.SequenceNumber,
                PatientKey = header.PatientKey,
                HeaderIssues = header.Issues,
            },
            CancellationToken.None);
    }

    /// <summary>Takes a message in as an adapter hands it over, without running it.</summary>
    public async Task<IntakeResult> AcceptAsync(InboundMessage message) =>
        await _services.GetRequiredService<IMessageIntake>().AcceptAsync(message, CancellationToken.None);

    /// <summary>Runs everything that waits.</summary>
    public async Task RunAsync()
    {
        while (await Journal.ReadWaitingAsync(_behind, 100, CancellationToken.None) is { Count: > 0 } page)
        {
            foreach (var waiting in page)
            {
                await Pipeline.RunAsync(waiting, CancellationToken.None);
                _behind = waiting.Sequence;
            }
        }
    }

    /// <summary>Takes a message in, runs it, and gives it back as the journal holds it then.</summary>
    public async Task<JournaledMessage> SendAsync(params string[] segments)
    {
        var id = Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(segments)).MessageId;
        await RunAsync();
        return (await Journal.GetAsync(id, withRaw: false, CancellationToken.None))!.Value.Message;
    }

    /// <summary>The one patient with this identifier.</summary>
    public async Task<PatientDocument> PatientAsync(string identifier) =>
        Assert.Single((await Records.SearchAsync(new PatientSearch(Identifier: identifier), CancellationToken.None)).Patients);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _temporary.DisposeAsync();
    }
}
