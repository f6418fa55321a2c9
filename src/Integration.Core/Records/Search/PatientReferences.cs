using System.Text.Json;
using Integration.Core.Identity;
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

    /// <summary>The Patient resource that stands for a golden record: the one with that number, not one that was merged away; null when there is none.</summary>
    /// <param name="identifier">Null: any of them.</param>
    public async ValueTask<RecordResource?> PatientOfAsync(string owner, PatientIdentifier? identifier, CancellationToken cancellationToken)
    {
        RecordResource? best = null;
        var bestRank = -1;
        await foreach (var stored in store.ReadAllAsync(PatientsOf([owner]), cancellationToken))
        {
            var patient = RecordResource.Read(stored);
            var rank = (IsReplaced(patient.Resource) ? 0 : 2) + (identifier is not null && Has(patient.Resource, identifier) ? 1 : 0);
            if (rank > bestRank)
            {
                (best, bestRank) = (patient, rank);
            }
        }

        return best;
    }

    /// <summary>All Patient resources of golden records, as <c>Patient/id</c>.</summary>
    public async ValueTask<HashSet<string>> OfAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken)
    {
        var references = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var stored in store.ReadAllAsync(PatientsOf(owners), cancellationToken))
        {
            references.Add(stored.Id);
        }

        return references;
    }

    private static DocumentQuery PatientsOf(IReadOnlyCollection<string> owners) => new(Collections.Resources)
    {
        Where =
        [
            new DocumentFilter.In(Collections.Resources.Field("patientId"), [.. owners]),
            new DocumentFilter.Equal(Collections.Resources.Field("type"), "Patient"),
        ],
        Limit = MaxPatients,
    };

    private static bool IsReplaced(JsonElement patient) => Items(patient, "link").Any(link => Is(link, "type", "replaced-by"));

    private static bool Has(JsonElement patient, PatientIdentifier identifier) =>
        Items(patient, "identifier").Any(i => Is(i, "system", identifier.Authority) && Is(i, "value", identifier.Value));

    private static IEnumerable<JsonElement> Items(JsonElement resource, string name) =>
        resource.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Object) : [];

    private static bool Is(JsonElement item, string name, string text) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}
