using Integration.Core.Audit;
using Integration.Core.Events;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Incidents;

/// <summary>An incident as stored.</summary>
public sealed record StoredIncident(IncidentDocument Incident, long Version);

/// <summary>A question for incidents. Exactly what is set must hold.</summary>
/// <param name="Limit">1 to 500.</param>
public sealed record IncidentSearch(
    IncidentState? State = null, IncidentKind? Kind = null, string? Subject = null, int Limit = 50, string? After = null);

/// <summary>The incidents above the store: opens, tells, recovers; of a kind and subject at most one is open, whoever opens it. Safe for many threads.</summary>
public sealed partial class IncidentStore(
    IDocumentStore store, EventOutbox events, AuditTrail audit, TimeProvider clock, ILogger<IncidentStore> logger)
{
    private const int MostOpen = 1000;

    private static readonly DocumentField Kind = Collections.Incidents.Field("kind");
    private static readonly DocumentField Subject = Collections.Incidents.Field("subject");
    private static readonly DocumentField Order = Collections.Incidents.Field("order");
    private static readonly DocumentField OpenKey = Collections.Incidents.Field("openKey");

    private volatile IReadOnlyList<IncidentDocument> _open = [];

    /// <summary>Those that were open at the last look, newest first: costs nothing.</summary>
    public IReadOnlyList<IncidentDocument> Open => _open;

    /// <summary>Those that are open, newest first.</summary>
    public async ValueTask<IReadOnlyList<StoredIncident>> ReadOpenAsync(CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.Incidents)
            {
                Where = [new DocumentFilter.Range(Order, IncidentDocument.OpenBase, null)],
                OrderBy = [new DocumentSort(Order, Descending: true)],
                Limit = MostOpen,
            }, cancellationToken);
        IReadOnlyList<StoredIncident> open = [.. page.Documents.Select(Read)];
        _open = [.. open.Select(stored => stored.Incident)];
        return open;
    }

    /// <summary>Incidents, open ones first, then the newest first.</summary>
    public async ValueTask<(IReadOnlyList<IncidentDocument> Incidents, string? Next)> SearchAsync(IncidentSearch search, CancellationToken cancellationToken)
    {
        var where = new List<DocumentFilter>();
        if (search.Kind is { } kind)
        {
            where.Add(new DocumentFilter.Equal(Kind, kind.ToString()));
        }

        if (search.Subject is { } subject)
        {
            where.Add(new DocumentFilter.Equal(Subject, subject));
        }

        if (search.State is { } state)
        {
            where.Add(state == IncidentState.Open
                ? new DocumentFilter.Range(Order, IncidentDocument.OpenBase, null) : new DocumentFilter.Range(Order, null, IncidentDocument.OpenBase));
        }

        var page = await store.QueryAsync(
            new DocumentQuery(Collections.Incidents)
            {
                Where = where,
                OrderBy = [new DocumentSort(Order, Descending: true)],
                Limit = Math.Clamp(search.Limit, 1, 500),
                After = search.After,
            }, cancellationToken);
        return ([.. page.Documents.Select(Collections.Incidents.Read)], page.Next);
    }

    /// <summary>One incident; null when there is none of that id.</summary>
    public async ValueTask<StoredIncident?> GetAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Incidents, id, withPayload: false, cancellationToken) is { } stored ? Read(stored) : null;

    /// <summary>TRANSACTION: a new incident and the event that tells of it, unless it is muted.</summary>
    /// <param name="since">When the trouble began (UTC).</param>
    /// <returns>The one that is open then: another's when another process was first.</returns>
    internal async ValueTask<StoredIncident> OpenAsync(Observation found, DateTimeOffset since, int occurrences, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindOpenAsync(found.Kind, found.Subject, cancellationToken) is { } open)
            {
                return open;
            }

            var now = clock.GetUtcNow();
            var (en, zh) = IncidentWords.Of(found.Kind, found.Subject, found.Facts);
            var incident = new IncidentDocument
            {
                Id = Guid.CreateVersion7(now).ToString("N"),
                Kind = found.Kind,
                Subject = found.Subject,
                State = IncidentState.Open,
                Since = since,
                Opened = now,
                LastSeen = now,
                Occurrences = occurrences,
                Muted = await MuteOfLastAsync(found, now, cancellationToken),
                En = en,
                Zh = zh,
                Facts = found.Facts,
            };
            IncidentNotice? told = incident.IsMutedAt(now) ? null : IncidentNotice.Opened;
            if (await CommitAsync(incident.Told(told, now), version: 0, told, cancellationToken) is { } stored)
            {
                _open = [stored.Incident, .. _open];
                LogOpened(stored.Incident.Id, found.Kind, found.Subject, stored.Incident.En.Text);
                return stored;
            }
        }
    }

    /// <summary>TRANSACTION: what was seen since, and the event where it is told again.</summary>
    /// <returns>The incident as it stands then; null when somebody else changed it first.</returns>
    internal async ValueTask<StoredIncident?> UpdateAsync(StoredIncident stored, IncidentDocument after, IncidentNotice? notice, CancellationToken cancellationToken)
    {
        var updated = await CommitAsync(after.Told(notice, clock.GetUtcNow()), stored.Version, notice, cancellationToken);
        if (updated is not null && notice is not null)
        {
            LogRepeated(after.Id, after.Kind, after.Subject, updated.Incident.Notices, after.En.Text);
        }

        return updated;
    }

    /// <summary>TRANSACTION: the end of an incident, and the event that tells of it where its beginning was told.</summary>
    /// <param name="end">When the trouble ended (UTC).</param>
    /// <returns>False when somebody else changed it first.</returns>
    internal async ValueTask<bool> RecoverAsync(StoredIncident stored, DateTimeOffset end, int occurrences, CancellationToken cancellationToken)
    {
        var after = stored.Incident with { State = IncidentState.Recovered, Recovered = end, Occurrences = Math.Max(occurrences, stored.Incident.Occurrences) };
        IncidentNotice? notice = after.Notices > 0 ? IncidentNotice.Recovered : null;
        if (await CommitAsync(after, stored.Version, notice, cancellationToken) is null)
        {
            return false;
        }

        _open = [.. _open.Where(open => open.Id != after.Id)];
        LogRecovered(after.Id, after.Kind, after.Subject, end - after.Since, after.Occurrences);
        return true;
    }

    /// <summary>TRANSACTION: somebody works on it, and the audit. It is not repeated any more.</summary>
    /// <returns>The incident then; null when there is none of that id.</returns>
    public ValueTask<IncidentDocument?> AcknowledgeAsync(string id, string actor, string reason, CancellationToken cancellationToken) =>
        DecideAsync(
            id, new AuditNote(actor, AuditActions.AcknowledgeIncident, id, reason),
            (incident, now) => incident with { Acknowledged = new IncidentDecision(actor, reason, now) }, cancellationToken);

    /// <summary>TRANSACTION: nothing is told of it until a time, and the audit.</summary>
    /// <param name="until">UTC; a time that has passed ends a mute.</param>
    /// <returns>The incident then; null when there is none of that id.</returns>
    public ValueTask<IncidentDocument?> MuteAsync(string id, DateTimeOffset until, string actor, string reason, CancellationToken cancellationToken) =>
        DecideAsync(
            id, new AuditNote(actor, AuditActions.MuteIncident, id, reason),
            (incident, now) => incident with { Muted = new IncidentDecision(actor, reason, now, until) }, cancellationToken);

    /// <summary>Removes what recovered before that time, a page of it.</summary>
    internal async ValueTask PruneAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.Incidents)
            {
                Where = [new DocumentFilter.Range(Order, null, Microseconds.Of(before))],
                OrderBy = [new DocumentSort(Order)],
            }, cancellationToken);
        if (page.Documents.Count > 0)
        {
            var batch = new WriteBatch();
            foreach (var old in page.Documents)
            {
                batch.Add(Collections.Incidents.Delete(old.Id, old.Version));
            }

            await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
        }
    }

    private async ValueTask<IncidentDocument?> DecideAsync(
        string id, AuditNote note, Func<IncidentDocument, DateTimeOffset, IncidentDocument> decide, CancellationToken cancellationToken)
    {
        while (await GetAsync(id, cancellationToken) is { } stored)
        {
            var after = decide(stored.Incident, clock.GetUtcNow());
            var result = await audit.CommitAsync(
                note, batch =>
                {
                    batch.Add(Collections.Incidents.Put(after, stored.Version));
                    return store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
                }, cancellationToken);
            if (result is CommitResult.Committed)
            {
                _open = [.. _open.Select(open => open.Id == id ? after : open)];
                return after;
            }
        }

        return null;
    }

    private async ValueTask<StoredIncident?> FindOpenAsync(IncidentKind kind, string subject, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.Incidents) { Where = [new DocumentFilter.Equal(OpenKey, IncidentDocument.KeyOf(kind, subject))], Limit = 1 },
            cancellationToken);
        return page.Documents.Count == 0 ? null : Read(page.Documents[0]);
    }

    /// <summary>A mute outlives the incident that it was set on.</summary>
    private async ValueTask<IncidentDecision?> MuteOfLastAsync(Observation found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (last, _) = await SearchAsync(new IncidentSearch(Kind: found.Kind, Subject: found.Subject, Limit: 1), cancellationToken);
        return last.Count > 0 && last[0].IsMutedAt(now) ? last[0].Muted : null;
    }

    /// <returns>Null when another write came first.</returns>
    private async ValueTask<StoredIncident?> CommitAsync(IncidentDocument incident, long version, IncidentNotice? notice, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.Incidents.Put(incident, version));
        var raised = notice is { } told
            ? await events.RaiseAsync(batch, IncidentEvents.Of(incident, told, clock.GetUtcNow()), cancellationToken) : RaisedEvents.None;
        if (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is not CommitResult.Committed)
        {
            return null;
        }

        events.Committed(raised);
        return new StoredIncident(incident, version + 1);
    }

    private static StoredIncident Read(StoredDocument stored) => new(Collections.Incidents.Read(stored), stored.Version);

    [LoggerMessage(12300, LogLevel.Warning, "Incident {Id} opened: {Kind} of {Subject}. {Text}")]
    private partial void LogOpened(string id, IncidentKind kind, string subject, string text);

    [LoggerMessage(12301, LogLevel.Warning, "Incident {Id} goes on: {Kind} of {Subject}, told {Notices} times. {Text}")]
    private partial void LogRepeated(string id, IncidentKind kind, string subject, int notices, string text);

    [LoggerMessage(12302, LogLevel.Information, "Incident {Id} is over: {Kind} of {Subject}, after {Duration}, {Occurrences} times")]
    private partial void LogRecovered(string id, IncidentKind kind, string subject, TimeSpan duration, int occurrences);
}
