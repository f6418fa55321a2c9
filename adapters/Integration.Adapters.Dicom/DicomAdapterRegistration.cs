using Integration.Adapters.Dicom.Mpps;
using Integration.Adapters.Dicom.Parsing;
using Integration.Adapters.Dicom.Polling;
using Integration.Adapters.Dicom.Store;
using Integration.Adapters.Dicom.Stow;
using Integration.Adapters.Dicom.Worklist;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Parsing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Integration.Adapters.Dicom;

/// <summary>Adds DICOM to the engine.</summary>
public static class DicomAdapterRegistration
{
    /// <summary>Adds the parser of <c>dicom</c> messages and the adapters <c>Dicom.Store</c>, <c>Dicom.Mpps</c>, <c>Dicom.Stow</c>, <c>Dicom.Find</c>,
    /// <c>Dicom.Qido</c> and <c>Dicom.Worklist</c>. Needs <see cref="IConfiguration"/> and logging from the host.</summary>
    public static IServiceCollection AddDicomAdapter(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IMessageParser, DicomParser>();
        services.AddSingleton<IHeaderReader>(provider =>
        {
            var feeds = provider.GetRequiredService<IConfiguration>().GetSection("Feeds");
            return new DicomHeaderReader(feed => feeds[$"{feed}:AssigningAuthority"] ?? feed);
        });
        services.AddSingleton<IInboundAdapterFactory, DicomStoreAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, DicomMppsAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, DicomStowAdapterFactory>();
        services.TryAddSingleton<Func<FeedWatermarks>>(provider => provider.GetRequiredService<FeedWatermarks>);
        services.TryAddSingleton<Func<SourceRowStore>>(provider => provider.GetRequiredService<SourceRowStore>);
        services.TryAddSingleton<Func<IBulkIntake>>(provider => provider.GetRequiredService<IBulkIntake>);
        services.AddSingleton<IInboundAdapterFactory, DicomFindAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, DicomWorklistAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, DicomQidoAdapterFactory>();
        return services;
    }
}
