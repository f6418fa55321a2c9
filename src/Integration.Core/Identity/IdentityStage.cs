using Integration.Core.Devices;
using Integration.Core.Diagnostics;
using Integration.Core.Identity.Unmerging;
using Integration.Core.Mapping;
using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Core.Identity;

/// <summary>Decides which golden record a message is about, links its identities to it, and carries out merges.</summary>
/// <remarks>
/// <para>1. Look up every identifier of the subject and of the patients that were merged into it.</para>
/// <para>2. <see cref="PatientResolver"/> decides by the deterministic rules.</para>
/// <para>3. Golden records that turn out to be the same person, or that the message merges, move into the subject's.</para>
/// <para>A reading of a device that names nobody is the patient's whom the device was bound to then.</para>
/// <para>A message about two patients comes here twice: what it says of the two is a review for a person, never a merge. One that unlinks what the record
/// holds as one takes it apart instead, see <see cref="UnlinkMessages"/>.</para>
/// <para>What was decided to be two people no rule joins, and a message that merges them only when it is newer, see <see cref="Separations"/>.</para>
/// <para>4. A contradiction becomes a <see cref="LinkReviewDocument"/>; nothing is linked by it.</para>
/// </remarks>
public sealed class IdentityStage(
    IdentityStore identities, MatchRuleCatalog matchRules, DeviceBindings devices, Separations separations, UnlinkMessages unlinks, TimeProvider clock) : IMessageStage
{
    private const string ByMerge = IdentityDraft.ByMerge;

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

        var subject = mapping.Subject();
        if (subject is null && mapping.About is null)
        {
            return context.Document is IDeviceReading reading ? await IdentifyByDeviceAsync(context, reading, cancellationToken) : Refuse(IntegrationErrorCode.PatientIdentifierMissing, "PID", "The message says nothing about a patient.");
        }

        var rules = matchRules.Current;
        if (await unlinks.TryTakeAsync(context, rules, cancellationToken))
        {
            return StageOutcome.Next;
        }

        var identifiers = subject is null ? [mapping.About!] : PatientResources.IdentifiersOf(subject);
        var replaced = mapping.Replaced().SelectMany(PatientResources.IdentifiersOf).Where(rules.Identifies).DistinctBy(i => i.Key).ToList();
        var known = await identities.FindAsync([.. identifiers.Concat(replaced).Select(i => i.Key).Distinct()], cancellationToken);
        var demographics = subject is null ? new MatchDemographics(null, null, null, null) : PatientResources.DemographicsOf(subject);
        if (PatientResolver.Resolve(identifiers, demographics, known, rules, context.Issues) is not { } resolution)
        {
            return Refuse(IntegrationErrorCode.PatientIdentifierMissing, "PID-3", "No identifier in PID-3 says who the patient is.");
        }

        if (replaced.Any(i => i.Key == resolution.SubjectKey))
        {
            return Refuse(IntegrationErrorCode.MergeIntoItself, "MRG-1", "MRG-1 and PID-3 hold the same number.");
        }

        resolution = WithRecordOfReplaced(
            await separations.WithoutApartAsync(context, resolution, apart => PatientResolver.Resolve(identifiers, demographics, known, rules, [], apart)!, known, cancellationToken), replaced, known);
        await separations.KeepApartAsync(context, resolution, replaced, known, cancellationToken);
        if (context.FirstPatient is { } first)
        {
            if (IsOne(context, resolution))
            {
                return AsOne(context);
            }

            await RelateAsync(context, first.Identity.PatientId, resolution.PatientId, mapping.Relation, cancellationToken);
        }

        var merges = await LinkAsync(context, resolution, demographics, replaced, known, cancellationToken);
        context.Identity = new IdentityResult(resolution.PatientId, resolution.SubjectKey, merges);
        return StageOutcome.Next;
    }

    /// <summary>A reading that names no patient is of whom its device measured when it was taken, whenever it arrives.</summary>
    private async ValueTask<StageOutcome> IdentifyByDeviceAsync(MessageContext context, IDeviceReading reading, CancellationToken cancellationToken)
    {
        if (await devices.FindAsync(reading.Device, reading.Time, cancellationToken) is not var (patientId, identity))
        {
            return Refuse(IntegrationErrorCode.DeviceNotBound, "device",
                "The reading names no patient, and its device was bound to nobody when it was taken. Bind the device from that time on, then retry.");
        }

        context.Identity = new IdentityResult(patientId, identity, []);
        context.Mapping = context.Mapping! with { Resources = [.. context.Mapping!.Resources.Select(resource => resource.WithSubject(identity))] };
        return StageOutcome.Next;
    }

    /// <summary>Puts into the commit who the numbers belong to from now on, and what a person has to look at.</summary>
    private async ValueTask<List<PatientMerge>> LinkAsync(
        MessageContext context, PatientResolution resolution, MatchDemographics demographics, List<PatientIdentifier> replaced,
        IReadOnlyDictionary<string, (IdentityDocument Identity, long Version)> known, CancellationToken cancellationToken)
    {
        var draft = new IdentityDraft(context, resolution.PatientId, resolution.SubjectKey, known);
        foreach (var (identifier, why) in resolution.LinkKeys)
        {
            draft.Link(identifier, demographics, why);
        }

        var merges = new List<PatientMerge>();
        foreach (var from in resolution.JoinedPatientIds.Concat(ReplacedPatients(replaced, known, draft, context)).Distinct().Where(p => p != resolution.PatientId))
        {
            merges.Add(new PatientMerge(from, resolution.PatientId, await draft.MoveAllAsync(from, identities, cancellationToken)));
            await DecideAsync(context, from, resolution.PatientId, Separations.Linked, "merge-message", cancellationToken);
        }

        if (resolution.DoubtfulPatientId is { } doubtful)
        {
            await DecideAsync(context, doubtful, resolution.PatientId, "open", "resident-id-contradicts", cancellationToken);
        }

        draft.Write();
        return merges;
    }

    /// <summary>Whether a further patient turns out to be one before: by the record, or by a number that both were sent with.</summary>
    private static bool IsOne(MessageContext context, PatientResolution second)
    {
        var firstIds = context.EarlierPatients.SelectMany(p => p.Identity.Merges.Select(m => m.FromPatientId).Append(p.Identity.PatientId)).ToHashSet(StringComparer.Ordinal);
        var secondKeys = second.LinkKeys.Select(link => link.Identifier.Key).ToHashSet(StringComparer.Ordinal);
        return second.JoinedPatientIds.Append(second.PatientId).Any(firstIds.Contains)
            || context.Batch.Writes.Any(w => w.Collection == Collections.Identities && secondKeys.Contains(w.Id));
    }

    /// <summary>A link between what is one already is no news; a message that needs two people cannot be carried out.</summary>
    private static StageOutcome AsOne(MessageContext context)
    {
        if (context.Mapping!.Relation is not (PatientRelation.Linked or PatientRelation.Moved))
        {
            return Refuse(IntegrationErrorCode.PatientsAreOne, "PID", "The message is about two people whom the record holds as one.");
        }

        context.Issues.Add(MessageIssue.Information(IntegrationErrorCode.PatientsAreOne, "PID", "The record holds both numbers as one person already."));
        (context.Identity, context.Mapping) = (IdentityResult.Nobody, context.Mapping with { Resources = [] });
        return StageOutcome.Next;
    }

    // HL7 v2.5.1 §3.3.24 links a mother and her child as well as two numbers of one person: a person decides which it is.
    private ValueTask RelateAsync(MessageContext context, string first, string second, PatientRelation relation, CancellationToken cancellationToken) => relation switch
    {
        PatientRelation.Linked => DecideAsync(context, first, second, "open", "linked-by-message", cancellationToken),
        PatientRelation.Moved => DecideAsync(context, first, second, "open", "number-moved-by-message", cancellationToken),
        PatientRelation.Unlinked => DecideAsync(context, first, second, Separations.Separate, Separations.ByMessage, cancellationToken),
        _ => ValueTask.CompletedTask,
    };

    /// <summary>Search keys of every patient identifier in a message: with authority, and bare. Empty when it was not mapped.</summary>
    internal static IReadOnlyList<string> SearchKeysOf(MappingResult? mapping) => mapping is null
        ? []
        : [.. mapping.Resources.Where(r => r.Type == "Patient").SelectMany(PatientResources.IdentifiersOf).Concat(mapping.About is { } about ? [about] : [])
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
        if (existing is not null && (state == "open" || (existing.State == state && state != Separations.Linked)))
        {
            return;   // a decision stands until a person or a merge message changes it
        }

        context.Batch.Add(Collections.LinkReviews.Put(Separations.Decision(id, state, reason, context, clock.GetUtcNow()), version));
    }

    private static StageOutcome.Quarantine Refuse(IntegrationErrorCode code, string place, string text) =>
        new([MessageIssue.Error(code, place, text)]);
}
