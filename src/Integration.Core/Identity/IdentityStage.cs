using Integration.Core.Diagnostics;
using Integration.Core.Mapping;
using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Core.Identity;

/// <summary>Decides which golden record a message is about, links its identities to it, and carries out merges.</summary>
/// <remarks>
/// <para>1. Look up every identifier of the subject and of the patients that were merged into it.</para>
/// <para>2. <see cref="PatientResolver"/> decides by the deterministic rules.</para>
/// <para>3. Golden records that turn out to be the same person, or that the message merges, move into the subject's.</para>
/// <para>4. A contradiction becomes a <see cref="LinkReviewDocument"/>; nothing is linked by it.</para>
/// </remarks>
public sealed class IdentityStage(IdentityStore identities, MatchRules rules, TimeProvider clock) : IMessageStage
{
    private const string ByMerge = "merge";

    public string Name => "identify";

    public string Description => "Finds out whose message it is, links identifiers and merges numbers.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var mapping = context.Mapping!;
        if (mapping.IsReferenceData)
        {
            context.Identity = IdentityResult.Nobody;
            return StageOutcome.Next;
        }

        if (mapping.Subject() is not { } subject)
        {
            return Refuse(IntegrationErrorCode.PatientIdentifierMissing, "PID", "The message says nothing about a patient.");
        }

        var identifiers = PatientResources.IdentifiersOf(subject.Json);
        var replaced = mapping.Replaced().SelectMany(r => PatientResources.IdentifiersOf(r.Json)).Where(rules.Identifies).DistinctBy(i => i.Key).ToList();
        var known = await identities.FindAsync([.. identifiers.Concat(replaced).Select(i => i.Key).Distinct()], cancellationToken);
        var demographics = PatientResources.DemographicsOf(subject.Json);
        if (PatientResolver.Resolve(identifiers, demographics, known, rules, context.Issues) is not { } resolution)
        {
            return Refuse(IntegrationErrorCode.PatientIdentifierMissing, "PID-3", "No identifier in PID-3 says who the patient is.");
        }

        if (replaced.Any(i => i.Key == resolution.SubjectKey))
        {
            return Refuse(IntegrationErrorCode.MergeIntoItself, "MRG-1", "MRG-1 and PID-3 hold the same number.");
        }

        resolution = WithRecordOfReplaced(resolution, replaced, known);
        var draft = new IdentityDraft(context, resolution.PatientId, known);
        foreach (var (identifier, why) in resolution.LinkKeys)
        {
            draft.Link(identifier, demographics, why);
        }

        var merges = new List<PatientMerge>();
        foreach (var from in resolution.JoinedPatientIds.Concat(ReplacedPatients(replaced, known, draft, context)).Distinct().Where(p => p != resolution.PatientId))
        {
            merges.Add(new PatientMerge(from, resolution.PatientId, await draft.MoveAllAsync(from, identities, cancellationToken)));
            await DecideAsync(context, from, resolution.PatientId, "linked", "merge-message", cancellationToken);
        }

        if (resolution.DoubtfulPatientId is { } doubtful)
        {
            await DecideAsync(context, doubtful, resolution.PatientId, "open", "resident-id-contradicts", cancellationToken);
        }

        draft.Write();
        context.Identity = new IdentityResult(resolution.PatientId, resolution.SubjectKey, merges);
        return StageOutcome.Next;
    }

    /// <summary>Search keys of every patient identifier in a message: with authority, and bare. Empty when it was not mapped.</summary>
    internal static IReadOnlyList<string> SearchKeysOf(MappingResult? mapping) => mapping is null
        ? []
        : [.. mapping.Resources.Where(r => r.Type == "Patient").SelectMany(r => PatientResources.IdentifiersOf(r.Json))
            .SelectMany(i => new[] { i.Key, i.Value }).Distinct(StringComparer.Ordinal)];

    /// <summary>A number that nobody knows yet takes over the record of the number it replaces (HL7 A47): one person keeps one record id.</summary>
    private static PatientResolution WithRecordOfReplaced(
        PatientResolution resolution, List<PatientIdentifier> replaced, IReadOnlyDictionary<string, (IdentityDocument Identity, long Version)> known)
    {
        var isNew = resolution.LinkKeys.All(link => link.Why == PatientResolver.New);
        var owner = isNew ? replaced.Where(r => known.ContainsKey(r.Key)).Select(r => known[r.Key].Identity.PatientId).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        return owner is null
            ? resolution
            : resolution with { PatientId = owner, LinkKeys = [.. resolution.LinkKeys.Select(link => (link.Identifier, ByMerge))] };
    }

    /// <summary>Golden records of the numbers merged away; a number never seen is linked at once, so that its later messages go right.</summary>
    private static List<string> ReplacedPatients(
        List<PatientIdentifier> replaced, IReadOnlyDictionary<string, (IdentityDocument Identity, long Version)> known, IdentityDraft draft, MessageContext context)
    {
        var patients = new List<string>();
        foreach (var identifier in replaced)
        {
            if (known.TryGetValue(identifier.Key, out var owner))
            {
                patients.Add(owner.Identity.PatientId);
                continue;
            }

            context.Issues.Add(MessageIssue.Information(IntegrationErrorCode.MergeSourceUnknown, "MRG-1",
                "The number merged away was never seen before; later messages for it go to the surviving record."));
            draft.Link(identifier, new MatchDemographics(null, null, null, null), ByMerge);
        }

        return patients;
    }

    private async ValueTask DecideAsync(
        MessageContext context, string patientA, string patientB, string state, string reason, CancellationToken cancellationToken)
    {
        var id = GoldenRecord.PairId(patientA, patientB);
        var (existing, version) = await identities.FindReviewAsync(id, cancellationToken);
        if (existing is not null && (existing.State == state || state == "open"))
        {
            return;   // a decision stands until a person or a merge message changes it
        }

        var pair = id.Split('~');
        context.Batch.Add(Collections.LinkReviews.Put(new LinkReviewDocument
        {
            Id = id,
            PatientA = pair[0],
            PatientB = pair[1],
            State = state,
            Reason = reason,
            MessageId = context.Message.Id,
            Since = clock.GetUtcNow(),
            DecidedBy = state == "open" ? null : $"message {context.Message.Id}",
        }, version));
    }

    private static StageOutcome.Quarantine Refuse(IntegrationErrorCode code, string place, string text) =>
        new([MessageIssue.Error(code, place, text)]);
}
