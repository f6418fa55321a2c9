using System.CommandLine;
using BenchmarkDotNet.Running;
using Integration.Benchmarks.Fill;
using Integration.Benchmarks.Load;

namespace Integration.Benchmarks;

/// <summary>What can be measured: <c>dotnet run -c Release --project tests/Integration.Benchmarks -- VERB</c>.</summary>
internal static class Verbs
{
    /// <summary>
    /// Measurements of one part of the engine that print a line or a table themselves. To add one: a class with a <c>Run</c>, a line here.
    /// </summary>
    private static readonly (string Name, string Description, Action Run)[] Parts =
    [
        ("parse", "HL7 on one core: messages parsed beside a span splitter, acknowledgements and framing.", ParseBench.Run),
        ("split", "Megabytes a second of a batch file taken apart into messages on one core.", BatchBench.Run),
        ("map", "Messages a second mapped to FHIR resources on one core, by number of OBX.", MappingBench.Run),
        ("stages", "Bytes and time that each stage of the pipeline costs a message, on one thread.", StagesBench.Run),
        ("store", "Journal appends and processing batches a second, with latency and disk.", StoreBench.Run),
        ("patient", "A patient with 100,000 resources, on SQLite and MongoDB: milliseconds to open, seconds to read all.", LargePatientBench.Run),
        ("validate", "FHIR resources a second validated with all invariants, FHIRPath and search values, on one core.", ValidateBench.Run),
        ("import", "FHIR resources a second from intake to the committed record, validated, in Bundles of 50.", FhirImportBench.Run),
        ("sql", "Rows a second of a table's first load into the journal, what a round behind it costs, and a reconcile.", SqlBench.Run),
        ("due", "100,000 pieces of due work in one minute: how many a second the sweep asks again and tells, on SQLite.", DueWorkBench.Run),
        ("vitals", "10,000 devices with a reading a minute: time until each is decided, loss; then a year of minutes read, on SQLite.", VitalsBench.Run),
        ("dicom", "Gigabytes a second of CT-like DICOM files scanned up to their pixels, on one core.", DicomBench.Run),
        ("dicom-store", "2,000 instances of 500 KB sent by dcmtk's storescu into the engine and into dcmtk's storescp, in turns.", DicomStoreBench.Run),
        ("fhir", "FHIR resources a second checked by the validator on one core.", FhirBench.Run),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Measures the engine. Build with -c Release; other work on the machine shows in the figures.")
        {
            LoadCommand.Create(), FillCommand.Create(), SearchBench.Create(), FacadeBench.Create(), ReportCommand.Create(),
        };
        foreach (var (name, description, run) in Parts)
        {
            var part = new Command(name, description);
            part.SetAction(_ => run());
            root.Add(part);
        }

        var switcher = new Command("bdn", "Passes what follows to BenchmarkDotNet, e.g. bdn --filter '*'.") { TreatUnmatchedTokensAsErrors = false };
        switcher.SetAction(parsed => BenchmarkSwitcher.FromAssembly(typeof(Verbs).Assembly).Run([.. parsed.UnmatchedTokens]));
        root.Add(switcher);
        root.Add(FuzzCommand.Create());
        var exitCode = await root.Parse(args).InvokeAsync();
        ReportCommand.TellCost();
        return exitCode;
    }
}
