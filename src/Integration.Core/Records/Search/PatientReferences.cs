using Integration.Core.Storage;

namespace Integration.Core.Records.Search;

/// <summary>
/// Who a Patient of the record is. A golden record may hold several Patient resources, one for each number that a source gave the person, and what
/// refers to one of them is about all of them: to ask for one is to ask for the person. Safe for many threads.
/// </summary>
public sealed class PatientReferences(IDocumentStore store)
{
    // A chain of merges that is longer is a ring, which only a fault can make.
    private const int MaxMerges = 100;
    private const int MaxPatients = 1_000;

    /// <summary>The golden record behind the id of a Patient, or behind its own id; null when there is none.</summary>
    public async ValueTask<string?> OwnerOfAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(Collections.Resources, $"Patient/{id}", withPayload: false, cancellationToken) is { } stored)
        {
            return RecordResource.Read(stored).PatientId;
        }

        var owner = id;
        for (var merges = 0; merges < MaxMerges; merges++)
        {
            if (await store.GetAsync(Collections.Patients, owner, withPayload: false, cancellationToken) is not { } summary)
            {
                return null;
            }

            if (Collections.Patients.Read(summary).MergedInto is not { } next)
            {
                return owner;
            }

            owner = next;
        }

        throw new InvalidDataException($"Patient {id} was merged in a ring.");
    }

    /// <summary>All Patient resources of golden records, as <c>Patient/id</c>.</summary>
    public async ValueTask<HashSet<string>> OfAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken)
    {
        var query = new DocumentQuery(Collections.Resources)
        {
            Where =
            [
                new DocumentFilter.In(Collections.Resources.Field("patientId"), [.. owners]),
                new DocumentFilter.Equal(Collections.Resources.Field("type"), "Patient"),
            ],
            Limit = MaxPatients,
        };
        var references = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            references.Add(stored.Id);
        }

        return references;
    }
}
