using System.Diagnostics;
using System.Globalization;
using System.Text;
using Integration.Adapters.Fhir;
using Integration.Adapters.Fhir.Parsing;
using Integration.Core;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Integration.Benchmarks;

/// <summary>Transaction Bundles of one patient with 50 resources each, from intake to the committed record, with validation on.</summary>
internal static class FhirImportBench
{
    private const int Bundles = 600;
    private const int WarmUp = 100;
    private const int Resources = 50;
    private const int AtOnce = 32;
    private const string Authority = "http://bench.example/fhir";

    public static void Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        await using var bench = await BenchStore.OpenAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Feeds:emr:Adapter"] = "Fhir.Endpoint",
            ["Feeds:emr:Listen"] = "127.0.0.1:0",
            ["Feeds:emr:AssigningAuthority"] = Authority,
        }).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IDocumentStore>(bench.Store).AddSingleton<IConfiguration>(configuration)
            .AddEngine(configuration, Path.Combine(RepositoryFolder.Path, "mappings")).AddFhirAdapter();
        await using var provider = services.BuildServiceProvider();
        var dispatcher = provider.GetServices<IHostedService>().OfType<LaneDispatcher>().Single();
        await dispatcher.StartAsync(CancellationToken.None);
        await ImportAsync(provider, 0, WarmUp);
        var began = Stopwatch.GetTimestamp();
        await ImportAsync(provider, WarmUp, Bundles);
        var took = Stopwatch.GetElapsedTime(began);
        await dispatcher.StopAsync(CancellationToken.None);
        var failed = provider.GetRequiredService<MessageTally>().Total(MessageState.Failed);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"import: {Bundles * Resources / took.TotalSeconds:N0} resources/s ({Bundles} Bundles of {Resources}, validated, committed), {failed} failed, {Environment.WorkingSet / 1048576} MB"));
    }

    private static async Task ImportAsync(IServiceProvider provider, int first, int count)
    {
        var intake = provider.GetRequiredService<IMessageIntake>();
        await Parallel.ForEachAsync(Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, stop) =>
        {
            var result = await intake.AcceptAsync(FhirHeaderReader.MessageOf("emr", Bundle(number), Authority) with { WatchCompletion = true }, stop);
            using var watch = ((IntakeResult.Accepted)result).Completion!;
            await watch.Finished;
        });
    }

    private static byte[] Bundle(int number)
    {
        var text = new StringBuilder("""{"resourceType":"Bundle","type":"transaction","entry":[""");
        var patient = Uuid(number, 0);
        Add("Patient", 0, $$""" "identifier":[{"system":"urn:bench:mrn","value":"M{{number}}"}],"name":[{"family":"Bench","given":["{{number}}"]}],"gender":"female","birthDate":"1980-01-01" """);
        for (var i = 1; i < Resources; i++)
        {
            var subject = $$""" "subject":{"reference":"{{patient}}"} """;
            if (i % 10 == 1)
            {
                Add("Encounter", i, $$"""{{subject}},"status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"period":{"start":"2026-03-01T08:00:00+08:00"} """);
            }
            else
            {
                Add("Observation", i, $$$"""
                    {{{subject}}},"encounter":{"reference":"{{{Uuid(number, i - ((i - 1) % 10))}}}"},"status":"final",
                    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
                    "code":{"coding":[{"system":"http://loinc.org","code":"2339-0","display":"Glucose"}],"text":"Glucose"},"effectiveDateTime":"2026-03-01T08:00:00+08:00",
                    "issued":"2026-03-01T08:30:00.000+08:00","valueQuantity":{"value":{{{i}}}.10,"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"}
                    """);
            }
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());

        void Add(string type, int index, string members) => text.Append(index == 0 ? "" : ",").Append(
            CultureInfo.InvariantCulture,
            $$$"""{"fullUrl":"{{{Uuid(number, index)}}}","resource":{"resourceType":"{{{type}}}",{{{members}}}},"request":{"method":"POST","url":"{{{type}}}"}}""");
    }

    private static string Uuid(int bundle, int index) => string.Create(CultureInfo.InvariantCulture, $"urn:uuid:00000000-0000-4000-8000-{bundle:x8}{index:x4}");
}
