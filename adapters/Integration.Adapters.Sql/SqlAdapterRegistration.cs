using System.Collections.Concurrent;
using Integration.Adapters.Sql.Csv;
using Integration.Adapters.Sql.Polling;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Sending;
using Integration.Core.Delivery;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Parsing;
using Integration.Core.Reconciliation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Integration.Adapters.Sql;

/// <summary>Adds tables of other systems' databases and files of values to the engine.</summary>
public static class SqlAdapterRegistration
{
    /// <summary>Adds the parser of messages made of rows and the adapters <c>Sql.Poll</c>, <c>Csv.Folder</c> and <c>Sql.Table</c>. Needs <see cref="IConfiguration"/> and logging from the host.</summary>
    public static IServiceCollection AddSqlAdapter(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IMessageParser, RowParser>();
        services.AddSingleton<IHeaderReader>(provider => new RowHeaderReader(LanesOf(provider.GetRequiredService<IConfiguration>())));
        services.TryAddSingleton<Func<FeedWatermarks>>(provider => provider.GetRequiredService<FeedWatermarks>);
        services.TryAddSingleton<Func<SourceRowStore>>(provider => provider.GetRequiredService<SourceRowStore>);
        services.TryAddSingleton<Func<Reconciler>>(provider => provider.GetRequiredService<Reconciler>);
        services.TryAddSingleton<Func<IBulkIntake>>(provider => provider.GetRequiredService<IBulkIntake>);
        services.AddSingleton<IInboundAdapterFactory, SqlPollAdapterFactory>();
        services.AddSingleton<IInboundAdapterFactory, CsvFolderAdapterFactory>();
        services.AddSingleton<IOutboundAdapterFactory, SqlTableDestinationFactory>();
        return services;
    }

    /// <summary>The lane of a corrected message is found as when it was read first.</summary>
    private static Func<string, RowLane> LanesOf(IConfiguration configuration)
    {
        var known = new ConcurrentDictionary<string, RowLane>();
        return feed => known.GetOrAdd(feed, static (name, root) =>
        {
            var settings = root.GetSection($"Feeds:{name}");
            return new RowLane(settings["AssigningAuthority"] ?? name, settings["PatientColumn"]?.ToLowerInvariant());
        }, configuration);
    }
}
