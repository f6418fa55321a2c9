namespace Integration.Core.Identity;

/// <summary>Who a message is about, and what was decided on the way.</summary>
/// <param name="PatientId">The golden record that the message's resources belong to.</param>
/// <param name="SubjectIdentity">Key of the source identity (<c>authority|value</c>) they were sent for.</param>
/// <param name="Merges">Golden records that this message joins into <paramref name="PatientId"/>; empty for almost every message.</param>
public sealed record IdentityResult(string PatientId, string SubjectIdentity, IReadOnlyList<PatientMerge> Merges)
{
    /// <summary>The message is about no patient: its resources are reference data, filed under an empty id.</summary>
    public static readonly IdentityResult Nobody = new("", "", []);

    public bool IsNobody => PatientId.Length == 0;
}

/// <summary>Identities that move from one golden record to another, with all their resources.</summary>
/// <param name="IdentityKeys">Source identities that move.</param>
public sealed record PatientMerge(string FromPatientId, string ToPatientId, IReadOnlyList<string> IdentityKeys);
