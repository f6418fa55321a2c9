using Integration.Core.Storage;

namespace Integration.Core.Identity;

/// <summary>One identifier of a person as a source knows it. Authority and value together are compared, never the value alone.</summary>
/// <param name="Authority">FHIR <c>identifier.system</c>: a URI such as <c>urn:oid:2.16…</c> or <c>urn:authority:HIS</c>.</param>
/// <param name="Value">As sent, trimmed.</param>
/// <param name="Type">HL7 table 0203 code, e.g. <c>MR</c>, <c>NI</c>; null when not sent.</param>
public sealed record PatientIdentifier(string Authority, string Value, string? Type)
{
    /// <summary><c>authority|value</c>, the key in <c>identities</c>.</summary>
    public string Key => $"{Authority}|{Value}";
}

/// <summary>What is compared when two identities might be one person. Null: not known.</summary>
/// <param name="BirthDate">ISO 8601, with the precision that was sent.</param>
/// <param name="Sex">FHIR administrative gender.</param>
/// <param name="Phone">Digits only.</param>
public sealed record MatchDemographics(string? Name, [property: FhirTime] string? BirthDate, string? Sex, string? Phone);

/// <summary>A document of <c>identities</c>: one source identity, linked to exactly one golden record.</summary>
public sealed record IdentityDocument
{
    /// <summary><see cref="PatientIdentifier.Key"/>.</summary>
    public required string Id { get; init; }

    public required PatientIdentifier Identifier { get; init; }

    /// <summary>The golden record it is linked to now.</summary>
    public required string PatientId { get; init; }

    /// <summary>The golden record it belonged to first; an unmerge sends it back there.</summary>
    public required string OriginPatientId { get; init; }

    /// <summary>Golden records that it belonged to before merges, the first of them first; an unmerge sends it back to one of them.</summary>
    public IReadOnlyList<string> FormerPatientIds { get; init; } = [];

    /// <summary>
    /// Key of the identity beside which the source sent it first: the two have always been one patient's and never part. Null: it came by itself.
    /// </summary>
    public string? CameWith { get; init; }

    /// <summary>Why it is linked where it is: <c>same-identifier</c>, <c>resident-id</c>, <c>merge</c>, <c>unmerge</c>, <c>manual</c>, <c>new</c>.</summary>
    public required string LinkedBy { get; init; }

    /// <summary>Message that caused the link.</summary>
    public required string LinkedByMessage { get; init; }

    public MatchDemographics Demographics { get; init; } = new(null, null, null, null);

    /// <summary>Keys that bring likely matches together; empty until candidate search is switched on.</summary>
    public IReadOnlyList<string> BlockingKeys { get; init; } = [];

    /// <summary>Names the record and shows nothing of the person: it may end in a log.</summary>
    public override string ToString() => $"identity of {PatientId}";
}

/// <summary>A document of <c>linkReviews</c>: a question about two golden records, and its decision.</summary>
public sealed record LinkReviewDocument
{
    /// <summary>Both patient ids in ordinal order, joined by <c>~</c>: one pair has one document.</summary>
    public required string Id { get; init; }

    public required string PatientA { get; init; }

    public required string PatientB { get; init; }

    /// <summary><c>open</c>, <c>linked</c>, <c>separate</c> (never again).</summary>
    public required string State { get; init; }

    /// <summary>What raised it, e.g. <c>resident-id-contradicts</c>, <c>merge-message</c>.</summary>
    public required string Reason { get; init; }

    public required string MessageId { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>User or message that decided; null while open.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>As of when the decision holds (UTC): when the person decided, or the event time of the message; null: <see cref="Since"/>.</summary>
    public DateTimeOffset? Decided { get; init; }
}
