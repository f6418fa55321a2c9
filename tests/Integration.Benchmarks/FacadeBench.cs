using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Records;
using Integration.Core.Records.Search;
using Integration.Core.Storage;
using Integration.Fhir.Search.Criteria;
using Integration.Host.Fhir;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Benchmarks;

/// <summary>Reading and searching the record as FHIR on one thread, without the web server: what the facade itself costs.</summary>
internal static class FacadeBench
{
    private const int Observations = 100;
    private const int Codes = 50;
    private const int Batch = 500;

    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Command Create()
    {
        var patients = new Option<int>("--patients") { Description = $"Each with {Observations} results; 50,000 make 5 million resources.", DefaultValueFactory = _ => 2_000 };
        var command = new Command("facade", "The record as FHIR: resources a second indexed for search, reads and searches a second with latency, on SQLite.") { patients };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(patients)));
        return command;
    }

    private static async Task RunAsync(int people)
    {
        await using var bench = await BenchStore.OpenAsync();
        var store = bench.Store;
        await FillAsync(store, people);
        var before = bench.Bytes;
        var index = new SearchIndexer(
            store, new MessageTally(), new FeedContexts(new Dictionary<string, FeedContext>(), TimeZoneInfo.Utc), TimeProvider.System, NullLogger<SearchIndexer>.Instance);
        var clock = Stopwatch.GetTimestamp();
        await index.CatchUpAsync(TimeSpan.FromHours(1), CancellationToken.None);
        var total = people * (Observations + 1);
        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"index    {total / seconds,9:n0} resources/s, {(bench.Bytes - before) / (double)total,6:n0} bytes a resource, {total:n0} resources"));

        var patients = new PatientReferences(store);
        var (search, versions) = (new ResourceSearch(store, index, patients), new ResourceVersions(store));
        await MeasureAsync("read", 20_000, async i =>
            Write((await versions.FindAsync($"Observation/o-{i * 7919 % people}-{i % Observations}", CancellationToken.None))!));
        await SearchAsync(search, "patient and code", 4_000, i => [("patient", $"p-{i * 7919 % people}"), ("code", $"http://loinc.org|{i % Codes}-1")]);
        await SearchAsync(search, "code and date", 1_000, i =>
            [("code", $"http://loinc.org|{i % Codes}-1"), ("date", Day(i)), ("_count", "20")]);
        await SearchAsync(search, "name", 2_000, i => [("name", $"姓{i % people}"), ("_count", "20")], "Patient");
        await SearchAsync(search, "identifier", 4_000, i => [("identifier", $"urn:authority:HIS|{i % people}")], "Patient");
    }

    private static string Day(int i) => Start.AddDays(i % Observations).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Task SearchAsync(ResourceSearch search, string name, int count, Func<int, List<(string, string)>> parameters, string type = "Observation")
    {
        var context = new FhirSearchContext(TimeSpan.Zero, Start, "http://127.0.0.1/fhir");
        return MeasureAsync(name, count, async i =>
        {
            var result = await search.RunAsync(new SearchRequestReader(type, context, isStrict: true).Read(parameters(i)), null, CancellationToken.None);
            if (result.Matches.Count == 0)
            {
                throw new InvalidOperationException($"The search by {name} found nothing.");
            }

            FhirBundles.Search(context.BaseUrl, "", null, result, null, []);
        });
    }

    private static void Write(RecordResource resource) => ResourceWriter.ToJson(writer => ResourceWriter.Write(writer, resource));

    private static async Task MeasureAsync(string name, int count, Func<int, Task> run)
    {
        for (var i = 0; i < count / 10; i++)
        {
            await run(i);
        }

        var times = new double[count];
        var clock = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await run(i);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-17}{count / seconds,9:n0}/s   p50 {times[count / 2],7:n2} ms   p95 {times[count * 95 / 100],7:n2} ms   p99 {times[count * 99 / 100],7:n2} ms"));
    }

    private static async Task FillAsync(IDocumentStore store, int people)
    {
        var batch = new WriteBatch();
        for (var patient = 0; patient < people; patient++)
        {
            for (var i = -1; i < Observations; i++)
            {
                batch.Add(Collections.Resources.Put(i < 0 ? Person(patient) : Observation(patient, i), 0));
                if (batch.Writes.Count == Batch)
                {
                    await store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
                    batch = new WriteBatch();
                }
            }
        }

        await store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
    }

    private static ResourceDocument Person(int patient) => Of(patient, "Patient", $"p-{patient}", Start, $$"""
        {"resourceType":"Patient","id":"p-{{patient}}","identifier":[{"system":"urn:authority:HIS","value":"{{patient}}"}],
        "name":[{"text":"姓{{patient}}","family":"姓{{patient}}"}],"gender":"female","birthDate":"1980-05-17"}
        """);

    private static ResourceDocument Observation(int patient, int i) => Of(patient, "Observation", $"o-{patient}-{i}", Start.AddDays(i).AddSeconds(patient), $$"""
        {"resourceType":"Observation","id":"o-{{patient}}-{{i}}","status":"final",
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
        "code":{"coding":[{"system":"http://loinc.org","code":"{{(patient + i) % Codes}}-1","display":"检验"}],"text":"检验"},"subject":{"reference":"Patient/p-{{patient}}"},
        "effectiveDateTime":"{{Start.AddDays(i).AddSeconds(patient):yyyy-MM-dd'T'HH:mm:ss'Z'}}","performer":[{"display":"检验科"}],
        "valueQuantity":{"value":{{patient % 97}}.5,"unit":"mmol/L"} }
        """);

    private static ResourceDocument Of(int patient, string type, string id, DateTimeOffset time, string json) => new()
    {
        Id = $"{type}/{id}",
        Type = type,
        PatientId = $"{patient:x32}",
        SourceIdentity = $"urn:authority:HIS|{patient}",
        Effective = time,
        Version = 1,
        LastUpdated = time,
        Provenance = new Provenance("lis", $"{patient:x32}", "0123456789ab", "rule", "OBX[1]", time),
        Resource = JsonNode.Parse(json)!.AsObject(),
    };
}
