using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>A feed that asks a FHIR server, round after round, for what has changed.</summary>
internal sealed partial class FhirPollAdapter : IInboundAdapter
{
    private readonly FhirPollOptions _options;
    private readonly HttpClient _client;
    private readonly FhirPoller _poller;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private volatile LinkStatus _link;
    private volatile FeedNotice? _notice;
    private Task _asking = Task.CompletedTask;

    public FhirPollAdapter(string feed, FhirPollOptions options, FeedWatermarks watermarks, IMessageIntake intake, TimeProvider time, ILoggerFactory loggers)
    {
        Feed = feed;
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger<FhirPollAdapter>();
        _link = new LinkStatus(LinkStatus.Connecting, time.GetUtcNow(), null);
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = System.Net.DecompressionMethods.All })
        {
            MaxResponseContentBufferSize = options.MaxMessageBytes,
        };
        _poller = new FhirPoller(feed, options, new FhirSourceClient(_client, new FhirTokens(options.Authentication, _client, time), time), watermarks, intake);
        Description = $"FHIR server {options.BaseUrl.GetLeftPart(UriPartial.Path)}, {string.Join(", ", options.Types)} every {options.Poll}";
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => null;

    public IReadOnlyList<FeedNotice> Notices => _notice is { } notice ? [notice] : [];

    public TransportStatus Transport => TransportStatus.None with { Link = _link };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _asking = Task.Run(AskAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _client.Dispose();
        _stop.Dispose();
    }

    /// <summary>One round, as the loop does it.</summary>
    internal async Task PollAsync(CancellationToken stop)
    {
        try
        {
            await _poller.PollAsync(stop);
            Settle();
        }
        catch (FhirSourceException e)
        {
            Tell(FeedNoticeLevel.Fault, e.Message);
        }
        catch (StoreUnavailableException e)
        {
            Tell(FeedNoticeLevel.Warning, $"The store cannot take resources now: {e.Message} They are asked for again.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Ours: the trace once, then a notice until it is over.
            if (_notice is null)
            {
                LogFailed(e, Feed);
            }

            Tell(FeedNoticeLevel.Fault, $"Asking the server failed ({e.GetType().Name}). Please report it with the end of the log file.");
        }
    }

    private async Task AskAsync()
    {
        try
        {
            while (true)
            {
                await PollAsync(_stop.Token);
                await Task.Delay(_options.Poll, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopping: the next start goes on from the last place written down.
        }
    }

    private void Tell(FeedNoticeLevel level, string text)
    {
        var notice = new FeedNotice(level, text);
        if (_notice != notice)
        {
            _notice = notice;
            LogNoticed(Feed, text);
        }

        if (level == FeedNoticeLevel.Fault)
        {
            _link = new LinkStatus(LinkStatus.Connecting, _link.State == LinkStatus.Connecting ? _link.Since : _time.GetUtcNow(), text);
        }
    }

    private void Settle()
    {
        if (_link.State != LinkStatus.Connected)
        {
            _link = new LinkStatus(LinkStatus.Connected, _time.GetUtcNow(), null);
        }

        if (_notice is { } settled)
        {
            _notice = null;
            LogSettled(Feed, settled.Text);
        }
    }

    [LoggerMessage(1401, LogLevel.Warning, "Feed {Feed}: {Notice}")]
    private partial void LogNoticed(string feed, string notice);

    [LoggerMessage(1402, LogLevel.Information, "Feed {Feed}: settled: {Notice}")]
    private partial void LogSettled(string feed, string notice);

    [LoggerMessage(1403, LogLevel.Error, "Feed {Feed}: asking the FHIR server failed; trying again.")]
    private partial void LogFailed(Exception exception, string feed);
}
