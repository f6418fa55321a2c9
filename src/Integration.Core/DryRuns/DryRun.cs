using System.Security.Cryptography;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Pipeline;
using Integration.Core.Records;

namespace Integration.Core.DryRuns;

/// <summary>
/// Runs a message through the stages as they are in use and says what it would change. Nothing is journaled, nothing committed: what the stages
/// want to write is only looked at. Safe for many threads.
/// </summary>
public sealed class DryRun(MessageExplainer explainer, MappingCatalog catalog, FeedContexts feeds, IdentityStage identify, RecordStage record, TimeProvider clock)
{
    /// <param name="raw">One message without framing.</param>
    /// <param name="feed">Need not be configured.</param>
    /// <exception cref="Storage.StoreUnavailableException">The record cannot be read now.</exception>
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
        foreach (var stage in (IMessageStage[])[identify, record])
        {
            if (await stage.RunAsync(context, cancellationToken) is StageOutcome.Quarantine refused)
            {
                return new DryRunResult(explanation, [.. context.Issues, .. refused.Issues.Where(issue => !context.Issues.Contains(issue))], null);
            }
        }

        return new DryRunResult(explanation, context.Issues, Preview(context));
    }

    private static RecordPreview Preview(MessageContext context)
    {
        var identity = context.Identity!;
        var isNew = identity.IsNobody || context.Batch.Writes.Any(write => write.Collection.Name == Storage.Collections.Patients.Name && write.Id == identity.PatientId && write.ExpectedVersion == 0);
        var actions = context.Changes.ToLookup(change => change.Id, change => change.Action, StringComparer.Ordinal);
        return new RecordPreview(
            isNew ? null : identity.PatientId, identity.IsNobody, [.. identity.Merges.Select(merge => merge.FromPatientId)],
            [.. context.Record!.Changes.Select(change => new ResourcePreview(
                change.After.Id, actions[change.After.Id].LastOrDefault() ?? "updated",
                ElementDifferences.Of(change.After.Type, change.Before?.Resource, change.After.Resource), change.After.Resource))]);
    }
}
