using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>A question for patients. Exactly what is set must hold; none set lists those most recently heard of.</summary>
/// <param name="Name">Beginning of a name, or of its pinyin initials (<c>zsf</c>); case and spaces do not matter.</param>
/// <param name="Identifier">Whole identifier, with or without <c>authority|</c>.</param>
/// <param name="Phone">Whole number, or its last four digits.</param>
/// <param name="Limit">1 to 200.</param>
public sealed record PatientSearch(string? Name = null, string? Identifier = null, string? Phone = null, int Limit = 20, string? After = null);

/// <summary>One page of summaries.</summary>
/// <param name="Next">Token of the next page; null when this is the last.</param>
public sealed record PatientPage(IReadOnlyList<PatientDocument> Patients, string? Next);

/// <summary>One page of resources.</summary>
/// <param name="Resources">Newest first by effective time.</param>
public sealed record ResourcePage(IReadOnlyList<ResourceDocument> Resources, string? Next);

/// <summary>Reading the patient-360 record. Safe for many threads.</summary>
public sealed class PatientRecordStore(IDocumentStore store)
{
    private static readonly DocumentField MergedInto = Collections.Patients.Field("mergedInto");
    private static readonly DocumentField LastEvent = Collections.Patients.Field("lastEvent");
    private static readonly DocumentField NameKeys = Collections.Patients.Field("nameKeys");
    private static readonly DocumentField IdentifierKeys = Collections.Patients.Field("identifierKeys");
    private static readonly DocumentField PhoneKeys = Collections.Patients.Field("phoneKeys");
    private static readonly DocumentField ResourcePatientId = Collections.Resources.Field("patientId");
    private static readonly DocumentField ResourceType = Collections.Resources.Field("type");
    private static readonly DocumentField Effective = Collections.Resources.Field("effective");
    private static readonly DocumentField HistoryResourceId = Collections.ResourceHistory.Field("resourceId");

    /// <summary>Patients, most recently heard of first. Records that were merged away are left out.</summary>
    public async ValueTask<PatientPage> SearchAsync(PatientSearch search, CancellationToken cancellationToken)
    {
        var where = new List<DocumentFilter> { new DocumentFilter.Equal(MergedInto, null) };
        if (!string.IsNullOrWhiteSpace(search.Name))
        {
            where.Add(new DocumentFilter.StartsWith(NameKeys, SearchKeys.FoldName(search.Name)));
        }

        if (!string.IsNullOrWhiteSpace(search.Identifier))
        {
            where.Add(new DocumentFilter.Equal(IdentifierKeys, search.Identifier.Trim()));
        }

        if (!string.IsNullOrWhiteSpace(search.Phone))
        {
            where.Add(new DocumentFilter.Equal(PhoneKeys, SearchKeys.PhoneDigits(search.Phone)));
        }

        var page = await store.QueryAsync(new DocumentQuery(Collections.Patients)
        {
            Where = where,
            OrderBy = [new DocumentSort(LastEvent, Descending: true)],
            Limit = Math.Clamp(search.Limit, 1, 200),
            After = search.After,
        }, cancellationToken);
        return new PatientPage([.. page.Documents.Select(Collections.Patients.Read)], page.Next);
    }

    /// <summary>One summary, also of a record that was merged away (see <see cref="PatientDocument.MergedInto"/>); null when unknown.</summary>
    public async ValueTask<PatientDocument?> GetAsync(string patientId, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Patients, patientId, withPayload: false, cancellationToken) is { } stored
            ? Collections.Patients.Read(stored)
            : null;

    /// <summary>The summaries that exist of those ids, in any order.</summary>
    public async ValueTask<IReadOnlyList<PatientDocument>> GetManyAsync(IReadOnlyCollection<string> patientIds, CancellationToken cancellationToken) =>
        patientIds.Count == 0 ? [] : [.. (await store.GetManyAsync(Collections.Patients, patientIds, cancellationToken)).Select(Collections.Patients.Read)];

    /// <summary>A patient's resources, newest first by effective time.</summary>
    /// <param name="type">FHIR resource type; null for all.</param>
    /// <param name="limit">1 to 500.</param>
    public async ValueTask<ResourcePage> ResourcesAsync(
        string patientId, string? type, int limit, string? after, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Resources)
        {
            Where = type is null
                ? [new DocumentFilter.Equal(ResourcePatientId, patientId)]
                : [new DocumentFilter.Equal(ResourcePatientId, patientId), new DocumentFilter.Equal(ResourceType, type)],
            OrderBy = [new DocumentSort(Effective, Descending: true)],
            Limit = Math.Clamp(limit, 1, 500),
            After = after,
        }, cancellationToken);
        return new ResourcePage([.. page.Documents.Select(Collections.Resources.Read)], page.Next);
    }

    /// <summary>One resource by <c>Type/id</c>; null when unknown.</summary>
    public async ValueTask<ResourceDocument?> GetResourceAsync(string reference, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Resources, reference, withPayload: false, cancellationToken) is { } stored
            ? Collections.Resources.Read(stored)
            : null;

    /// <summary>One earlier version of a resource; null when there is none of that number, and for the current one.</summary>
    public async ValueTask<ResourceDocument?> GetVersionAsync(string reference, int version, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.ResourceHistory, $"{reference}/{version}", withPayload: false, cancellationToken) is { } stored
            ? Collections.ResourceHistory.Read(stored)
            : null;

    /// <summary>Earlier versions of a resource, newest first; the current one is not among them. At most 500.</summary>
    public async ValueTask<IReadOnlyList<ResourceDocument>> HistoryAsync(string reference, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.ResourceHistory)
        {
            Where = [new DocumentFilter.Equal(HistoryResourceId, reference)],
            OrderBy = [new DocumentSort(DocumentField.Sequence, Descending: true)],
            Limit = 500,
        }, cancellationToken);
        return [.. page.Documents.Select(Collections.ResourceHistory.Read)];
    }

    /// <summary>What happened to a patient, newest first, one line a resource.</summary>
    /// <param name="limit">1 to 500.</param>
    public ValueTask<TimelinePage> TimelineAsync(string patientId, int limit, string? after, CancellationToken cancellationToken) =>
        TimelineAsync(patientId, type: null, limit, after, cancellationToken);

    /// <summary>What happened to a patient, newest first, one line a resource.</summary>
    /// <param name="type">FHIR resource type; null for all but Patient.</param>
    /// <param name="limit">1 to 500.</param>
    public async ValueTask<TimelinePage> TimelineAsync(
        string patientId, string? type, int limit, string? after, CancellationToken cancellationToken)
    {
        var page = await ResourcesAsync(patientId, type, limit, after, cancellationToken);
        return new TimelinePage(
            [.. page.Resources.Where(r => r.Type != "Patient").Select(r => new TimelineEntry(r.Type, PatientSummary.EntryOf(r), r.Provenance.Feed, r.Provenance.MessageId))],
            page.Next);
    }
}

/// <summary>One event in a patient's life.</summary>
/// <param name="Type">FHIR resource type.</param>
public sealed record TimelineEntry(string Type, SummaryEntry Entry, string Feed, string MessageId);

/// <summary>One page of a timeline, newest first.</summary>
/// <param name="Next">Token of the next page; null when this is the last.</param>
public sealed record TimelinePage(IReadOnlyList<TimelineEntry> Entries, string? Next);
