using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Work;

/// <summary>Reading <c>followUps</c>. Safe for many threads.</summary>
public sealed class FollowUpStore(IDocumentStore store)
{
    /// <summary>Most open work of one patient that is looked at; nobody has more.</summary>
    private const int MostOfPatient = 1000;

    private static readonly DocumentCollection<FollowUpDocument> All = Collections.FollowUps;
    private static readonly DocumentField State = All.Field("state");
    private static readonly DocumentField PatientId = All.Field("patientId");
    private static readonly DocumentField DueAt = All.Field("dueAt");
    private static readonly DocumentField NextAt = All.Field("nextAt");
    private static readonly DocumentField ClosedAt = All.Field("closedAt");
    private static readonly object[] OpenStates = [.. FollowUpLifecycle.Open.Select(state => state.ToString())];

    /// <summary>One with its version; null when unknown.</summary>
    public async ValueTask<(FollowUpDocument Work, long Version)?> GetAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(All, id, withPayload: false, cancellationToken) is { } stored ? (All.Read(stored), stored.Version) : null;

    /// <summary>What the engine has to look at, longest waiting first.</summary>
    public async ValueTask<IReadOnlyList<StoredFollowUp>> WaitingAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => Read(await store.QueryAsync(
        new DocumentQuery(All)
        {
            Where = [new DocumentFilter.Range(NextAt, DateTimeOffset.UnixEpoch, now.AddTicks(10))],
            OrderBy = [new DocumentSort(NextAt)],
            Limit = limit,
        }, cancellationToken));

    /// <summary>A patient's open work.</summary>
    public async ValueTask<IReadOnlyList<StoredFollowUp>> OpenOfPatientAsync(string patientId, CancellationToken cancellationToken) => Read(await store.QueryAsync(
        new DocumentQuery(All)
        {
            Where = [new DocumentFilter.Equal(PatientId, patientId), new DocumentFilter.In(State, OpenStates)],
            Limit = MostOfPatient,
        }, cancellationToken));

    /// <summary>A patient's work in any state.</summary>
    public async ValueTask<IReadOnlyList<StoredFollowUp>> OfPatientAsync(string patientId, CancellationToken cancellationToken) => Read(await store.QueryAsync(
        new DocumentQuery(All) { Where = [new DocumentFilter.Equal(PatientId, patientId)], Limit = MostOfPatient }, cancellationToken));

    /// <summary>Whether a patient was told something since a moment, by work that may be bundled.</summary>
    public async ValueTask<IReadOnlyList<FollowUpDocument>> ToldSinceAsync(string patientId, DateTimeOffset since, CancellationToken cancellationToken) => [.. Read(
        await store.QueryAsync(new DocumentQuery(All)
        {
            Where =
            [
                new DocumentFilter.Equal(PatientId, patientId), new DocumentFilter.Equal(State, nameof(FollowUpState.Done)),
                new DocumentFilter.Range(ClosedAt, since, null),
            ],
            Limit = MostOfPatient,
        }, cancellationToken)).Select(found => found.Work).Where(work => work.Reason == FollowUpReasons.Sent)];

    /// <summary>All work of these rules and episodes, in any state.</summary>
    public async ValueTask<IReadOnlyList<StoredFollowUp>> OfPlansAsync(IReadOnlyCollection<string> plans, CancellationToken cancellationToken) => plans.Count == 0 ? [] : Read(
        await store.QueryAsync(new DocumentQuery(All) { Where = [new DocumentFilter.In(All.Field("plan"), [.. plans])], Limit = MostOfPatient }, cancellationToken));

    /// <summary>Planned work of a rule that another version of it planned.</summary>
    public async ValueTask<IReadOnlyList<StoredFollowUp>> OfOtherVersionsAsync(string rule, string version, int limit, CancellationToken cancellationToken)
    {
        var found = new List<StoredFollowUp>();
        foreach (var range in new DocumentFilter[]
        {
            new DocumentFilter.Range(All.Field("ruleVersion"), null, version), new DocumentFilter.Range(All.Field("ruleVersion"), version + "\u0001", null),
        })
        {
            found.AddRange(Read(await store.QueryAsync(new DocumentQuery(All)
            {
                Where = [new DocumentFilter.Equal(All.Field("rule"), rule), new DocumentFilter.Equal(State, nameof(FollowUpState.Planned)), range],
                Limit = limit,
            }, cancellationToken)));
        }

        return found;
    }

    /// <summary>One page, soonest due first.</summary>
    public async ValueTask<FollowUpPage> SearchAsync(FollowUpSearch search, CancellationToken cancellationToken)
    {
        var where = new List<DocumentFilter>();
        foreach (var (name, value) in new[]
        {
            ("assignee", search.Assignee), ("owner", search.Owner), ("team", search.Team), ("department", search.Department), ("patientId", search.PatientId),
            ("rule", search.Rule), ("state", search.State?.ToString()),
        })
        {
            if (value is not null)
            {
                where.Add(new DocumentFilter.Equal(All.Field(name), value));
            }
        }

        if (search.Overdue)
        {
            where.Add(new DocumentFilter.Equal(All.Field("overdue"), "open"));
        }

        if (search.DueFrom is not null || search.DueBelow is not null)
        {
            where.Add(new DocumentFilter.Range(DueAt, search.DueFrom, search.DueBelow));
        }

        var page = await store.QueryAsync(
            new DocumentQuery(All) { Where = where, OrderBy = [new DocumentSort(DueAt)], Limit = Math.Clamp(search.Limit, 1, 500), After = search.After }, cancellationToken);
        return new FollowUpPage([.. page.Documents.Select(All.Read)], page.Next);
    }

    /// <summary>Figures of what was due from a time to another, by rule, team or department.</summary>
    /// <param name="by"><c>rule</c>, <c>team</c> or <c>department</c>.</param>
    public async ValueTask<IReadOnlyList<FollowUpFigures>> FiguresAsync(DateTimeOffset from, DateTimeOffset below, string by, CancellationToken cancellationToken)
    {
        var groups = await store.GroupAndCountAsync(
            All, [new DocumentFilter.Range(DueAt, from, below)], [All.Field(by), State, All.Field("overdue"), All.Field("reached")], cancellationToken);
        return [.. groups.GroupBy(group => group.Key[0] as string ?? "", StringComparer.Ordinal).Select(OfGroups).OrderByDescending(figures => figures.Total)
            .ThenBy(figures => figures.Key, StringComparer.Ordinal)];
    }

    private static FollowUpFigures OfGroups(IGrouping<string, GroupCount> groups)
    {
        long Sum(Func<FollowUpState, bool> states, string? overdue = null, bool isInTime = false, bool isReached = false) => groups.Where(group =>
            states(Enum.Parse<FollowUpState>((string)group.Key[1]!)) && (overdue is null || group.Key[2] as string == overdue)
            && (!isInTime || group.Key[2] is null) && (!isReached || group.Key[3] is not null)).Sum(group => group.Count);

        static Func<FollowUpState, bool> Is(FollowUpState state) => other => other == state;
        return new FollowUpFigures(
            groups.Key, Sum(state => state != FollowUpState.Cancelled), Sum(FollowUpLifecycle.IsOpen), Sum(FollowUpLifecycle.IsOpen, "open"),
            Sum(Is(FollowUpState.Done)), Sum(Is(FollowUpState.Done), isInTime: true), Sum(Is(FollowUpState.Refused)), Sum(Is(FollowUpState.Lost)),
            Sum(Is(FollowUpState.Cancelled)), Sum(state => state is FollowUpState.Done or FollowUpState.Refused or FollowUpState.Lost, isReached: true));
    }

    private static IReadOnlyList<StoredFollowUp> Read(DocumentPage page) => [.. page.Documents.Select(stored => new StoredFollowUp(All.Read(stored), stored.Version))];
}

/// <summary>Due work and the version at which it was read.</summary>
public sealed record StoredFollowUp(FollowUpDocument Work, long Version)
{
    internal DocumentWrite Put(FollowUpDocument after) => Collections.FollowUps.Put(after, Version);
}
