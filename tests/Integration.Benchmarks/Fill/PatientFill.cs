using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Identity;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Benchmarks.Fill;

/// <summary>Puts many patients into a store past the pipeline: a summary, an identity, a Patient and a visit each, as a first admission leaves them.</summary>
internal static class PatientFill
{
    private const string Authority = "urn:authority:FILL";
    private const int PatientsABatch = 250;
    private const int AtOnce = 4;

    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Families = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭"];
    private static readonly string[] Givens = ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明"];

    /// <summary>Fills an empty store; patients of earlier calls with the same numbers are replaced.</summary>
    /// <param name="written">Told how many patients more are stored.</param>
    public static Task RunAsync(IDocumentStore store, int patients, Action<int> written, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(0, (patients + PatientsABatch - 1) / PatientsABatch),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (part, token) =>
        {
            var batch = new WriteBatch();
            var (first, end) = (part * PatientsABatch, Math.Min(patients, (part + 1) * PatientsABatch));
            for (var number = first; number < end; number++)
            {
                Add(batch, number);
            }

            if (await store.CommitAsync(batch, CommitPriority.Processing, token) is not CommitResult.Committed)
            {
                throw new InvalidOperationException("Somebody else writes into this store.");
            }

            written(end - first);
        });

    private static void Add(WriteBatch batch, int number)
    {
        var value = string.Create(CultureInfo.InvariantCulture, $"{number:D8}");
        var person = new Person(
            string.Create(CultureInfo.InvariantCulture, $"pfill{number:x20}"),
            new PatientIdentifier(Authority, value, "MR"),
            Families[number % Families.Length] + Givens[number / 16 % Givens.Length] + Givens[number / 256 % Givens.Length],
            number % 2 == 0 ? "male" : "female",
            string.Create(CultureInfo.InvariantCulture, $"{1930 + (number % 90)}-{1 + (number % 12):D2}-{1 + (number % 28):D2}"),
            string.Create(CultureInfo.InvariantCulture, $"13{number:D9}"),
            Start.AddMinutes(number));
        batch.Add(Collections.Patients.Put(Summary(person), null));
        batch.Add(Collections.Identities.Put(Identity(person), null));
        batch.Add(Resource("Patient", $"f{value}", person, new JsonObject
        {
            ["resourceType"] = "Patient",
            ["id"] = $"f{value}",
            ["identifier"] = new JsonArray(new JsonObject { ["system"] = Authority, ["value"] = value }),
            ["name"] = new JsonArray(new JsonObject { ["text"] = person.Name }),
            ["birthDate"] = person.Born,
            ["gender"] = person.Gender,
        }));
        batch.Add(Resource("Encounter", $"v{value}", person, new JsonObject
        {
            ["resourceType"] = "Encounter",
            ["id"] = $"v{value}",
            ["status"] = "finished",
            ["class"] = new JsonObject { ["code"] = "AMB" },
            ["period"] = new JsonObject { ["start"] = person.Visit.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture) },
        }));
    }

    private static PatientDocument Summary(Person person) => new()
    {
        Id = person.Id,
        Demographics = new(person.Name, person.Gender, person.Born, false, [], [person.Phone], "北京市", null),
        Identifiers = [new(Authority, person.Identifier.Value, "MR")],
        Sections = [new("encounters", 1, [new($"Encounter/v{person.Identifier.Value}", person.Visit, "门诊", "AMB", "finished", null)])],
        ResourceCounts = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["Encounter"] = 1, ["Patient"] = 1 },
        NameKeys = [person.Name],
        IdentifierKeys = [person.Identifier.Value, person.Identifier.Key],
        PhoneKeys = [person.Phone, person.Phone[^4..]],
        LastEvent = person.Visit,
    };

    private static IdentityDocument Identity(Person person) => new()
    {
        Id = person.Identifier.Key,
        Identifier = person.Identifier,
        PatientId = person.Id,
        OriginPatientId = person.Id,
        LinkedBy = "new",
        LinkedByMessage = "fill",
        Demographics = new(person.Name, person.Born, person.Gender, person.Phone),
    };

    private static DocumentWrite Resource(string type, string id, Person person, JsonObject resource) => Collections.Resources.Put(
        new ResourceDocument
        {
            Id = $"{type}/{id}",
            Type = type,
            PatientId = person.Id,
            SourceIdentity = person.Identifier.Key,
            Effective = person.Visit,
            Version = 1,
            LastUpdated = person.Visit,
            Provenance = new("fill", "fill", "fill", type, type, person.Visit),
            Resource = resource,
        },
        null);

    private sealed record Person(string Id, PatientIdentifier Identifier, string Name, string Gender, string Born, string Phone, DateTimeOffset Visit);
}
