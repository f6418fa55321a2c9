namespace Integration.Core.Verification;

/// <summary>Something that does not fit in the store.</summary>
/// <param name="Kind">One of <see cref="FindingKinds"/>.</param>
/// <param name="Id">The document; never a patient's number or name.</param>
/// <param name="Detail">What it refers to and the like; empty when the kind says it all.</param>
public sealed record StoreFinding(string Kind, string Id, string Detail);

/// <summary>Words of <see cref="StoreFinding.Kind"/>.</summary>
public static class FindingKinds
{
    /// <summary>A resource whose patient the store does not know.</summary>
    public const string ResourceWithoutPatient = "resource-without-patient";

    /// <summary>A resource that names another one, or an attachment, which is not there.</summary>
    public const string ReferenceToNothing = "reference-to-nothing";

    /// <summary>An earlier version of a resource that is not there.</summary>
    public const string HistoryWithoutResource = "history-without-resource";

    /// <summary>A summary that differs from what its resources give.</summary>
    public const string SummaryDiffers = "summary-differs";

    /// <summary>A source identity, or a question about two, that points at no patient. The id is the patient's.</summary>
    public const string IdentityToNothing = "identity-to-nothing";

    /// <summary>A patient that was merged into one that is not there.</summary>
    public const string MergedIntoNothing = "merged-into-nothing";

    /// <summary>A message that changed a patient whom the store does not know.</summary>
    public const string MessageWithoutPatient = "message-without-patient";

    /// <summary>A message whose raw bytes are missing.</summary>
    public const string RawBytesMissing = "raw-bytes-missing";

    /// <summary>A message whose raw bytes are not those that came.</summary>
    public const string RawBytesDiffer = "raw-bytes-differ";

    /// <summary>A block of compressed raw bytes that counts other messages than refer to it.</summary>
    public const string BlockCountsWrong = "block-counts-wrong";

    /// <summary>An attachment whose content is not complete.</summary>
    public const string AttachmentIncomplete = "attachment-incomplete";

    /// <summary>An audit entry that was altered, or whose predecessor is missing.</summary>
    public const string AuditBroken = "audit-broken";
}

/// <summary>What a walk over the whole store found.</summary>
/// <param name="Documents">How many were looked at, by collection.</param>
/// <param name="Findings">How many of each kind.</param>
/// <param name="Examples">The first of each kind, at most <see cref="StoreVerifier.MaxExamples"/>.</param>
public sealed record StoreVerification(
    IReadOnlyDictionary<string, long> Documents, IReadOnlyDictionary<string, long> Findings, IReadOnlyList<StoreFinding> Examples)
{
    /// <summary>Whether all of it fits.</summary>
    public bool IsSound => Findings.Count == 0;
}
