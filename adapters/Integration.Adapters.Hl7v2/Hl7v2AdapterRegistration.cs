using System.Collections.Concurrent;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Intake;
using Integration.Core.Parsing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Integration.Adapters.Hl7v2;

/// <summary>Adds HL7 v2 to the engine.</summary>
public static class Hl7v2AdapterRegistration
{
    /// <summary>
    /// Adds the parser of <c>hl7v2</c> messages and the adapter <c>Hl7v2.Mllp</c>. Needs
    /// <see cref="IConfiguration"/> and logging from the host.
    /// </summary>
    public static IServiceCollection AddHl7v2Adapter(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IMessageParser>(provider => new Hl7Parser(ReadingOptionsOf(provider.GetRequiredService<IConfiguration>())));
        services.AddSingleton<IHeaderReader>(provider => new Hl7HeaderReader(ReadingOptionsOf(provider.GetRequiredService<IConfiguration>())));
        services.AddSingleton<IInboundAdapterFactory, Hl7v2MllpAdapterFactory>();
        return services;
    }

    /// <summary>Settings by feed, read once each. A feed that is configured no more (old messages replayed) reads with the defaults.</summary>
    private static Func<string, Hl7ReadingOptions> ReadingOptionsOf(IConfiguration configuration)
    {
        var known = new ConcurrentDictionary<string, Hl7ReadingOptions>();
        return feed => known.GetOrAdd(
            feed, static (name, root) => Hl7CommonSettings.Read(new(root.GetSection($"Feeds:{name}"))).Reading, configuration);
    }
}
