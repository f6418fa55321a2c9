using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.SystemTests.Storage;

/// <summary>A patient of many years: a summary, and a hundred thousand results of 600 bytes.</summary>
internal static class LargePatient
{
    public const int Results = 100_000;
    public const string Id = "p00000000000000000000large";
    private const int BatchSize = 500;
    private const int AtOnce = 4;

    private static readonly DateTimeOffset First = new(2006, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Stores the patient.</summary>
    /// <param name="written">Told how many results are stored.</param>
    public static async Task FillAsync(IDocumentStore store, Action<int> written, CancellationToken cancellationToken)
    {
        var summary = new WriteBatch();
        summary.Add(Collections.Patients.Put(Summary(), null));
        await CommitAsync(store, summary, cancellationToken);
        var done = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Results).Chunk(BatchSize), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (numbers, token) =>
            {
                var batch = new WriteBatch();
                foreach (var number in numbers)
                {
                    batch.Add(Collections.Resources.Put(Result(number), 0));
                }

                await CommitAsync(store, batch, token);
                written(Interlocked.Add(ref done, numbers.Length));
            });
    }

    /// <summary>Reads every page of the patient's results, newest first.</summary>
    /// <returns>Ids in the order read.</returns>
    public static async Task<List<string>> ReadAllAsync(PatientRecordStore records, CancellationToken cancellationToken)
    {
        var ids = new List<string>(Results);
        for (string? after = null; ;)
        {
            var page = await records.ResourcesAsync(Id, "Observation", 500, after, cancellationToken);
            ids.AddRange(page.Resources.Select(resource => resource.Id));
            if (page.Next is null)
            {
                return ids;
            }

            after = page.Next;
        }
    }

    /// <summary>Id of the n-th result, the oldest first.</summary>
    public static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"Observation/large{number:D6}");

    private static async Task CommitAsync(IDocumentStore store, WriteBatch batch, CancellationToken cancellationToken)
    {
        if (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is not CommitResult.Committed)
        {
            throw new InvalidOperationException("The store holds this patient already.");
        }
    }

    // Ten at a time: pages end inside a run of equal times.
    private static DateTimeOffset TimeOf(int number) => First.AddMinutes(number / 10 * 100);

    private static PatientDocument Summary() => new()
    {
        Id = Id,
        Demographics = new("王小明", "male", "1950-02-03", false, [], ["13800138000"], "北京市", null),
        Identifiers = [new("urn:authority:HIS", "large", "MR")],
        LastEvent = TimeOf(Results),
        Sections = [new("results", Results, [.. Enumerable.Range(1, SummarySection.MaxEntries)
            .Select(n => new SummaryEntry(IdOf(Results - n), TimeOf(Results - n), "白细胞计数", "6.1 10*9/L", "final", null))])],
        ResourceCounts = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["Observation"] = Results },
        IdentifierKeys = ["large", "urn:authority:HIS|large"],
    };

    private static ResourceDocument Result(int number) => new()
    {
        Id = IdOf(number),
        Type = "Observation",
        PatientId = Id,
        SourceIdentity = "urn:authority:HIS|large",
        Effective = TimeOf(number),
        Version = 1,
        LastUpdated = TimeOf(number),
        Provenance = new("lis", "0190000000007000800000000000aaaa", "2026-01", "OBX-Observation", "OBX[1]", TimeOf(number)),
        Resource = new JsonObject
        {
            ["resourceType"] = "Observation",
            ["id"] = IdOf(number)["Observation/".Length..],
            ["status"] = "final",
            ["code"] = new JsonObject { ["text"] = "白细胞计数" },
            ["effectiveDateTime"] = TimeOf(number).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture),
            ["valueQuantity"] = new JsonObject { ["value"] = number % 100 / 10m, ["unit"] = "10*9/L" },
        },
    };
}
