using Integration.Core.Identity;
using Integration.Core.Mapping;
using Integration.Core.Pipeline;
using Integration.Core.Storage;
using Integration.Core.Vitals;

namespace Integration.Core.Records;

/// <summary>Mapped resources → new versions in the record, history of the old ones, and the patient's summary.</summary>
/// <remarks>
/// <para>0. Of readings of devices the newest is a resource (<see cref="NewestReading"/>).</para>
/// <para>1. Resources of golden records that merge move to the survivor; the other keeps an empty summary that says where it went.</para>
/// <para>2. A resource that repeats what was said before costs an entry in <c>restatements</c>; any other is merged with its stored version,
/// and the old version goes to history.</para>
/// <para>3. A visit or account that changed hands takes along what is filed under it.</para>
/// <para>4. What its source deleted leaves the record.</para>
/// <para>5. The summary takes in what changed. Reference data, which belongs to nobody, has none.</para>
/// All of it is only added to the context's batch: the pipeline commits once.
/// </remarks>
public sealed class RecordStage(IDocumentStore store, PatientSummaryStore summaries, TimeProvider clock) : IMessageStage
{
    private readonly ResourceMoves _moves = new(store);
    private readonly ResourceDeletions _deletions = new(store);

    public string Name => "record";

    public string Description => "Brings the resources together with the record and keeps versions and the summary.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        if (context.Identity!.IsNobody)
        {
            return await RunReferenceDataAsync(context, cancellationToken);
        }

        if (context.IsUnlinked)
        {
            context.Record = new RecordResult(null, []);   // the records were parted with all their resources when the patient was identified
            return StageOutcome.Next;
        }

        NewestReading.Apply(context);

        // The summary comes first: its version, checked at the commit, vouches for all that is read after it.
        var summary = await summaries.OpenAsync(context.Identity.PatientId, cancellationToken);
        var run = new RecordRun(context, context.Document?.EventTime ?? context.Message.Received, clock.GetUtcNow(), store);
        var restatements = await run.RestatementsOfAsync(context.Identity.PatientId, cancellationToken);
        foreach (var merge in context.Identity.Merges)
        {
            await MoveAsync(run, merge, cancellationToken);
        }

        var mapped = Present(context.Mapping!);
        await MergeAsync(run, [.. mapped.Where(resource => !run.TryRepeat(resource, restatements))], cancellationToken);
        await _moves.RunAsync(run, mapped, cancellationToken);
        await run.KeepRestatementsSmallAsync(restatements, cancellationToken);
        var changes = run.Write();
        ReferralPartners.Note(context.Batch, changes);
        var patient = await summaries.UpdateAsync(
            context, summary, [.. changes.Where(c => c.After.PatientId == context.Identity.PatientId)], restatements, cancellationToken);
        context.Record = new RecordResult(patient, changes);
        return StageOutcome.Next;
    }

    private async ValueTask<StageOutcome> RunReferenceDataAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var run = new RecordRun(context, context.Document?.EventTime ?? context.Message.Received, clock.GetUtcNow(), store);
        await MergeAsync(run, Present(context.Mapping!), cancellationToken);
        await _deletions.RunAsync(run, context.Mapping!.Resources, cancellationToken);
        context.Record = new RecordResult(null, run.Write());
        return StageOutcome.Next;
    }

    private static List<MappedResource> Present(MappingResult mapping) => [.. mapping.Resources.Where(r => !r.IsDeletion).DistinctBy(r => (r.Type, r.Id))];

    private async ValueTask MergeAsync(RecordRun run, IReadOnlyList<MappedResource> mapped, CancellationToken cancellationToken)
    {
        var stored = mapped.Count == 0
            ? []
            : await store.GetManyAsync(Collections.Resources, [.. mapped.Select(RecordRun.KeyOf)], cancellationToken);
        var byId = stored.ToDictionary(d => d.Id, StringComparer.Ordinal);
        var deletions = await DeletionsAsync([.. mapped.Where(r => (r.IsWhole || r.MayReturn) && !byId.ContainsKey(RecordRun.KeyOf(r))).Select(RecordRun.KeyOf)], cancellationToken);
        foreach (var resource in mapped)
        {
            var key = RecordRun.KeyOf(resource);
            await run.MergeAsync(resource, byId.GetValueOrDefault(key), deletions.GetValueOrDefault(key), cancellationToken);
        }
    }

    private async ValueTask<Dictionary<string, StoredDocument>> DeletionsAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        keys.Count == 0
            ? []
            : (await store.GetManyAsync(Collections.Deletions, keys, cancellationToken)).ToDictionary(d => d.Id, StringComparer.Ordinal);

    private async ValueTask MoveAsync(RecordRun run, PatientMerge merge, CancellationToken cancellationToken)
    {
        var owned = new DocumentQuery(Collections.Resources)
        {
            Where = [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), merge.FromPatientId)],
            Limit = 1000,
        };
        var restatements = await run.RestatementsOfAsync(merge.FromPatientId, cancellationToken);
        await foreach (var stored in store.ReadAllAsync(owned, cancellationToken))
        {
            run.Move(stored, merge, restatements);
        }

        await summaries.CloseMergedAsync(run.Context, merge, cancellationToken);
    }
}
