using Integration.Core.Diagnostics;
using Integration.Core.Incidents.Watchers;
using Integration.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Incidents;

/// <summary>
/// Looks at everything that can go wrong, every few seconds, and keeps the incidents: one when trouble begins and lasts, one notice now and then while it
/// goes on, one when it has stayed away for the grace.
/// </summary>
/// <remarks>
/// What is open stands in the store, so that a restart neither forgets nor doubles it; what is not an incident yet is in memory. Started behind the feeds,
/// so that nothing is judged before it runs.
/// </remarks>
public sealed partial class IncidentWatch : BackgroundService
{
    private static readonly TimeSpan WriteSightingsEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<(IncidentKind Kind, string Subject), IncidentTrack> _tracks = [];
    private readonly Dictionary<(IncidentKind Kind, string Subject), StoredIncident> _open = [];
    private readonly IReadOnlyList<IIncidentWatcher> _watchers;
    private readonly IncidentStore _incidents;
    private readonly IncidentSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger<IncidentWatch> _logger;
    private readonly Outage _storeOutage;
    private DateTimeOffset? _pruned;

    public IncidentWatch(
        IEnumerable<IIncidentWatcher> watchers, IncidentStore incidents, IncidentSettings settings, EngineMetrics metrics, TimeProvider clock,
        ILogger<IncidentWatch> logger)
    {
        _watchers = [.. watchers];
        (_incidents, _settings, _clock, _logger) = (incidents, settings, clock, logger);
        _storeOutage = new Outage(clock);
        metrics.ObserveIncidents(() => Enum.GetValues<IncidentKind>().Select(kind => (kind.ToString(), (long)incidents.Open.Count(open => open.Kind == kind))));
    }

    /// <summary>Looks once. Not for two callers at a time.</summary>
    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        var (seen, looked) = await ObserveAsync(cancellationToken);
        try
        {
            await ReadOpenAsync(cancellationToken);
            foreach (var observation in seen)
            {
                await TakeAsync(observation, cancellationToken);
            }

            foreach (var orphan in _open.Keys.Where(key => looked.Contains(key.Kind)).Except(seen.Select(one => (one.Kind, one.Subject))).ToList())
            {
                // Its feed or destination is no longer configured.
                await TakeAsync(Observation.Good(orphan.Kind, orphan.Subject), cancellationToken);
            }

            await PruneAsync(cancellationToken);
            TellStore(null);
        }
        catch (StoreUnavailableException e)
        {
            TellStore(e.Message);
            Track(seen);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_settings.Every, _clock);
        try
        {
            do
            {
                await LookSafelyAsync(stoppingToken);   // at once too: what was open when the last process ended is shown from the beginning
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task LookSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Our bug; the next look comes. The exception's text stays out of the log: it may quote data.
            LogFault("look", e.GetType().Name, e.StackTrace);
        }
    }

    /// <returns>What was seen, and the kinds of the watchers that could look.</returns>
    private async ValueTask<(List<Observation> Seen, HashSet<IncidentKind> Looked)> ObserveAsync(CancellationToken cancellationToken)
    {
        var (seen, looked) = (new List<Observation>(), new HashSet<IncidentKind>());
        foreach (var watcher in _watchers)
        {
            try
            {
                seen.AddRange(await watcher.LookAsync(_clock.GetUtcNow(), cancellationToken));
                looked.UnionWith(watcher.Kinds);
            }
            catch (StoreUnavailableException)
            {
                // The store's own watcher tells that; what this one watches cannot be told now.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Our bug: the other watchers go on. The exception's text stays out of the log: it may quote data.
                LogFault(watcher.GetType().Name, e.GetType().Name, e.StackTrace);
            }
        }

        return (seen, looked);
    }

    /// <summary>Another process, or a person by the API, may have changed what is open.</summary>
    private async ValueTask ReadOpenAsync(CancellationToken cancellationToken)
    {
        var open = (await _incidents.ReadOpenAsync(cancellationToken)).ToDictionary(stored => (stored.Incident.Kind, stored.Incident.Subject));
        foreach (var closed in _open.Keys.Where(key => !open.ContainsKey(key)).ToList())
        {
            _open.Remove(closed);
            TrackOf(closed).Reset();
        }

        foreach (var (key, stored) in open)
        {
            _open[key] = stored;
            TrackOf(key).Adopt(stored.Incident);
        }
    }

    private async ValueTask TakeAsync(Observation seen, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var key = (seen.Kind, seen.Subject);
        var track = TrackOf(key);
        var open = _open.GetValueOrDefault(key);
        switch (track.Observe(seen, open is not null, _settings.Of(seen.Subject).RecoverAfter, now))
        {
            case IncidentStep.Open:
                _open[key] = await _incidents.OpenAsync(track.Found!, track.TroubleSince ?? now, track.Occurrences, cancellationToken);
                break;
            case IncidentStep.Recover when await _incidents.RecoverAsync(open!, track.ClearSince ?? now, track.Occurrences, cancellationToken):
                _open.Remove(key);
                track.Reset();
                break;
            case IncidentStep.Nothing when open is not null:
                await GoOnAsync(key, open, track, seen.Condition, cancellationToken);
                break;
        }
    }

    /// <summary>Writes down what was seen of an open incident, and tells it again when the time has come.</summary>
    private async ValueTask GoOnAsync(
        (IncidentKind Kind, string Subject) key, StoredIncident open, IncidentTrack track, Condition condition, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var incident = open.Incident;
        var rules = _settings.Of(key.Subject);
        var notice = condition == Condition.Bad ? DueNotice(incident, rules, now) : null;
        var isNews = track.LastBad > incident.LastSeen && (now - incident.LastSeen >= WriteSightingsEvery || track.Occurrences > incident.Occurrences);
        if (notice is null && !isNews)
        {
            return;
        }

        var (en, zh) = track.Found is { } found ? IncidentWords.Of(found.Kind, found.Subject, found.Facts) : (incident.En, incident.Zh);
        var after = incident with
        {
            LastSeen = track.LastBad ?? incident.LastSeen,
            Occurrences = track.Occurrences,
            IsEscalated = incident.IsEscalated || (notice is IncidentNotice.Repeated && incident.Notices >= rules.EscalateAfter),
            En = en,
            Zh = zh,
            Facts = track.Found?.Facts ?? incident.Facts,
        };
        if (await _incidents.UpdateAsync(open, after, notice, cancellationToken) is { } updated)
        {
            _open[key] = updated;
        }
    }

    private static IncidentNotice? DueNotice(IncidentDocument incident, IncidentRules rules, DateTimeOffset now) =>
        incident.IsMutedAt(now) ? null
        : incident.LastNotice is not { } last ? IncidentNotice.Opened
        : incident.Acknowledged is null && rules.Repeat != IncidentRules.Never && now - last >= rules.Repeat ? IncidentNotice.Repeated
        : null;

    /// <summary>Time goes on while nothing can be written: how long trouble lasts must not be forgotten.</summary>
    private void Track(IEnumerable<Observation> seen)
    {
        foreach (var observation in seen.Where(one => one.Condition == Condition.Bad))
        {
            var key = (observation.Kind, observation.Subject);
            TrackOf(key).Observe(observation, _open.ContainsKey(key), _settings.Of(observation.Subject).RecoverAfter, _clock.GetUtcNow());
        }
    }

    private async ValueTask PruneAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (now - _pruned < PruneEvery)
        {
            return;
        }

        await _incidents.PruneAsync(now - _settings.KeepFor, cancellationToken);
        _pruned = now;
    }

    private IncidentTrack TrackOf((IncidentKind Kind, string Subject) key) =>
        _tracks.TryGetValue(key, out var track) ? track : _tracks[key] = new IncidentTrack();

    private void TellStore(string? reason)
    {
        if (reason is not null)
        {
            if (_storeOutage.Failed(reason))
            {
                LogStoreAway(reason);
            }
        }
        else
        {
            _storeOutage.Over();
        }
    }

    [LoggerMessage(12310, LogLevel.Warning, "Incidents cannot be written while the store is away; they are when it is back: {Reason}")]
    private partial void LogStoreAway(string reason);

    [LoggerMessage(12311, LogLevel.Error, "A look for incidents failed in {Watcher} with {ExceptionType}; the next one comes\n{StackTrace}")]
    private partial void LogFault(string watcher, string exceptionType, string? stackTrace);
}
