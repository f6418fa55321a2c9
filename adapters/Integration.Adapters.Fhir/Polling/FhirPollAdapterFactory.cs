using Integration.Adapters.Shared.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>Makes <c>Fhir.Poll</c> feeds.</summary>
/// <param name="watermarks">Asked for only when a feed is created: its settings are checked without a store.</param>
internal sealed class FhirPollAdapterFactory(
    Func<FeedWatermarks> watermarks, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<FhirPollOptions>(AdapterName, environment)
{
    public const string AdapterName = "Fhir.Poll";

    /// <summary>A feed by its options.</summary>
    public static FhirPullAdapter Create(
        string feed, FhirPollOptions options, FeedWatermarks watermarks, IMessageIntake intake, TimeProvider time, ILoggerFactory loggers, FeedWakeUps? wakeUps = null)
    {
        var client = new FhirPullClient(feed, options.Authentication.Tls, options.MaxMessageBytes, time, loggers);
        var source = new FhirSourceClient(client.Http, new FhirTokens(options.Authentication, client.Http, time), time);
        var poller = new FhirPoller(feed, options, source, watermarks, intake);
        var times = new PollTimes(options.Poll, options.IsScheduled, wakeUps);
        var description = $"FHIR server {options.BaseUrl.GetLeftPart(UriPartial.Path)}, {string.Join(", ", options.Types)} {times}";
        var notifications = options.Notifications is { } listen ? new FhirNotifications(feed, listen, time, loggers) : null;
        return new FhirPullAdapter(feed, description, times, client, poller.PollAsync, time, loggers.CreateLogger<FhirPullAdapter>(), notifications);
    }

    protected override FhirPollOptions Read(SettingsReader settings) => FhirPollOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, FhirPollOptions options, IMessageIntake intake) => Create(feed, options, watermarks(), intake, time, loggers, wakeUps);
}
