using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Mapping.Codes;
using Integration.Core.Storage;

namespace Integration.Core.Pipeline;

/// <summary>
/// What a run comes to: all that its commit needs, and nothing of what the stages made on the way. That is far larger, and most messages in
/// memory wait for a commit: held until then it would live through several collections.
/// </summary>
/// <param name="Message">As it shall be journaled.</param>
/// <param name="Batch">What is committed with it.</param>
/// <param name="Deliveries">Those in the batch.</param>
internal sealed record FinishedRun(JournaledMessage Message, WriteBatch Batch, IReadOnlyList<DeliveryDocument> Deliveries)
{
    /// <summary>Identities leave a golden record by it, see <see cref="Identity.Unmerging.IdentityMoves"/>.</summary>
    public bool MovesIdentities { get; init; }

    /// <param name="stage">Where the run ended.</param>
    public static FinishedRun Of(MessageContext context, RecoveryAction.Finish finish, string stage, IReadOnlyList<StageTiming> timings, DateTimeOffset now)
    {
        var mapping = context.FirstPatient?.Mapping ?? context.Mapping;
        var message = context.Message with
        {
            State = finish.State,
            Attempts = context.Message.Attempts + 1,
            Issues = [.. context.Issues, .. finish.Issues.Where(i => !context.Issues.Contains(i))],
            Cause = finish.State == MessageState.Failed ? FailureCause.Of(stage, finish.Issues, mapping?.MappingVersion) : null,
            Stages = [.. timings],
            Changes = [],
            Unread = mapping?.Unread ?? [],
            UnmappedCodes = mapping is { UnmappedCodes.Count: > 0 }
                ? [.. mapping.UnmappedCodes.Select(code => UnmappedCodeStore.KeyOf(context.Message.Feed, code)).Distinct(StringComparer.Ordinal)]
                : [],
            Identifiers = [.. mapping.WithFollowing().SelectMany(IdentityStage.SearchKeysOf).Distinct(StringComparer.Ordinal)],
            SearchKeys = MessageSearchKeys.Of(mapping),
            MappingVersion = mapping?.MappingVersion,
            MapWith = null,
            Finished = now,
        };
        return finish.State != MessageState.Done
            ? new FinishedRun(message, new WriteBatch(), [])
            : new FinishedRun(
                message with
                {
                    Changes = [.. context.Changes],
                    PatientId = (context.FirstPatient?.Identity ?? context.Identity) is { IsNobody: false } identity ? identity.PatientId : message.PatientId,
                },
                context.Batch, [.. context.Deliveries])
            { MovesIdentities = context.IsUnlinked };
    }

    /// <summary>The same run without its effects, since they cannot be committed.</summary>
    /// <param name="before">The message before the run.</param>
    public FinishedRun AsFault(MessageIssue fault, JournaledMessage before) => new(
        Message with
        {
            State = MessageState.Failed,
            Issues = [.. Message.Issues, fault],
            Cause = FailureCause.Of(MessagePipeline.CommitStage, [fault], Message.MappingVersion),
            Changes = [],
            PatientId = before.PatientId,
        },
        new WriteBatch(), []);
}
