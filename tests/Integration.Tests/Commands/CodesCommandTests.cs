using System.CommandLine;
using System.Text.Json.Nodes;
using Integration.Core.Audit;
using Integration.Core.Storage;
using Integration.Host.Commands;
using Integration.Storage.Sqlite;
using Integration.Tests.Mapping;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.Tests.Commands;

/// <summary>The verbs that change and remember tables, beside a store that no engine holds.</summary>
public sealed class CodesCommandTests : IDisposable
{
    private const string Name = "AdministrativeSex";
    private const string Site = "sites/his/codesystems/AdministrativeSex.yaml";

    private readonly MappingsCopy _copy = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("codes-");

    private string Database => Path.Combine(_folder.FullName, "integration.db");

    [Fact]
    public async Task Import_Yes_HasANumberToGoBackToAndStandsInTheAudit()
    {
        _copy.Write(Site, "# ours\ncodes:\n  Q1: male   # why\n");
        await MakeStoreAsync();
        var before = _copy.Read(Site);

        var preview = await RunAsync("import", Name, Table("source,code\nQ1,female\n"), "--feed", "his");
        var untouched = _copy.Read(Site);
        var taken = await RunAsync("import", Name, Table("source,code\nQ1,female\n"), "--feed", "his", "--yes", "--reason", "new coding");
        var changed = _copy.Read(Site);
        var history = JsonNode.Parse((await RunAsync("history", Name, "--feed", "his", "--json")).Output)!;
        var text = await RunAsync("history", Name, "--feed", "his");
        var looked = await RunAsync("rollback", Name, "--feed", "his", "--to", "1");
        var between = _copy.Read(Site);
        var back = await RunAsync("rollback", Name, "--feed", "his", "--to", "1", "--yes");

        Assert.All(new[] { preview, taken, text, looked, back }, run => Assert.Equal((0, ""), (run.ExitCode, run.Error)));
        Assert.Contains("~ Q1 -> female   (原为 was male)", preview.Output, StringComparison.Ordinal);
        Assert.Equal(before, untouched);
        Assert.Contains("mappings number 2; in the audit", taken.Output, StringComparison.Ordinal);
        Assert.Equal("# ours\ncodes:\n  'Q1': 'female'\n", changed);
        Assert.Equal([(2, true, 1), (1, false, 0)], history["versions"]!.AsArray().Select(v => ((int)v!["number"]!, (bool)v["current"]!, (int)v["changed"]!)));
        Assert.Contains($"{Environment.UserName}@{Environment.MachineName}", text.Output, StringComparison.Ordinal);
        Assert.Contains("~ Q1 -> male   (原为 was female)", looked.Output, StringComparison.Ordinal);
        Assert.Equal(changed, between);
        Assert.Equal(before, _copy.Read(Site));
        var deeds = await AuditAsync();
        Assert.Equal([AuditActions.RollBackCodes, AuditActions.ImportCodes], deeds.Select(deed => deed.Action));
        Assert.All(deeds, deed => Assert.Equal((Site, $"{Environment.UserName}@{Environment.MachineName}"), (deed.Target, deed.Actor)));
        Assert.EndsWith("; new coding", deeds[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rollback", Name, "--to", "7", "--yes")]
    [InlineData("history", "NoSuchMap")]
    [InlineData("rollback", Name)]
    [InlineData("history", Name, "--engine", "localhost")]
    public async Task WhatThereIsNot_IsALineAndEndsWith2(params string[] arguments)
    {
        await MakeStoreAsync();

        var (exitCode, output, error) = await RunAsync(arguments);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task History_NoStore_SaysSo()
    {
        var (exitCode, _, error) = await RunAsync("history", Name);

        Assert.Equal(2, exitCode);
        Assert.Contains("There is no store yet", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Database));
    }

    [Fact]
    public async Task History_StoreOfARunningEngine_SaysHowToAskIt()
    {
        await using var store = await OpenStoreAsync();

        var (exitCode, _, error) = await RunAsync("history", Name);

        Assert.Equal(2, exitCode);
        Assert.Contains("--engine http://127.0.0.1:8080", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_Yes_NoStore_WritesTheFileAndSaysThatItIsNotInTheAudit()
    {
        var (exitCode, output, _) = await RunAsync("import", Name, Table("source,code\nQ1,female\n"), "--feed", "his", "--yes");

        Assert.Equal(0, exitCode);
        Assert.Contains("Not in the audit: there is no store yet.", output, StringComparison.Ordinal);
        Assert.Equal("codes:\n  'Q1': 'female'\n", _copy.Read(Site));
    }

    public void Dispose()
    {
        _copy.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Table(string csv)
    {
        var path = Path.Combine(_folder.FullName, "table.csv");
        File.WriteAllText(path, csv);
        return path;
    }

    private async Task MakeStoreAsync() => await (await OpenStoreAsync()).DisposeAsync();

    private async Task<SqliteDocumentStore> OpenStoreAsync()
    {
        var store = new SqliteDocumentStore(Options.Create(new SqliteStorageOptions { Path = Database }), NullLogger<SqliteDocumentStore>.Instance);
        await store.OpenAsync(Collections.All, CancellationToken.None);
        return store;
    }

    private async Task<IReadOnlyList<AuditEntry>> AuditAsync()
    {
        await using var store = await OpenStoreAsync();
        return (await new AuditTrail(store, TimeProvider.System).SearchAsync(new AuditSearch(), CancellationToken.None)).Entries;
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await CommandLine.RunAsync(
            ["mappings", "codes", .. arguments, "--set", $"Engine:DataFolder={_folder.FullName}", "--set", $"Engine:MappingsFolder={_copy.Folder}"],
            new InvocationConfiguration { Output = output, Error = error });
        return (exitCode, output.ToString(), error.ToString());
    }
}
