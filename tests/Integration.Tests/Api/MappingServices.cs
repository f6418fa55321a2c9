using Integration.Core;
using Integration.Core.Delivery;
using Integration.Core.DryRuns;
using Integration.Core.Feeds;
using Integration.Core.Identity;
using Integration.Core.Identity.Unmerging;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Versions;
using Integration.Core.Origins;
using Integration.Core.Records;
using Integration.Tests.Mapping;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api;

/// <summary>The mappings of a host that has no pipeline; read when first asked for.</summary>
internal static class MappingServices
{
    public static IServiceCollection AddMappings(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(provider => configuration["Engine:MappingsFolder"] is { } own
            ? EnginePlan.Load(configuration, own, provider.GetServices<IInboundAdapterFactory>(), provider.GetServices<IOutboundAdapterFactory>())
            : MappingSamples.PlanOf(provider, configuration))
        .AddSingleton(provider => provider.GetRequiredService<EnginePlan>().MatchRules)
        .AddSingleton(provider => provider.GetRequiredService<EnginePlan>().Contexts)
        .AddSingleton(provider => new MappingCatalog(provider.GetRequiredService<EnginePlan>().Mapper))
        .AddSingleton(new IntakeBudget(64 * 1024 * 1024))
        .AddSingleton<Func<FileLedger>>(provider => provider.GetRequiredService<FileLedger>)
        .AddSingleton<IReadOnlyList<ConfiguredDestination>>([])
        .AddSingleton<IdentityStore>().AddSingleton<Separations>().AddSingleton<UnmergePlanner>().AddSingleton<UnlinkMessages>().AddSingleton<IdentityStage>().AddSingleton<PatientSummaryStore>().AddSingleton<RecordStage>()
        .AddSingleton<UnmappedCodeStore>().AddSingleton<CodeMapping>().AddSingleton<CodeTables>().AddSingleton<UnreadReport>()
        .AddSingleton<MappingVersionStore>().AddSingleton<MappingReload>().AddSingleton<MessageExplainer>().AddSingleton<DryRun>().AddSingleton<ResourceOrigins>();
}
