using Integration.Core.Identity;
using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>Mapped resources → new versions in the record, history of the old ones, and the patient's summary.</summary>
/// <remarks>
/// <para>1. Resources of golden records that merge move to the survivor; the other keeps an empty summary that says where it went.</para>
/// <para>2. A resource that repeats what was said before costs an entry in <c>restatements</c>; any other is merged with its stored version,
/// and the old version goes to history.</para>
/// <para>3. The summary takes in what changed.</para>
/// All of it is only added to the context's batch: the pipeline commits once.
/// </remarks>
public sealed class RecordStage(IDocumentStore store, PatientSummaryStore summaries, TimeProvider clock) : IMessageStage
{
    public string Name => "record";

    public string Description => "Brings the resources together with the record and keeps versions and the summary.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        // The summary comes first: its version, checked at the commit, vouches for all that is read after it.
        var summary = await summaries.OpenAsync(context.Identity!.PatientId, cancellationToken);
        var run = new RecordRun(context, context.Document?.EventTime ?? context.Message.Received, clock.GetUtcNow(), store);
        var restatements = await run.RestatementsOfAsync(context.Identity.PatientId, cancellationToken);
        foreach (var merge in context.Identity.Merges)
        {
            await MoveAsync(run, merge, cancellationToken);
        }

        var mapped = context.Mapping!.Resources.DistinctBy(r => (r.Type, r.Id)).ToList();
        var news = mapped.Where(resource => !run.TryRepeat(resource, restatements)).ToList();
        var stored = news.Count == 0
            ? []
            : await store.GetManyAsync(Collections.Resources, [.. news.Select(RecordRun.KeyOf)], cancellationToken);
        var byId = stored.ToDictionary(d => d.Id, StringComparer.Ordinal);
        foreach (var resource in news)
        {
            await run.MergeAsync(resource, byId.GetValueOrDefault(RecordRun.KeyOf(resource)), cancellationToken);
        }

        await run.KeepRestatementsSmallAsync(restatements, cancellationToken);
        var changes = run.Write();
        var patient = await summaries.UpdateAsync(context, summary, changes, restatements, cancellationToken);
        context.Record = new RecordResult(patient, changes);
        return StageOutcome.Next;
    }

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
