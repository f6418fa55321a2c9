using System.Security.Cryptography;
using System.Text.Json;
using Integration.Core.Events;
using Integration.Core.FollowUps;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.DryRuns;

/// <summary>
/// Runs a message through the stages as they are in use and says what it would change. Nothing is journaled, nothing committed: what the stages
/// want to write is only looked at. Safe for many threads.
/// </summary>
public sealed class DryRun(
    MessageExplainer explainer, MappingCatalog catalog, FeedContexts feeds, IdentityStage identify, RecordStage record, FollowUpStage followUp, TimeProvider clock)
{
    /// <param name="raw">One message without framing.</param>
    /// <param name="feed">Need not be configured.</param>
    /// <exception cref="StoreUnavailableException">The record cannot be read now.</exception>
    public async ValueTask<DryRunResult> RunAsync(ReadOnlyMemory<byte> raw, string format, string feed, CancellationToken cancellationToken)
    {
        var explanation = explainer.Explain(raw, format, feed, catalog.Current);
        if (explanation.IsRefused)
        {
            return new DryRunResult(explanation, explanation.Issues, null);
        }

        var message = new JournaledMessage
        {
            Id = "dry-run",
            Feed = feed,
            Received = clock.GetUtcNow(),
            Format = format,
            ContentHash = Convert.ToHexStringLower(SHA256.HashData(raw.Span)),
        };
        var context = new MessageContext(message, feeds.Of(feed)) { Document = explanation.Document, Mapping = explanation.Mapping };
        context.Issues.AddRange(explanation.Issues);
        RecordPreview? preview = null;
        do
        {
            foreach (var stage in (IMessageStage[])[identify, record, followUp])
            {
                if (await stage.RunAsync(context, cancellationToken) is StageOutcome.Quarantine refused)
                {
                    return new DryRunResult(explanation, [.. context.Issues, .. refused.Issues.Where(issue => !context.Issues.Contains(issue))], null);
                }
            }

            var next = Preview(context);
            preview = preview is null ? next : preview with { Changes = [.. preview.Changes, .. next.Changes] };
        }
        while (context.TakeSecondPatient());

        if (context.Entanglement() is { } entanglement)
        {
            return new DryRunResult(explanation, [.. context.Issues, entanglement], null);
        }

        return new DryRunResult(explanation, context.Issues, preview with { Events = EventsOf(context.Batch), FollowUps = FollowUpsOf(context.Batch) });
    }

    private static IReadOnlyList<EventDocument> EventsOf(WriteBatch batch) =>
        [.. batch.Writes.Where(write => write.Collection == Collections.Events).Select(write => JsonSerializer.Deserialize(write.Json.Span, StorageJson.Default.EventDocument)!)];

    private static IReadOnlyList<FollowUpPreview> FollowUpsOf(WriteBatch batch) =>
    [
        .. batch.Writes.Where(write => write.Collection == Collections.FollowUps)
            .Select(write => new FollowUpPreview(write.ExpectedVersion == 0, JsonSerializer.Deserialize(write.Json.Span, StorageJson.Default.FollowUpDocument)!))
            .OrderBy(preview => preview.Work.DueAt).ThenBy(preview => preview.Work.Rule, StringComparer.Ordinal),
    ];

    private static RecordPreview Preview(MessageContext context)
    {
        var identity = context.Identity!;
        var isNew = identity.IsNobody || context.Batch.Writes.Any(write => write.Collection.Name == Collections.Patients.Name && write.Id == identity.PatientId && write.ExpectedVersion == 0);
        var actions = context.Changes.ToLookup(change => change.Id, change => change.Action, StringComparer.Ordinal);
        return new RecordPreview(
            isNew ? null : identity.PatientId, identity.IsNobody, [.. identity.Merges.Select(merge => merge.FromPatientId)],
            [.. context.Record!.Changes.Select(change => new ResourcePreview(
                change.After.Id, actions[change.After.Id].LastOrDefault() ?? "updated",
                ElementDifferences.Of(change.After.Type, change.Before?.Resource, change.After.Resource), change.After.Resource))]);
    }
}
