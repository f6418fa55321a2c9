using Integration.Core.Diagnostics;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>Mapped resources → new versions in the record, history of the old ones, and the patient's summary.</summary>
/// <remarks>
/// <para>1. Resources of golden records that merge move to the survivor; the other keeps an empty summary that says where it went.</para>
/// <para>2. Each mapped resource is merged with its stored version; the old version goes to history.</para>
/// <para>3. A visit or account that changed hands takes along what is filed under it.</para>
/// <para>4. The summary takes in what changed. Reference data has none.</para>
/// All of it is only added to the context's batch: the pipeline commits once.
/// </remarks>
public sealed class RecordStage(IDocumentStore store, PatientSummaryStore summaries, TimeProvider clock) : IMessageStage
{
    private readonly ResourceMoves _moves = new(store, clock);

    public string Name => "record";

    public string Description => "Brings the resources together with the record and keeps versions and the summary.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var identity = context.Identity!;
        var changes = new Dictionary<string, (long Version, RecordChange Change)>(StringComparer.Ordinal);
        foreach (var merge in identity.Merges)
        {
            await MoveAsync(context, merge, changes, cancellationToken);
        }

        var mapped = context.Mapping!.Resources.DistinctBy(r => (r.Type, r.Id)).ToList();
        var stored = await store.GetManyAsync(Collections.Resources, [.. mapped.Select(r => $"{r.Type}/{r.Id}")], cancellationToken);
        var byId = stored.ToDictionary(d => d.Id, StringComparer.Ordinal);
        foreach (var resource in mapped)
        {
            var key = $"{resource.Type}/{resource.Id}";
            var before = byId.TryGetValue(key, out var found) ? Collections.Resources.Read(found) : null;
            Merge(context, resource, before, found?.Version ?? 0, changes);
        }

        if (!identity.IsNobody)
        {
            await _moves.RunAsync(context, mapped, changes, cancellationToken);
        }

        foreach (var (version, change) in changes.Values)
        {
            context.Batch.Add(Collections.Resources.Put(change.After, version));
        }

        var patient = identity.IsNobody
            ? null
            : await summaries.UpdateAsync(context, [.. changes.Values.Select(c => c.Change).Where(c => c.After.PatientId == identity.PatientId)], cancellationToken);
        context.Record = new RecordResult(patient, [.. changes.Values.Select(c => c.Change)]);
        return StageOutcome.Next;
    }

    private async ValueTask MoveAsync(
        MessageContext context, PatientMerge merge, Dictionary<string, (long Version, RecordChange Change)> changes, CancellationToken cancellationToken)
    {
        var owned = new DocumentQuery(Collections.Resources)
        {
            Where = [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), merge.FromPatientId)],
            Limit = 1000,
        };
        await foreach (var stored in store.ReadAllAsync(owned, cancellationToken))
        {
            var before = Collections.Resources.Read(stored);
            changes[before.Id] = (stored.Version, new RecordChange(before, before with { PatientId = merge.ToPatientId }));
            context.Changes.Add(new MessageChange(before.Type, before.Id, "moved", before.Version));
        }

        await summaries.CloseMergedAsync(context, merge, cancellationToken);
    }

    // A number that a merge retires keeps its own identity, so that the merge can be taken back.
    private static string? SourceIdentityOf(MappedResource mapped) =>
        mapped.IsReplacedPatient() ? PatientResources.IdentifiersOf(mapped.Json).FirstOrDefault()?.Key : null;

    private void Merge(
        MessageContext context, MappedResource mapped, ResourceDocument? stored, long storedVersion,
        Dictionary<string, (long Version, RecordChange Change)> changes)
    {
        var identity = context.Identity!;
        var time = context.Document?.EventTime ?? context.Message.Received;
        var result = stored is null ? ResourceMerge.First(mapped.Json, time, mapped.Assumed) : ResourceMerge.Apply(stored, mapped.Json, time, mapped.Assumed);
        var merged = stored is not null && identity.Merges.Any(m => m.FromPatientId == stored.PatientId);
        var moved = stored is not null && stored.PatientId != identity.PatientId && (merged || !ResourceMoves.IsOlder(stored, time));
        var key = $"{mapped.Type}/{mapped.Id}";
        if (result.Overruled)
        {
            context.Issues.Add(MessageIssue.Information(IntegrationErrorCode.OlderThanRecord, mapped.Source, $"{mapped.Type}: the record already held newer values; they were kept."));
        }

        var action = stored is null ? "created" : result.Changed ? "updated" : moved ? "moved" : result.Overruled ? "older" : "unchanged";
        if (!result.Changed && !moved && !result.Retimed)
        {
            context.Changes.Add(new MessageChange(mapped.Type, key, action, stored!.Version));
            return;
        }

        var after = new ResourceDocument
        {
            Id = key,
            Type = mapped.Type,
            PatientId = stored is null || moved ? identity.PatientId : stored.PatientId,
            SourceIdentity = (moved && !merged ? null : stored?.SourceIdentity) ?? SourceIdentityOf(mapped) ?? identity.SubjectIdentity,
            Effective = ResourceSummary.EffectiveOf(mapped.Type, result.Resource) ?? stored?.Effective ?? time,
            Version = (stored?.Version ?? 0) + (result.Changed ? 1 : 0),
            LastUpdated = result.Changed ? clock.GetUtcNow() : stored!.LastUpdated,
            Provenance = result.Changed || result.EventTime > stored!.Provenance.EventTime
                ? new Provenance(context.Message.Feed, context.Message.Id, context.Mapping!.MappingVersion, mapped.Rule, mapped.Source, result.EventTime)
                : stored.Provenance,
            ElementTimes = result.ElementTimes,
            Resource = result.Resource,
        };
        if (stored is not null && result.Changed)
        {
            context.Batch.Add(Collections.ResourceHistory.Put(stored, null));
        }

        changes[key] = (storedVersion, new RecordChange(stored, after));
        context.Changes.Add(new MessageChange(mapped.Type, key, action, after.Version));
    }
}
