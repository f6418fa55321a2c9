using Integration.Adapters.Fhir.Polling;
using Integration.Adapters.Shared.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Bulk;

/// <summary>Makes <c>Fhir.Bulk</c> feeds.</summary>
/// <param name="watermarks">Asked for only when a feed is created: its settings are checked without a store.</param>
internal sealed class FhirBulkAdapterFactory(
    Func<FeedWatermarks> watermarks, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<FhirBulkOptions>(AdapterName, environment)
{
    public const string AdapterName = "Fhir.Bulk";

    /// <summary>A feed by its options.</summary>
    public static FhirPullAdapter Create(
        string feed, FhirBulkOptions options, FeedWatermarks watermarks, IMessageIntake intake, TimeProvider time, ILoggerFactory loggers, FeedWakeUps? wakeUps = null)
    {
        var client = new FhirPullClient(feed, options.Authentication.Tls, options.MaxMessageBytes, time, loggers);
        var server = new FhirBulkServer(options, new FhirSourceClient(client.Http, new FhirTokens(options.Authentication, client.Http, time), time), time);
        var puller = new FhirBulkPuller(feed, options, server, watermarks, intake, loggers.CreateLogger<FhirBulkPuller>());
        var what = options.Level == FhirBulkLevel.Group ? $"Group {options.Group}" : options.Level.ToString();
        var times = new PollTimes(options.Every, options.IsScheduled, wakeUps);
        var description = $"bulk export of FHIR server {options.BaseUrl.GetLeftPart(UriPartial.Path)}, {what} {times}";
        return new FhirPullAdapter(feed, description, times, client, puller.PullAsync, time, loggers.CreateLogger<FhirPullAdapter>());
    }

    protected override FhirBulkOptions Read(SettingsReader settings) => FhirBulkOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, FhirBulkOptions options, IMessageIntake intake) => Create(feed, options, watermarks(), intake, time, loggers, wakeUps);
}
