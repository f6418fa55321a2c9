namespace Integration.Core.Records;

/// <summary>
/// The tier of a patient's membership (会员等级, such as 白金, 黄金, 铁质, 铅质). FHIR R4 has no element for it: it stands in the extension <see cref="Url"/>
/// of Patient, as a coding or a string. Which codes there are is the hospital's business.
/// </summary>
internal static class MemberTier
{
    public const string Url = "urn:integration:member-tier";

    /// <summary>Code of the tier, or the string; null: none.</summary>
    public static string? Of(ResourceDocument? patient) =>
        patient?.Resource.Objects("extension").FirstOrDefault(e => e["url"].Text() == Url) is { } extension
            ? extension["valueCoding"].Text("code") ?? extension["valueCodeableConcept"].Text("coding", "code") ?? extension["valueString"].Text()
            : null;

    /// <summary>A patient who was known got, lost or changed the tier; a patient who comes with one is new, not promoted.</summary>
    public static bool Changed(RecordChange change) => change.Before is not null && Of(change.Before) != Of(change.After);
}
