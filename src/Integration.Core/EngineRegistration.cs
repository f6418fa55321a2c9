using Integration.Core.Attachments;
using Integration.Core.Audit;
using Integration.Core.Delivery;
using Integration.Core.Devices;
using Integration.Core.Diagnostics;
using Integration.Core.DryRuns;
using Integration.Core.Events;
using Integration.Core.Feeds;
using Integration.Core.FollowUps;
using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Sweeping;
using Integration.Core.FollowUps.Work;
using Integration.Core.Forms;
using Integration.Core.Identity;
using Integration.Core.Identity.Unmerging;
using Integration.Core.Imaging;
using Integration.Core.Incidents;
using Integration.Core.Incidents.Watchers;
using Integration.Core.Intake;
using Integration.Core.Intake.Sequences;
using Integration.Core.Jobs;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Steps;
using Integration.Core.Mapping.Versions;
using Integration.Core.Messaging.Answers;
using Integration.Core.Messaging.Sending;
using Integration.Core.Operations;
using Integration.Core.Origins;
using Integration.Core.Parsing;
using Integration.Core.Pipeline;
using Integration.Core.Reconciliation;
using Integration.Core.Records;
using Integration.Core.Records.Search;
using Integration.Core.Retention;
using Integration.Core.Vitals;
using Integration.Core.Vitals.Limits;
using Integration.Core.Vitals.Series;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Integration.Core;

/// <summary>Puts the engine together. A store and adapters are added by their own projects.</summary>
public static class EngineRegistration
{
    /// <param name="mappingsFolder">Absolute path.</param>
    public static IServiceCollection AddEngine(this IServiceCollection services, IConfiguration configuration, string mappingsFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => EnginePlan.Load(
            configuration, mappingsFolder, provider.GetServices<IInboundAdapterFactory>(), provider.GetServices<IOutboundAdapterFactory>()));
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().MatchRules);
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().Contexts);
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().Steps);
        services.AddSingleton(provider => new MappingCatalog(provider.GetRequiredService<EnginePlan>().Mapper, provider.GetRequiredService<MappingSteps>()));
        services.AddSingleton<EngineMetrics>();
        AddIntake(services, configuration);
        AddPipeline(services);
        AddRetention(services);
        AddIncidents(services);
        AddServices(services);
        return services;
    }

    private static void AddIntake(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().Intake);
        services.AddSingleton<MessageTally>();
        services.AddSingleton<ArrivalSignal>();
        services.AddSingleton<MessageCompletions>();
        var limits = IntakeLimits.Read(configuration);   // EnginePlan reports what is wrong with them
        services.AddSingleton(limits);
        services.AddSingleton(new IntakeBudget(limits.MaxHeldBytes));
        services.AddSingleton(provider => new DiskGuard(
            provider.GetService<StorageVolume>() is { } volume ? DiskGuard.FreeBytesOf(volume.Folder) : () => null,
            limits.MinFreeBytes, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DiskGuard>>()));
        services.AddSingleton<MessageJournal>();
        services.AddSingleton<AttachmentStore>();
        services.AddSingleton<SequenceWatch>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<MessageActions>();
        services.AddSingleton<MessageOperations>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<OperationRunner>();
        services.AddSingleton<FeedActivity>();
        services.AddSingleton<FileLedger>();
        services.AddSingleton<StudyLedger>();
        services.AddSingleton<PerformedStepLedger>();
        services.AddSingleton<FeedWatermarks>();
        services.AddSingleton<FeedWakeUps>();
        services.AddSingleton<JobClaims>();
        services.AddSingleton<FeedPlaces>();
        services.AddSingleton<SourceRowStore>();

        // Asked for only when a feed is created: its settings are checked without a store.
        services.AddSingleton<Func<FileLedger>>(provider => provider.GetRequiredService<FileLedger>);
        services.AddSingleton<Func<StudyLedger>>(provider => provider.GetRequiredService<StudyLedger>);
        services.AddSingleton<Func<PerformedStepLedger>>(provider => provider.GetRequiredService<PerformedStepLedger>);
        services.AddSingleton<IntakePressure>();
        services.AddSingleton<IntakeRefusals>();
        services.AddSingleton<MessageIntake>();
        services.AddSingleton<IMessageIntake>(provider => provider.GetRequiredService<MessageIntake>());
        services.AddSingleton<IBulkIntake>(provider => provider.GetRequiredService<MessageIntake>());
    }

    private static void AddPipeline(IServiceCollection services)
    {
        services.AddSingleton<ParseStage>();
        services.AddSingleton<MappingStage>();
        services.AddSingleton<IdentityStore>();
        services.AddSingleton<IPatientMatcher, NoPatientMatcher>();
        services.AddSingleton<DeviceBindings>();
        services.AddSingleton<Func<DeviceBindings>>(provider => provider.GetRequiredService<DeviceBindings>);
        services.AddSingleton<Separations>();
        services.AddSingleton<UnmergePlanner>();
        services.AddSingleton<UnlinkMessages>();
        services.AddSingleton<IdentityMoves>();
        services.AddSingleton<PatientUnmerging>();
        services.AddSingleton<IdentityStage>();
        services.AddSingleton<PatientSummaryStore>();
        services.AddSingleton<RecordStage>();
        AddFollowUps(services);
        services.AddSingleton<DeliveryOutbox>();
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<DeliveryContents>();
        services.AddSingleton<Redelivery>();
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().CreateDestinations());
        services.AddSingleton<EventOutbox>();
        services.AddSingleton<EventReader>();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<DeliveryStage>();
        services.AddSingleton<RunningMessages>();
        services.AddSingleton<MessagePipeline>();
        services.AddSingleton<CrashGuard>();
        services.AddSingleton<EngineRun>();
        services.AddSingleton(provider => new LaneScheduler(provider.GetRequiredService<IntakePressure>()));
        services.AddSingleton(provider => new PatientLanes(provider.GetRequiredService<CrashGuard>(), provider.GetRequiredService<LaneScheduler>()));
        services.AddSingleton<PatientRecordStore>();
        services.AddSingleton<SourceResources>();
        services.AddSingleton<UnmappedCodeStore>();
        services.AddSingleton<CodeMapping>();
        services.AddSingleton<CodeTables>();
        services.AddSingleton<UnreadReport>();
        services.AddSingleton<MappingVersionStore>();
        services.AddSingleton<MappingReload>();
        services.AddSingleton<ReferralPartners>();
        services.AddSingleton<SearchIndexer>();
        services.AddSingleton<Reconciler>();
        services.AddSingleton<MessageExplainer>();
        services.AddSingleton<DryRun>();
        services.AddSingleton<ResourceOrigins>();
    }

    /// <summary>What is due and what is done about it; needs a plan, a store, the outbox and the audit trail.</summary>
    internal static void AddFollowUps(IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().FollowUpRules);
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().FollowUps);
        services.AddSingleton<FollowUpStore>();
        services.AddSingleton<FollowUpPlanner>();
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().VitalLimits);
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().Forms);
        services.AddSingleton<VitalSignWatch>();
        services.AddSingleton<VitalLimits>();
        services.AddSingleton<VitalSeries>();
        services.AddSingleton<FollowUpStage>();
        services.AddSingleton<FollowUpActions>();
        services.AddSingleton<FormResponses>();
        services.AddSingleton<AnsweredFollowUps>();
        services.AddSingleton<CalendarPlanner>();
        services.AddSingleton<RuleReplanner>();
        services.AddSingleton<RulePreview>();
        services.AddSingleton<DueSweep>();
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().Messaging);
        services.AddSingleton<MessageComposer>();
        services.AddSingleton<SentMessages>();
        services.AddSingleton<OptOuts>();
        services.AddSingleton<MessageAnswers>();

        // Asked for only when something is sent: destinations are made before there is an outbox.
        services.AddSingleton<Func<MessageComposer>>(provider => provider.GetRequiredService<MessageComposer>);
        services.AddSingleton<Func<SentMessages>>(provider => provider.GetRequiredService<SentMessages>);
    }

    private static void AddRetention(IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().Retention);
        services.AddSingleton<RawCompression>();
        services.AddSingleton<MessagePruning>();
        services.AddSingleton<EventPruning>();
        services.AddSingleton<StorageSampler>();
        services.AddSingleton<RetentionSweep>();
    }

    private static void AddIncidents(IServiceCollection services)
    {
        services.AddSingleton(provider => provider.GetRequiredService<EnginePlan>().Incidents);
        services.AddSingleton<IncidentStore>();
        services.TryAddSingleton(ProcessMemory.OfThisProcess);
        services.AddSingleton<IIncidentWatcher, SilenceWatcher>();
        services.AddSingleton<IIncidentWatcher, FeedWatcher>();
        services.AddSingleton<IIncidentWatcher, FailureWatcher>();
        services.AddSingleton<IIncidentWatcher, ComplaintWatcher>();
        services.AddSingleton<IIncidentWatcher, StuckWatcher>();
        services.AddSingleton<IIncidentWatcher, DestinationWatcher>();
        services.AddSingleton<IIncidentWatcher, CertificateWatcher>();
        services.AddSingleton<IIncidentWatcher, EngineWatcher>();
        services.AddSingleton<IncidentWatch>();
    }

    // Started in this order and stopped in reverse: feeds open last and close first.
    private static void AddServices(IServiceCollection services)
    {
        services.AddHostedService(provider => provider.GetRequiredService<EngineRun>());
        services.AddSingleton<DeliveryDispatcher>();
        services.AddSingleton<IDestinationBoard>(provider => provider.GetRequiredService<DeliveryDispatcher>());
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryDispatcher>());
        services.AddHostedService<LaneDispatcher>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<StageWatch>(provider, StageWatch.UsualLimit));
        services.AddHostedService(provider => provider.GetRequiredService<OperationRunner>());
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FeedSupervisor>(
            provider, provider.GetRequiredService<EnginePlan>().CreateFeeds(provider.GetRequiredService<IMessageIntake>())));
        services.AddSingleton<IFeedBoard>(provider => provider.GetRequiredService<FeedSupervisor>());
        services.AddHostedService(provider => provider.GetRequiredService<FeedSupervisor>());

        services.AddHostedService(provider => provider.GetRequiredService<SearchIndexer>());

        // Behind the feeds: a start that fails on a port in use ends without it having begun.
        services.AddHostedService<MappingWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<IncidentWatch>());
    }
}
