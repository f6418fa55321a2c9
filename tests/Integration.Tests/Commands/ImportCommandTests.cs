using System.CommandLine;
using System.Text.Json.Nodes;
using Integration.Core.Security;
using Integration.Host.Commands;
using Integration.Tests.Hl7v2;
using Integration.Tests.Security;

namespace Integration.Tests.Commands;

/// <summary>Bulk: NDJSON and Bundle folders into the engine's own store.</summary>
public sealed class ImportCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("integration-import-");

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Import_AFolder_TakesEachContentOnceAndSaysWhatBecameOfIt()
    {
        var samples = Path.Combine(RepositoryRoot.Path, "samples", "fhir");
        var lines = (await File.ReadAllLinesAsync(Path.Combine(samples, "05-export.ndjson"))).Count(line => line.Length > 0);

        var (exit, first) = await RunJsonAsync(samples);
        var (again, second) = await RunJsonAsync(samples);

        Assert.Equal(1, exit);
        Assert.Equal(5, (int)first["files"]!);
        Assert.Equal(4 + lines, (int)first["messages"]!);
        Assert.Equal(4 + lines, (int)first["accepted"]!);
        Assert.Equal(1, (int)first["failed"]!);   // a gender that there is not
        Assert.Equal(0, again);
        Assert.Equal((0, 4 + lines), ((int)second["accepted"]!, (int)second["duplicates"]!));
    }

    [Fact]
    public async Task Import_LinesThatAreNoFhir_AreKeptAndTold()
    {
        var file = Path.Combine(_folder.FullName, "mixed.ndjson");
        await File.WriteAllTextAsync(file, """
            {"resourceType":"Organization","id":"a","name":"东院"}
            {"resourceType":"Hospital"}
            {"resourceType":"Organization","id":"b","name":"西院"}

            """);

        var (exit, result) = await RunJsonAsync(file);

        Assert.Equal(1, exit);
        Assert.Equal((3, 2, 1), ((int)result["messages"]!, (int)result["accepted"]!, (int)result["quarantined"]!));
    }

    [Fact]
    public async Task Import_ToAFeedThatDemandsACertificate_ShowsOurs()
    {
        using var certificates = new TestCertificates();
        await using var server = new TlsWebListener(new TlsOptions { CertificateFile = certificates.PemFile("server", TimeSpan.FromDays(200)), TrustedAuthoritiesFile = certificates.AuthorityFile });
        var file = Path.Combine(_folder.FullName, "bundle.json");
        await File.WriteAllTextAsync(file, """{"resourceType":"Bundle","type":"transaction","entry":[]}""");
        string[] arguments = ["import", file, "--to", server.Address.AbsoluteUri, "--authorities", certificates.AuthorityFile];

        var (refused, _, error) = await RunAsync(arguments);
        var (taken, _, _) = await RunAsync([.. arguments, "--certificate", certificates.PemFile("loader", TimeSpan.FromDays(200))]);

        Assert.Equal((2, 0), (refused, taken));
        Assert.Contains("--to", error, StringComparison.Ordinal);
        Assert.Equal(["loader"], server.Clients);
    }

    [Theory]
    [InlineData("none.ndjson", "emr", "no such file")]
    [InlineData("", "his", "no FHIR feed")]
    public async Task Import_ThatCannotBe_SaysWhy(string path, string feed, string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "a.json"), "{}");

        var (exit, _, error) = await RunAsync("import", Path.Combine(_folder.FullName, path), "--feed", feed, "--set", $"Engine:DataFolder={Data}");

        Assert.Equal(2, exit);
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    private async Task<(int Exit, JsonNode Result)> RunJsonAsync(string path)
    {
        var (exit, output, error) = await RunAsync("import", path, "--json", "--set", $"Engine:DataFolder={Data}");
        Assert.Equal("", error);
        return (exit, JsonNode.Parse(output)!);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await CommandLine.RunAsync(args, new InvocationConfiguration { Output = output, Error = error });
        return (exit, output.ToString(), error.ToString());
    }
}
