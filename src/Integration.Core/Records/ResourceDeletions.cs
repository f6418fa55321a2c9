using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>Takes resources out of the record that their source deleted. Their last version goes to history, and a note stays that keeps older facts from bringing them back.</summary>
internal sealed class ResourceDeletions(IDocumentStore store)
{
    /// <summary>Deletes what the message says is deleted; nothing to do for almost every one.</summary>
    public async ValueTask RunAsync(RecordRun run, IReadOnlyList<MappedResource> mapped, CancellationToken cancellationToken)
    {
        var deleted = mapped.Where(resource => resource.IsDeletion).DistinctBy(RecordRun.KeyOf).ToList();
        if (deleted.Count == 0)
        {
            return;
        }

        var keys = deleted.Select(RecordRun.KeyOf).ToList();
        var notes = (await store.GetManyAsync(Collections.Deletions, keys, cancellationToken)).ToDictionary(d => d.Id, StringComparer.Ordinal);
        var stored = (await store.GetManyAsync(Collections.Resources, keys, cancellationToken)).ToDictionary(d => d.Id, StringComparer.Ordinal);
        var gone = new Dictionary<string, List<string>>(StringComparer.Ordinal);   // by patient
        foreach (var resource in deleted)
        {
            var key = RecordRun.KeyOf(resource);
            if (Delete(run, resource, stored.GetValueOrDefault(key), notes.GetValueOrDefault(key)) is { Length: > 0 } patientId)
            {
                (gone.TryGetValue(patientId, out var of) ? of : gone[patientId] = []).Add(key);
            }
        }

        foreach (var (patientId, lost) in gone)
        {
            await SummarizeAsync(run, patientId, [.. lost], cancellationToken);
        }
    }

    /// <returns>Whose it was; null when nothing was taken out.</returns>
    private static string? Delete(RecordRun run, MappedResource resource, StoredDocument? stored, StoredDocument? note)
    {
        var (context, key, time) = (run.Context, RecordRun.KeyOf(resource), run.TimeOf(resource));
        var before = stored is null ? null : Collections.Resources.Read(stored);
        if (before is not null && time < before.Provenance.EventTime)
        {
            context.Issues.Add(MessageIssue.Information(IntegrationErrorCode.OlderThanRecord, resource.Source, $"{resource.Type}: the record already held a newer version; it was not deleted."));
            context.Changes.Add(new MessageChange(resource.Type, key, "older", before.Version));
            return null;
        }

        if (before is null && note is not null)
        {
            context.Changes.Add(new MessageChange(resource.Type, key, "unchanged", Collections.Deletions.Read(note).Version));
            return null;
        }

        var version = (before?.Version ?? 0) + 1;
        context.Batch.Add(Collections.Deletions.Put(new DeletedResource
        {
            Id = key,
            Version = version,
            EventTime = time,
            Received = context.Message.Received,
            Feed = context.Message.Feed,
            MessageId = context.Message.Id,
            PatientId = before?.PatientId ?? "",
        }, note?.Version ?? 0));
        if (before is not null)
        {
            context.Batch.Add(Collections.ResourceHistory.Put(before, null));
            context.Batch.Add(Collections.Resources.Delete(key, stored!.Version));
            context.Batch.Add(Collections.SearchEntries.Delete(key));
        }

        context.Changes.Add(new MessageChange(resource.Type, key, "deleted", version));
        return before?.PatientId;
    }

    private async ValueTask SummarizeAsync(RecordRun run, string patientId, HashSet<string> lost, CancellationToken cancellationToken)
    {
        // The summary comes first: its version, checked at the commit, vouches for all that is read after it.
        var summary = await store.GetAsync(Collections.Patients, patientId, withPayload: false, cancellationToken);
        var restatements = await run.RestatementsOfAsync(patientId, cancellationToken);
        var remaining = new List<ResourceDocument>();
        var owned = new DocumentQuery(Collections.Resources)
        {
            Where = [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), patientId)],
            Limit = 1000,
        };
        await foreach (var document in store.ReadAllAsync(owned, cancellationToken))
        {
            if (!lost.Contains(document.Id))
            {
                remaining.Add(restatements.Timed(Collections.Resources.Read(document)));
            }
        }

        foreach (var key in lost)
        {
            restatements.Forget(key);
        }

        if (summary is not null)
        {
            run.Context.Batch.Add(Collections.Patients.Put(
                PatientSummary.Of(patientId, remaining) with { MergedInto = Collections.Patients.Read(summary).MergedInto }, summary.Version));
        }
    }
}
