using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Reconciliation;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Sql.Polling;

/// <summary>Makes <c>Sql.Poll</c> feeds.</summary>
/// <param name="watermarks">Asked for only when a feed is created, as are <paramref name="rows"/>, <paramref name="bulk"/> and <paramref name="reconciler"/>: its settings are checked without a store.</param>
internal sealed class SqlPollAdapterFactory(
    Func<FeedWatermarks> watermarks, Func<SourceRowStore> rows, Func<IBulkIntake> bulk, Func<Reconciler> reconciler, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null,
    FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<SqlPollOptions>(AdapterName, environment)
{
    public const string AdapterName = "Sql.Poll";

    protected override SqlPollOptions Read(SettingsReader settings) => SqlPollOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, SqlPollOptions options, IMessageIntake intake) =>
        new SqlPollAdapter(feed, options, watermarks(), rows(), bulk(), reconciler(), time, loggers, wakeUps);
}
