using System.Globalization;
using System.Text.Json.Nodes;

namespace Integration.SystemTests.Fhir;

/// <summary>Bulk: files are imported into an engine that runs.</summary>
public sealed class ImportVerbTests
{
    [Fact]
    public async Task Import_ToARunningEngine_IsInTheRecordWhenItEnds()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var endpoint = FreePort.Next();
        using var folder = new TemporaryFolder();
        await using var engine = await EngineProcess.StartAsync(
            folder.Path, cancellationToken, "--Feeds:emr:Enabled=true", string.Create(CultureInfo.InvariantCulture, $"--Feeds:emr:Listen=127.0.0.1:{endpoint}"));
        var samples = Path.Combine(RepositoryRoot.Path, "samples", "fhir");

        var (exit, output) = await EngineProcess.RunToEndAsync(
            cancellationToken, "import", Path.Combine(samples, "01-transaction-visit.json"), Path.Combine(samples, "05-export.ndjson"), "--json",
            "--to", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{endpoint}/fhir"));
        var (locked, problem) = await EngineProcess.RunToEndAsync(cancellationToken, "import", samples, "--set", $"Engine:DataFolder={folder.Path}");

        Assert.True(exit == 0, output);
        var lines = (await File.ReadAllLinesAsync(Path.Combine(samples, "05-export.ndjson"), cancellationToken)).Count(line => line.Length > 0);
        Assert.Equal(1 + lines, (int)JsonNode.Parse(output)!["accepted"]!);
        Assert.True((await ExportedRecord.ReadAsync(engine, null, cancellationToken)).Count > lines);
        Assert.Equal(2, locked);
        Assert.Contains("--to", problem, StringComparison.Ordinal);
    }
}
