using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping;

namespace Integration.Core.Identity;

/// <summary>Says whom a Patient resource means by the rules of <see cref="IdentityStage"/>, and writes nothing. Safe for many threads.</summary>
public sealed class PatientMatching(IdentityStore identities, MatchRuleCatalog matchRules, IPatientMatcher matcher)
{
    // The rules decide and do not weigh: these say the order of the grades, and are no probabilities.
    private const decimal CertainScore = 1m;
    private const decimal ProbableScore = 0.8m;
    private const decimal PossibleScore = 0.5m;

    private const string Separate = "separate";

    /// <param name="patient">A FHIR R4 Patient, as complete as the caller has it; its <c>id</c> is not looked at.</param>
    /// <param name="issues">Receives why a number was not used, by the codes of a message.</param>
    /// <returns>Best first, each golden record once; empty when nobody is known by its numbers.</returns>
    public async ValueTask<IReadOnlyList<PatientMatch>> FindAsync(JsonObject patient, List<MessageIssue> issues, CancellationToken cancellationToken)
    {
        var resource = new MappedResource("Patient", "", DraftNode.From(patient), "", "");
        var (identifiers, demographics, rules) = (PatientResources.IdentifiersOf(resource), PatientResources.DemographicsOf(resource), matchRules.Current);
        var known = await identities.FindAsync([.. identifiers.Select(i => i.Key).Distinct()], cancellationToken);
        var resolution = PatientResolver.Resolve(identifiers, demographics, known, rules, issues);
        var owners = identifiers.Where(i => known.ContainsKey(i.Key) && Counts(i, rules)).Select(i => known[i.Key].Identity).ToLookup(i => i.PatientId, StringComparer.Ordinal);

        var claimed = resolution is null ? [] : resolution.JoinedPatientIds.Prepend(resolution.PatientId).Where(owners.Contains).ToList();
        var matches = claimed.Select(id => Claimed(owners[id].ToList(), demographics, isOne: claimed.Count == 1)).ToList();
        foreach (var doubtful in owners.Where(o => !claimed.Contains(o.Key)))
        {
            matches.Add(await IsSeparateAsync(doubtful.Key, claimed, cancellationToken)
                ? new PatientMatch(doubtful.Key, doubtful.First().Identifier, PatientMatchGrade.CertainlyNot, 0)
                : new PatientMatch(doubtful.Key, doubtful.First().Identifier, PatientMatchGrade.Possible, PossibleScore));
        }

        foreach (var proposed in (await matcher.FindCandidatesAsync(demographics, cancellationToken)).Where(c => matches.All(m => m.PatientId != c.PatientId)))
        {
            matches.Add(new PatientMatch(proposed.PatientId, null, PatientMatchGrade.Possible, (decimal)Math.Clamp(proposed.Probability, 0, 1)));
        }

        return [.. matches.OrderBy(m => m.Grade).ThenByDescending(m => m.Score)];
    }

    // A resident id that the rules do not link by still says of whom to think; whether it is one is checked where it is linked.
    private static bool Counts(PatientIdentifier identifier, MatchRules rules) =>
        identifier.Authority == ResidentId.System ? rules.UseResidentId : rules.Identifies(identifier);

    private static PatientMatch Claimed(List<IdentityDocument> identities, MatchDemographics demographics, bool isOne)
    {
        var agreeing = identities.Find(i => !DemographicAgreement.Contradict(i.Demographics, demographics));
        return isOne && agreeing is not null
            ? new PatientMatch(agreeing.PatientId, agreeing.Identifier, PatientMatchGrade.Certain, CertainScore)
            : new PatientMatch(identities[0].PatientId, (agreeing ?? identities[0]).Identifier, PatientMatchGrade.Probable, ProbableScore);
    }

    private async ValueTask<bool> IsSeparateAsync(string patientId, List<string> claimed, CancellationToken cancellationToken)
    {
        foreach (var other in claimed)
        {
            if ((await identities.FindReviewAsync(GoldenRecord.PairId(patientId, other), cancellationToken)).Review is { State: Separate })
            {
                return true;
            }
        }

        return false;
    }
}
