using System.Net;
using Integration.Adapters.Shared.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>A feed that asks a FHIR server, round after round, for what has changed.</summary>
internal sealed class FhirPullAdapter : IInboundAdapter
{
    private readonly FhirPullClient _client;
    private readonly FhirNotifications? _notifications;
    private readonly PollLoop _loop;

    /// <param name="client">What rounds ask with; it ends with the feed.</param>
    /// <param name="round">See <see cref="PollLoop"/>.</param>
    /// <param name="notifications">Each begins a round at once; they end with the feed. Null: none are taken.</param>
    public FhirPullAdapter(
        string feed, string description, PollTimes times, FhirPullClient client, Func<CancellationToken, Task> round, TimeProvider time, ILogger logger,
        FhirNotifications? notifications = null)
    {
        (Feed, Description) = (feed, notifications is null ? description : $"{description}; notified at {notifications.Description}");
        (_client, _notifications) = (client, notifications);
        _loop = new PollLoop(feed, "the server", times, round, time, logger, notifications is null ? null : notifications.WaitAsync);
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => _notifications?.Connections;

    public IReadOnlyList<FeedNotice> Notices => _loop.Notice is { } notice ? [notice] : [];

    public TransportStatus Transport => new()
    {
        Link = _loop.Link,
        Certificate = new[] { _client.Certificate, _notifications?.Transport.Certificate }.OfType<CertificateStatus>().MinBy(certificate => certificate.Expires),
    };

    /// <summary>Where notifications are taken, with the port it got; null before the start and where none are.</summary>
    internal IPEndPoint? NotifiedAt => _notifications?.LocalEndpoint;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await (_notifications?.StartAsync(cancellationToken) ?? Task.CompletedTask);
        _loop.Start();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await (_notifications?.StopAsync(cancellationToken) ?? Task.CompletedTask);
        await _loop.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await (_notifications?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _loop.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>One round, as the loop does it.</summary>
    internal Task PullAsync(CancellationToken stop) => _loop.RunAsync(stop);
}
