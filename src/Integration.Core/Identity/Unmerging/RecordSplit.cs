namespace Integration.Core.Identity.Unmerging;

/// <summary>How the identities of one golden record part. Pure.</summary>
/// <remarks>
/// <para>1. Numbers that the source has always sent together are one piece: naming one names all.</para>
/// <para>2. The side with the number that founded the record keeps the record's id; the other side goes.</para>
/// <para>3. It goes to a record that was merged away and held nothing but what goes, else to the record that its own numbers found.</para>
/// </remarks>
internal sealed class RecordSplit
{
    private readonly string _patientId;

    private RecordSplit(string patientId, IReadOnlyList<IdentityDocument> leaving, IReadOnlyList<IdentityDocument> staying) =>
        (_patientId, Leaving, Staying) = (patientId, leaving, staying);

    public IReadOnlyList<IdentityDocument> Leaving { get; }

    public IReadOnlyList<IdentityDocument> Staying { get; }

    /// <summary>Records that the identities who go may become, the fittest first.</summary>
    public IEnumerable<string> Candidates => Leaving.SelectMany(identity => identity.FormerPatientIds.Reverse()).Where(OnlyOfLeaving)
        .Concat(Leaving.Select(identity => identity.OriginPatientId)).Where(id => id != _patientId).Distinct(StringComparer.Ordinal);

    /// <summary>Records merged away in the past of which all identities go.</summary>
    public IReadOnlyList<string> FormerOfLeaving => [.. Leaving.SelectMany(FormerOf).Distinct(StringComparer.Ordinal).Where(OnlyOfLeaving)];

    /// <summary>Records merged away in the past of which an identity stays.</summary>
    public IReadOnlyList<string> FormerOfStaying => [.. Staying.SelectMany(FormerOf).Distinct(StringComparer.Ordinal).Where(id => id != _patientId)];

    /// <param name="all">All identities of the record.</param>
    /// <param name="named">Keys of those that go.</param>
    /// <returns>Null when nothing would stay: what is named and the rest were never two.</returns>
    public static RecordSplit? Of(string patientId, IReadOnlyList<IdentityDocument> all, IReadOnlyCollection<string> named)
    {
        var keys = named.ToHashSet(StringComparer.Ordinal);
        for (var more = true; more;)
        {
            var links = all.Where(identity => keys.Contains(identity.Id)).Select(LinkOf).ToHashSet(StringComparer.Ordinal);
            more = all.Where(identity => links.Contains(LinkOf(identity))).Count(identity => keys.Add(identity.Id)) > 0;
        }

        // What stands in a card comes last: a record is known by the numbers of the hospital.
        var ordered = all.OrderBy(identity => identity.Identifier.Authority == ResidentId.System).ThenBy(identity => identity.Id, StringComparer.Ordinal).ToList();
        var (leaving, staying) = (ordered.FindAll(identity => keys.Contains(identity.Id)), ordered.FindAll(identity => !keys.Contains(identity.Id)));
        if (leaving.Count == 0 || staying.Count == 0)
        {
            return null;
        }

        return leaving.Exists(identity => identity.OriginPatientId == patientId) ? new RecordSplit(patientId, staying, leaving) : new RecordSplit(patientId, leaving, staying);
    }

    /// <summary>All records that an identity belonged to and might have founded.</summary>
    internal static IEnumerable<string> FormerOf(IdentityDocument identity) => identity.FormerPatientIds.Append(identity.OriginPatientId);

    private bool OnlyOfLeaving(string id) => id != _patientId && !Staying.Any(identity => FormerOf(identity).Contains(id));

    private static string LinkOf(IdentityDocument identity) => identity.CameWith ?? identity.Id;
}
