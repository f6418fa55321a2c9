using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>A resource whose golden record or content an unmerge changes.</summary>
/// <param name="Before">As it was, with the time at which it was said last.</param>
/// <param name="StoredVersion">At which its document stands.</param>
internal sealed record PartedResource(ResourceDocument Before, ResourceDocument After, long StoredVersion)
{
    public bool IsNewVersion => Before.Version != After.Version;
}

/// <summary>What an unmerge does to the resources of a golden record.</summary>
/// <remarks>
/// <para>1. A resource goes with the identity that it was sent for first.</para>
/// <para>2. A Patient that one of the other side replaced is as before the merge, see <see cref="MergeUndo"/>.</para>
/// <para>3. What one side wrote into the other's resources, as sources do after a merge, names its own Patient again, from the decision on.</para>
/// </remarks>
/// <param name="leaving">Keys of the identities that go.</param>
/// <param name="decided">As of when they are two people (UTC).</param>
/// <param name="now">Now (UTC).</param>
internal sealed class RecordParting(IReadOnlySet<string> leaving, string toPatientId, DateTimeOffset decided, DateTimeOffset now)
{
    private const int MaxHistory = 500;

    /// <param name="owned">All resources of the record, as of when they were said last, each with the version of its document.</param>
    /// <returns>Each resource as it will be; <see cref="PartedResource.After"/> is the same object as before where nothing changes.</returns>
    public async ValueTask<IReadOnlyList<PartedResource>> PartAsync(
        IDocumentStore store, IReadOnlyList<(ResourceDocument Document, long Version)> owned, CancellationToken cancellationToken)
    {
        var goes = owned.Where(o => leaving.Contains(o.Document.SourceIdentity)).Select(o => o.Document.Id).ToHashSet(StringComparer.Ordinal);
        var patients = owned.Select(o => o.Document).Where(document => document.Type == "Patient").OrderBy(document => document.Id, StringComparer.Ordinal).ToList();
        var (ofLeaving, ofStaying) = (patients.FindAll(patient => goes.Contains(patient.Id)), patients.FindAll(patient => !goes.Contains(patient.Id)));
        var parted = new List<PartedResource>(owned.Count);
        foreach (var (document, version) in owned)
        {
            var isGoing = goes.Contains(document.Id);
            var (own, others) = isGoing ? (ofLeaving, ofStaying) : (ofStaying, ofLeaving);
            var names = others.Select(patient => patient.Id).ToHashSet(StringComparer.Ordinal);
            var after = document.Type == "Patient" ? await RestoreAsync(store, document, own, names, cancellationToken) : Redirected(document, own, names);
            after = ReferenceEquals(after, document) ? document : after with { Version = document.Version + 1, LastUpdated = now };
            parted.Add(new PartedResource(document, isGoing ? after with { PatientId = toPatientId } : after, version));
        }

        return parted;
    }

    private static async ValueTask<ResourceDocument> RestoreAsync(
        IDocumentStore store, ResourceDocument patient, List<ResourceDocument> own, HashSet<string> others, CancellationToken cancellationToken)
    {
        if (!MergeUndo.Survivors(patient).Any(others.Contains))
        {
            return patient;
        }

        var history = await store.QueryAsync(new DocumentQuery(Collections.ResourceHistory)
        {
            Where = [new DocumentFilter.Equal(Collections.ResourceHistory.Field("resourceId"), patient.Id)],
            OrderBy = [new DocumentSort(DocumentField.Sequence, Descending: true)],
            Limit = MaxHistory,
        }, cancellationToken);
        return MergeUndo.Take(patient, [.. history.Documents.Select(Collections.ResourceHistory.Read)], own.Select(one => one.Id).ToHashSet(StringComparer.Ordinal), others);
    }

    private ResourceDocument Redirected(ResourceDocument document, List<ResourceDocument> own, HashSet<string> others)
    {
        if (others.Count == 0 || !ResourceMoves.RefersTo(document.Resource, others) || (own.Find(patient => patient.SourceIdentity == document.SourceIdentity) ?? own.FirstOrDefault()) is not { } patient)
        {
            return document;
        }

        var resource = document.Resource.DeepClone().AsObject();
        ResourceMoves.Redirect(resource, others, patient.Id);
        return document with { Resource = resource, ElementTimes = ResourceMoves.WithSubjectTime(document, decided) };
    }
}
