using Integration.Core.Diagnostics;
using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Core.Identity.Unmerging;

/// <summary>Decisions that golden records are two people, and what may overrule them. Safe for many threads.</summary>
/// <remarks>
/// A decision is about all records that its two sides ever were, so that a later merge with a third does not undo it. It stands above every rule; only a
/// message that merges the two anew ends it: it happened after the decision, and where a person decided, it arrived after it too.
/// </remarks>
public sealed class Separations(IDocumentStore store, IdentityStore identities, TimeProvider clock)
{
    internal const string Linked = "linked";
    internal const string Separate = "separate";
    internal const string ByPerson = "unmerged";
    internal const string ByMessage = "unlinked-by-message";

    /// <summary>The decisions that keep two golden records apart, with their versions; none for almost all.</summary>
    private async ValueTask<IReadOnlyList<(LinkReviewDocument Review, long Version)>> BetweenAsync(string patientA, string patientB, CancellationToken cancellationToken)
    {
        var (a, b) = (await RecordsOfAsync(patientA, cancellationToken), await RecordsOfAsync(patientB, cancellationToken));
        var pairs = a.SelectMany(one => b.Where(other => other != one).Select(other => GoldenRecord.PairId(one, other))).Distinct(StringComparer.Ordinal).ToList();
        var stored = await store.GetManyAsync(Collections.LinkReviews, pairs, cancellationToken);
        return [.. stored.Select(document => (Collections.LinkReviews.Read(document), document.Version)).Where(found => found.Item1.State == Separate)];
    }

    /// <summary>What the rules found, without records that somebody decided to be other people.</summary>
    /// <param name="again">Asks the rules again, with the records that are apart.</param>
    internal async ValueTask<PatientResolution> WithoutApartAsync(
        MessageContext context, PatientResolution resolution, Func<IReadOnlySet<string>, PatientResolution> again,
        IReadOnlyDictionary<string, (IdentityDocument Identity, long Version)> known, CancellationToken cancellationToken)
    {
        if (resolution.JoinedPatientIds.Count == 0)
        {
            return resolution;
        }

        var owner = known.TryGetValue(resolution.SubjectKey, out var subject) ? subject.Identity.PatientId : resolution.PatientId;
        var apart = await ApartAsync(owner, resolution.JoinedPatientIds.Prepend(resolution.PatientId).Where(id => id != owner), cancellationToken);
        if (apart.Count == 0)
        {
            return resolution;
        }

        context.Issues.Add(MessageIssue.Information(IntegrationErrorCode.PatientsKeptApart, "PID-3", "Some of the numbers belong to records that were decided to be other people; they were not joined."));
        return again(apart);
    }

    /// <summary>Leaves out of a message what it merges of two people that were parted after it; ends the decisions that it is newer than.</summary>
    /// <param name="replaced">Numbers that the message merges into the subject; those that stay apart are taken out.</param>
    internal async ValueTask KeepApartAsync(
        MessageContext context, PatientResolution resolution, List<PatientIdentifier> replaced,
        IReadOnlyDictionary<string, (IdentityDocument Identity, long Version)> known, CancellationToken cancellationToken)
    {
        foreach (var owner in replaced.Where(i => known.ContainsKey(i.Key)).Select(i => known[i.Key].Identity.PatientId).Where(id => id != resolution.PatientId).Distinct(StringComparer.Ordinal).ToList())
        {
            var decisions = await BetweenAsync(resolution.PatientId, owner, cancellationToken);
            if (decisions.All(decision => IsOverruled(decision.Review, context)))
            {
                var own = GoldenRecord.PairId(resolution.PatientId, owner);   // which the merge itself decides anew
                foreach (var (review, version) in decisions.Where(decision => decision.Review.Id != own))
                {
                    context.Batch.Add(Collections.LinkReviews.Put(Decision(review.Id, Linked, "merge-message", context, clock.GetUtcNow()), version));
                }

                continue;
            }

            var kept = replaced.Where(i => known.TryGetValue(i.Key, out var of) && of.Identity.PatientId == owner).Select(i => i.Key).ToHashSet(StringComparer.Ordinal);
            replaced.RemoveAll(i => kept.Contains(i.Key));
            context.Mapping = context.Mapping! with
            {
                Resources = [.. context.Mapping!.Resources.Where(r => !r.IsReplacedPatient() || !PatientResources.IdentifiersOf(r).Any(i => kept.Contains(i.Key)))],
            };
            context.Issues.Add(MessageIssue.Warning(IntegrationErrorCode.PatientsKeptApart, "MRG-1", "The two numbers were decided to be two people after this merge; they were not merged again."));
        }
    }

    /// <summary>Those of several golden records that a decision keeps apart from the first, or from one that may join it.</summary>
    private async ValueTask<HashSet<string>> ApartAsync(string first, IEnumerable<string> others, CancellationToken cancellationToken)
    {
        var (together, apart) = (new List<string> { first }, new HashSet<string>(StringComparer.Ordinal));
        foreach (var other in others)
        {
            var isApart = false;
            foreach (var one in together)
            {
                isApart |= (await BetweenAsync(one, other, cancellationToken)).Count > 0;
            }

            if (isApart)
            {
                apart.Add(other);
            }
            else
            {
                together.Add(other);
            }
        }

        return apart;
    }

    /// <summary>Whether a message merges anew what the decision parted.</summary>
    private static bool IsOverruled(LinkReviewDocument decision, MessageContext context) =>
        TimeOf(context) > (decision.Decided ?? decision.Since) && (decision.Reason != ByPerson || context.Message.Received > decision.Since);

    /// <summary>Event time of a message (UTC).</summary>
    internal static DateTimeOffset TimeOf(MessageContext context) => (context.Document?.EventTime ?? context.Message.Received).ToUniversalTime();

    /// <summary>What a message says of two golden records: a question (<c>open</c>), or a decision as of its event time.</summary>
    internal static LinkReviewDocument Decision(string id, string state, string reason, MessageContext context, DateTimeOffset now)
    {
        var pair = id.Split('~');
        return new LinkReviewDocument
        {
            Id = id,
            PatientA = pair[0],
            PatientB = pair[1],
            State = state,
            Reason = reason,
            MessageId = context.Message.Id,
            Since = now,
            DecidedBy = state == "open" ? null : $"message {context.Message.Id}",
            Decided = state == "open" ? null : TimeOf(context),
        };
    }

    private async ValueTask<HashSet<string>> RecordsOfAsync(string patientId, CancellationToken cancellationToken) =>
        [patientId, .. (await identities.OfPatientAsync(patientId, cancellationToken)).SelectMany(found => RecordSplit.FormerOf(found.Identity))];
}
