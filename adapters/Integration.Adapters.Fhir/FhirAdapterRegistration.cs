using System.Collections.Concurrent;
using Integration.Adapters.Fhir.Bulk;
using Integration.Adapters.Fhir.Endpoint;
using Integration.Adapters.Fhir.Files;
using Integration.Adapters.Fhir.Parsing;
using Integration.Adapters.Fhir.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Parsing;
using Integration.Core.Records;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Integration.Adapters.Fhir;

/// <summary>Adds FHIR R4 to the engine.</summary>
public static class FhirAdapterRegistration
{
    /// <summary>Adds the parser of <c>fhir</c> messages and the adapters <c>Fhir.Endpoint</c>, <c>Fhir.Folder</c>, <c>Fhir.Poll</c> and <c>Fhir.Bulk</c>. Needs <see cref="IConfiguration"/> and logging from the host.</summary>
    public static IServiceCollection AddFhirAdapter(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IMessageParser>(provider =>
        {
            var optionsOf = OptionsOf(provider.GetRequiredService<IConfiguration>());
            return new FhirParser(feed => optionsOf(feed).Validation);
        });
        services.AddSingleton<IHeaderReader>(provider =>
        {
            var optionsOf = OptionsOf(provider.GetRequiredService<IConfiguration>());
            return new FhirHeaderReader(feed => optionsOf(feed).AssigningAuthority);
        });
        services.TryAddSingleton<Func<SourceResources>>(provider => provider.GetRequiredService<SourceResources>);
        services.TryAddSingleton<Func<FeedWatermarks>>(provider => provider.GetRequiredService<FeedWatermarks>);
        services.AddSingleton<IInboundAdapterFactory, FhirEndpointAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, FhirFolderAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, FhirPollAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, FhirBulkAdapterFactory>();
        return services;
    }

    /// <summary>Settings by feed, read once each. A feed that is configured no more (old messages replayed) reads with the defaults.</summary>
    private static Func<string, FhirFeedOptions> OptionsOf(IConfiguration configuration)
    {
        var known = new ConcurrentDictionary<string, FhirFeedOptions>();
        return feed => known.GetOrAdd(feed, static (name, root) => FhirFeedSettings.Read(new SettingsReader(root.GetSection($"Feeds:{name}"))), configuration);
    }
}
