using System.Collections.Concurrent;
using Integration.Adapters.Hl7v2.Files;
using Integration.Adapters.Hl7v2.Files.Remote;
using Integration.Adapters.Hl7v2.Http;
using Integration.Adapters.Hl7v2.Outbound;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Delivery;
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
    /// Adds the parser of <c>hl7v2</c> messages and the adapters <c>Hl7v2.Mllp</c>, <c>Hl7v2.Http</c>, <c>Hl7v2.Folder</c>,
    /// <c>Hl7v2.Sftp</c> and <c>Hl7v2.Ftp</c>. Needs
    /// <see cref="IConfiguration"/> and logging from the host.
    /// </summary>
    public static IServiceCollection AddHl7v2Adapter(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IMessageParser>(provider => new Hl7Parser(ReadingOptionsOf(provider.GetRequiredService<IConfiguration>())));
        services.AddSingleton<IHeaderReader>(provider => new Hl7HeaderReader(ReadingOptionsOf(provider.GetRequiredService<IConfiguration>())));
        services.AddSingleton<IInboundAdapterFactory, Hl7v2SftpAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, Hl7v2FtpAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, Hl7v2FolderAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, Hl7v2HttpAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, Hl7v2MllpAdapterFactory>();
        services.AddSingleton<IOutboundAdapterFactory, Hl7v2MllpDestinationFactory>();
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
