using Integration.Adapters.Hl7v2.Batches;
using Integration.Adapters.Shared.Web;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Http;

/// <summary>A feed of HL7 v2 messages over HTTP.</summary>
internal sealed class Hl7v2HttpAdapter : WebFeedAdapter
{
    /// <param name="ledger">Where batches are noted; null: nowhere.</param>
    /// <param name="budget">What all connections of the process may hold.</param>
    public Hl7v2HttpAdapter(
        string feed, Hl7v2HttpOptions options, IMessageIntake intake, FileLedger? ledger, IntakeBudget budget, TimeProvider time, ILoggerFactory loggers)
        : base(feed, new FeedListenOptions(options.Listen, options.MaxConnections, options.Tls), time, loggers)
    {
        var logger = loggers.CreateLogger<Hl7v2HttpAdapter>();
        var receiver = new Hl7MessageReceiver(feed, options, intake, time, logger);
        Endpoint = new Hl7HttpEndpoint(options, receiver, new Hl7BatchReceiver(receiver, ledger, time, logger), budget, logger);
        Description = $"{ServerDescription}, POST {options.Path}";
    }

    public override string Description { get; }

    protected override IHttpApplication<HttpContext> Endpoint { get; }
}
