using Integration.Core.Diagnostics;

namespace Integration.Core.Identity;

/// <summary>Whom the identifiers of one message mean, before anything is written.</summary>
/// <param name="PatientId">Golden record of the subject.</param>
/// <param name="SubjectKey">Identity key the message's resources are filed under.</param>
/// <param name="LinkKeys">Identities that belong to that golden record from now on, with why.</param>
/// <param name="JoinedPatientIds">Other golden records that turn out to be the same person.</param>
/// <param name="DoubtfulPatientId">A golden record that shares the resident id and contradicts the rest; null when there is none.</param>
internal sealed record PatientResolution(
    string PatientId, string SubjectKey, IReadOnlyList<(PatientIdentifier Identifier, string Why)> LinkKeys,
    IReadOnlyList<string> JoinedPatientIds, string? DoubtfulPatientId);

/// <summary>The deterministic rules: same authority and value; valid resident id. Pure.</summary>
internal static class PatientResolver
{
    public const string SameIdentifier = "same-identifier";
    public const string ByResidentId = "resident-id";
    public const string New = "new";

    /// <param name="identifiers">Of the subject, in the order sent.</param>
    /// <param name="known">Identities among them that the store knows.</param>
    /// <param name="issues">Receives what is worth telling.</param>
    /// <param name="apart">Golden records that somebody decided to be other people than the subject; null: none.</param>
    /// <returns>Null when nothing identifies the subject.</returns>
    public static PatientResolution? Resolve(
        IReadOnlyList<PatientIdentifier> identifiers, MatchDemographics demographics,
        IReadOnlyDictionary<string, (IdentityDocument Identity, long Version)> known, MatchRules rules, List<MessageIssue> issues,
        IReadOnlySet<string>? apart = null)
    {
        var local = identifiers.Where(i => i.Authority != ResidentId.System && rules.Identifies(i)).DistinctBy(i => i.Key).ToList();
        var (resident, doubtful) = ReadResidentId(identifiers, demographics, known, rules, issues);
        if (resident is not null && apart is not null && known.TryGetValue(resident.Key, out var holder) && apart.Contains(holder.Identity.PatientId))
        {
            resident = null;
        }

        var subject = local.FirstOrDefault() ?? resident;
        if (subject is null)
        {
            return null;
        }

        var bySame = local.Where(i => known.ContainsKey(i.Key)).Select(i => known[i.Key].Identity).ToList();
        var byResident = resident is not null && known.TryGetValue(resident.Key, out var owner) ? owner.Identity.PatientId : null;

        // Two local numbers in one message that belong to different people: the source says they are one. Believed unless they contradict.
        var agreeing = bySame.Where(i => !DemographicAgreement.Contradict(i.Demographics, demographics)).Select(i => i.PatientId);
        var subjectOwner = known.TryGetValue(subject.Key, out var existing) ? existing.Identity.PatientId : null;
        var claimed = agreeing.Concat(Present(byResident)).Concat(Present(subjectOwner)).Distinct(StringComparer.Ordinal)
            .Where(id => apart?.Contains(id) != true).Order(StringComparer.Ordinal).ToList();
        var patientId = claimed.Count > 0 ? claimed[0] : GoldenRecord.IdFoundedBy(subject.Key);

        var why = byResident is not null && subjectOwner != byResident ? ByResidentId : claimed.Count > 0 ? SameIdentifier : New;
        var links = local.Where(i => !known.TryGetValue(i.Key, out var k) || claimed.Contains(k.Identity.PatientId)).Concat(Present(resident))
            .Select(i => (i, why)).ToList();
        return new PatientResolution(patientId, subject.Key, links, [.. claimed.Skip(1)], doubtful == patientId ? null : doubtful);
    }

    // 1. A wrong check digit is told and ignored. 2. So is a number whose birth date or sex contradicts the message (a parent's number on a
    // child). 3. A number that belongs to somebody of another name asks for review.
    private static (PatientIdentifier? Usable, string? DoubtfulPatientId) ReadResidentId(
        IReadOnlyList<PatientIdentifier> identifiers, MatchDemographics demographics,
        IReadOnlyDictionary<string, (IdentityDocument Identity, long Version)> known, MatchRules rules, List<MessageIssue> issues)
    {
        var resident = identifiers.FirstOrDefault(i => i.Authority == ResidentId.System);
        if (resident is null || !rules.UseResidentId)
        {
            return (null, null);
        }

        if (!ResidentId.IsValid(resident.Value))
        {
            issues.Add(MessageIssue.Warning(IntegrationErrorCode.ResidentIdInvalid, "PID-3", "The resident id is not valid by GB 11643 and was not used to find the person."));
            return (null, null);
        }

        var owner = known.TryGetValue(resident.Key, out var found) ? found.Identity : null;
        var contradicts = DemographicAgreement.ContradictsResidentId(demographics, resident.Value)
            || (owner is not null && DemographicAgreement.Contradict(owner.Demographics, demographics));
        if (!contradicts)
        {
            return (resident, null);
        }

        issues.Add(MessageIssue.Warning(IntegrationErrorCode.ResidentIdContradicts, "PID-3",
            "The resident id contradicts name, sex or birth date, here or on the record that holds it, and was not used to find the person."));
        return (null, owner?.PatientId);
    }

    private static IEnumerable<T> Present<T>(T? value)
        where T : class => value is null ? [] : [value];
}
