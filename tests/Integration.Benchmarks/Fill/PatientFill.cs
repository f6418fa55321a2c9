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
        var id = string.Create(CultureInfo.InvariantCulture, $"pfill{number:x20}");
        var value = string.Create(CultureInfo.InvariantCulture, $"{number:D8}");
        var name = Families[number % Families.Length] + Givens[number / 16 % Givens.Length] + Givens[number / 256 % Givens.Length];
        var phone = string.Create(CultureInfo.InvariantCulture, $"13{number:D9}");
        var born = string.Create(CultureInfo.InvariantCulture, $"{1930 + (number % 90)}-{1 + (number % 12):D2}-{1 + (number % 28):D2}");
        var time = Start.AddMinutes(number);
        var identity = new PatientIdentifier(Authority, value, "MR");
        var visit = new JsonObject
        {
            ["resourceType"] = "Encounter",
            ["id"] = $"v{value}",
            ["status"] = "finished",
            ["class"] = new JsonObject { ["code"] = "AMB" },
            ["period"] = new JsonObject { ["start"] = time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture) },
        };
        var person = new JsonObject
        {
            ["resourceType"] = "Patient",
            ["id"] = $"f{value}",
            ["identifier"] = new JsonArray(new JsonObject { ["system"] = Authority, ["value"] = value }),
            ["name"] = new JsonArray(new JsonObject { ["text"] = name }),
            ["birthDate"] = born,
            ["gender"] = number % 2 == 0 ? "male" : "female",
        };
        batch.Add(Collections.Patients.Put(
            new PatientDocument
            {
                Id = id,
                Demographics = new(name, number % 2 == 0 ? "male" : "female", born, false, [], [phone], "北京市", null),
                Identifiers = [new(Authority, value, "MR")],
                Sections = [new("encounters", 1, [new($"Encounter/v{value}", time, "门诊", "AMB", "finished", null)])],
                ResourceCounts = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["Encounter"] = 1, ["Patient"] = 1 },
                NameKeys = [name],
                IdentifierKeys = [value, identity.Key],
                PhoneKeys = [phone, phone[^4..]],
                LastEvent = time,
            },
            null));
        batch.Add(Collections.Identities.Put(
            new IdentityDocument
            {
                Id = identity.Key, Identifier = identity, PatientId = id, OriginPatientId = id, LinkedBy = "new", LinkedByMessage = "fill",
                Demographics = new(name, born, number % 2 == 0 ? "male" : "female", phone),
            },
            null));
        batch.Add(Resource("Patient", $"f{value}", id, identity, time, person));
        batch.Add(Resource("Encounter", $"v{value}", id, identity, time, visit));
    }

    private static DocumentWrite Resource(string type, string id, string patient, PatientIdentifier identity, DateTimeOffset time, JsonObject resource) =>
        Collections.Resources.Put(
            new ResourceDocument
            {
                Id = $"{type}/{id}",
                Type = type,
                PatientId = patient,
                SourceIdentity = identity.Key,
                Effective = time,
                Version = 1,
                LastUpdated = time,
                Provenance = new("fill", "fill", "fill", type, type, time),
                Resource = resource,
            },
            null);
}
