namespace Integration.Core.Identity;

/// <summary>What a site decides about identity, read from <c>mappings/identity/match-rules.yaml</c> by <see cref="MatchRulesLoader"/>.</summary>
/// <param name="NotPersonal">
/// HL7 table 0203 types that number a visit, an account or a card of several people rather than a person: kept on the record, never linked by.
/// </param>
/// <param name="Placeholders">Values that stand for "none" in some source, compared whole: never linked by.</param>
/// <param name="UseResidentId">Link by a valid resident id when name, sex and birth date do not contradict it.</param>
public sealed record MatchRules(IReadOnlySet<string> NotPersonal, IReadOnlySet<string> Placeholders, bool UseResidentId)
{
    /// <summary>Whether same authority and same value mean same person for this identifier.</summary>
    public bool Identifies(PatientIdentifier identifier) =>
        !Placeholders.Contains(identifier.Value) && (identifier.Type is null || !NotPersonal.Contains(identifier.Type));
}
