using Integration.Core.Identity;
using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>Keeps the summaries in <c>patients</c> up to date, message by message, in the batch of the message.</summary>
public sealed class PatientSummaryStore(IDocumentStore store)
{
    private static readonly DocumentField PatientId = Collections.Resources.Field("patientId");
    private static readonly DocumentField Type = Collections.Resources.Field("type");
    private static readonly DocumentField Effective = Collections.Resources.Field("effective");

    /// <summary>The summary as it stands, to be read before anything else of the golden record; version 0 when there is none yet.</summary>
    public async ValueTask<(PatientDocument Summary, long Version)> OpenAsync(string patientId, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Patients, patientId, withPayload: false, cancellationToken) is { } stored
            ? (Collections.Patients.Read(stored), stored.Version)
            : (PatientSummary.Empty(patientId), 0);

    /// <summary>Takes the changes into the summary of the message's patient and adds the write to the batch.</summary>
    internal async ValueTask<PatientDocument> UpdateAsync(
        MessageContext context, (PatientDocument Summary, long Version) before, IReadOnlyList<RecordChange> changes, Restatements restatements,
        CancellationToken cancellationToken)
    {
        var patientId = context.Identity!.PatientId;
        if (changes.Count == 0 && restatements.Newest is null && before.Version > 0)
        {
            return before.Summary;
        }

        var truncated = new HashSet<string>(StringComparer.Ordinal);
        var after = PatientSummary.WithChanges(before.Summary with { MergedInto = null }, patientId, changes, restatements.Newest, truncated);
        if (truncated.Count > 0)
        {
            after = await ReadLatestAsync(after, truncated, changes, cancellationToken);
        }

        if (before.Version == 0 || changes.Any(ChangesPeople) || (SeveralSpeak(after) && (restatements.RepeatsPatient || changes.Any(c => c.After.Type == "Patient"))))
        {
            after = PatientSummary.WithPeople(after, await PeopleAsync(patientId, changes, restatements, cancellationToken));
        }

        context.Batch.Add(Collections.Patients.Put(after, before.Version));
        return after;
    }

    /// <summary>Takes one change that no message brought into the summary and adds the write to the batch. Not for changes of who the patient is.</summary>
    /// <param name="before">As it was opened, before anything else of the record was read.</param>
    internal async ValueTask UpdateAsync(WriteBatch batch, (PatientDocument Summary, long Version) before, RecordChange change, CancellationToken cancellationToken)
    {
        var truncated = new HashSet<string>(StringComparer.Ordinal);
        var after = PatientSummary.WithChanges(before.Summary, before.Summary.Id, [change], null, truncated);
        batch.Add(Collections.Patients.Put(truncated.Count > 0 ? await ReadLatestAsync(after, truncated, [change], cancellationToken) : after, before.Version));
    }

    private static bool ChangesPeople(RecordChange change) =>
        change.After.Type is "Patient" or "RelatedPerson"
        && (change.Before?.Version != change.After.Version || change.Before.PatientId != change.After.PatientId);

    // Of several Patients the one that spoke last is believed first, so then a mere change of time counts too.
    private static bool SeveralSpeak(PatientDocument summary) => summary.ResourceCounts.GetValueOrDefault("Patient") > 1;

    /// <summary>The record that was merged away: an empty summary that says where it went.</summary>
    public async ValueTask CloseMergedAsync(MessageContext context, PatientMerge merge, CancellationToken cancellationToken)
    {
        var stored = await store.GetAsync(Collections.Patients, merge.FromPatientId, withPayload: false, cancellationToken);
        if (stored is not null)
        {
            var closed = PatientSummary.Empty(merge.FromPatientId) with
            {
                MergedInto = merge.ToPatientId,
                LastEvent = Collections.Patients.Read(stored).LastEvent,
            };
            context.Batch.Add(Collections.Patients.Put(closed, stored.Version));
        }
    }

    /// <summary>The summary made from all resources of the record and when they were last repeated, for verification and rebuilding.</summary>
    public async ValueTask<PatientDocument> RebuildAsync(string patientId, CancellationToken cancellationToken)
    {
        var resources = await ReadAllAsync([new DocumentFilter.Equal(PatientId, patientId)], cancellationToken);
        var restatements = await Restatements.ReadAsync(store, patientId, cancellationToken);
        return PatientSummary.Of(patientId, [.. resources.Select(restatements.Timed)]);
    }

    private async ValueTask<IEnumerable<ResourceDocument>> PeopleAsync(
        string patientId, IReadOnlyList<RecordChange> changes, Restatements restatements, CancellationToken cancellationToken)
    {
        var stored = await ReadAllAsync(
            [new DocumentFilter.Equal(PatientId, patientId), new DocumentFilter.In(Type, ["Patient", "RelatedPerson"])], cancellationToken);
        return Overlay(stored.Select(restatements.Timed), changes.Where(c => c.After.Type is "Patient" or "RelatedPerson"));
    }

    private async ValueTask<PatientDocument> ReadLatestAsync(
        PatientDocument summary, HashSet<string> names, IReadOnlyList<RecordChange> changes, CancellationToken cancellationToken)
    {
        var sections = summary.Sections.ToArray();
        for (var i = 0; i < sections.Length; i++)
        {
            if (!names.Contains(sections[i].Name))
            {
                continue;
            }

            var type = ResourceSummary.TypeOf(sections[i].Name);
            var page = await store.QueryAsync(new DocumentQuery(Collections.Resources)
            {
                Where = [new DocumentFilter.Equal(PatientId, summary.Id), new DocumentFilter.Equal(Type, type)],
                OrderBy = [new DocumentSort(Effective, Descending: true)],
                Limit = SummarySection.MaxEntries + changes.Count,
            }, cancellationToken);
            var latest = Overlay(page.Documents.Select(Collections.Resources.Read), changes.Where(c => c.After.Type == type))
                .Select(PatientSummary.EntryOf).Order(PatientSummary.NewestFirst).Take(SummarySection.MaxEntries);
            sections[i] = sections[i] with { Latest = [.. latest] };
        }

        return summary with { Sections = sections };
    }

    // What is stored, with what this message is about to write in its place.
    private static IEnumerable<ResourceDocument> Overlay(IEnumerable<ResourceDocument> stored, IEnumerable<RecordChange> changes)
    {
        var byId = stored.ToDictionary(r => r.Id, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            byId[change.After.Id] = change.After;
        }

        return byId.Values;
    }

    private async ValueTask<List<ResourceDocument>> ReadAllAsync(IReadOnlyList<DocumentFilter> where, CancellationToken cancellationToken)
    {
        var all = new List<ResourceDocument>();
        var query = new DocumentQuery(Collections.Resources) { Where = where, Limit = 1000 };
        await foreach (var document in store.ReadAllAsync(query, cancellationToken))
        {
            all.Add(Collections.Resources.Read(document));
        }

        return all;
    }
}
