using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Integration.Host.Commands;
using Integration.Host.Commands.Check;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Commands;

/// <summary>The verb <c>check</c> with the shipped settings.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("check-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Check_ShippedSettings_AllIsWellAndNothingIsMade()
    {
        var (code, output, _) = await RunAsync();

        Assert.True(code == 0, output);
        Assert.Contains("All is well.", output, StringComparison.Ordinal);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Check_Mistakes_AreARowEachWithWhatToDo()
    {
        var (code, rows) = await JsonAsync(
            "--Engine:MappingFolder=x", "--Feeds:lis:Listen=127.0.0.1:nowhere", "--Destinations:crm:Adapter=Webhook", "--Destinations:crm:Url=http://127.0.0.1:1/events",
            "--Destinations:crm:Events=*", "--Feeds:pacs:Adapter=Dicom.Find", "--Feeds:pacs:Enabled=true", "--Feeds:pacs:Connect=pacs.invalid:104", "--Feeds:pacs:CalledAETitle=PACS");

        Assert.Equal(1, code);
        Assert.Contains(("failed", "settings", "Engine:MappingFolder"), rows.Keys);
        Assert.Contains(("failed", "settings", "Feeds:lis:Listen"), rows.Keys);
        Assert.Contains("Nothing answers at 127.0.0.1:1", rows[("failed", "peers", "Destinations:crm")], StringComparison.Ordinal);
        Assert.Contains("pacs.invalid", rows[("failed", "peers", "Feeds:pacs")], StringComparison.Ordinal);
    }

    /// <summary>A DICOM feed of ours is the archive.</summary>
    [Theory]
    [InlineData("PACS", "ok", "answers C-ECHO.")]
    [InlineData("SOMEBODY", "failed", "CalledAETitle")]
    public async Task Check_DicomArchive_IsAskedByItsProtocol(string title, string result, string expected)
    {
        await using var archive = await Dicom.EchoingArchive.StartAsync("PACS");

        var (code, rows) = await JsonAsync(
            "--Feeds:asked:Adapter=Dicom.Find", $"--Feeds:asked:Connect={archive.Endpoint}", $"--Feeds:asked:CalledAETitle={title}");

        Assert.Contains(expected, Assert.Contains((result, "peers", "Feeds:asked"), rows), StringComparison.Ordinal);
        Assert.Equal(result == "ok" ? 0 : 1, code);
    }

    [Fact]
    public async Task Check_PortsInUseAndGivenTwice_AreTold()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var taken = ((IPEndPoint)holder.LocalEndpoint).Port;

        var (code, rows) = await JsonAsync($"--Feeds:his:Listen=127.0.0.1:{taken}", $"--Feeds:lis:Listen=127.0.0.1:{taken}");

        Assert.Equal(1, code);
        Assert.Contains("is in use", rows[("note", "ports", "Feeds:his")], StringComparison.Ordinal);
        Assert.Contains("is that of Feeds:his too", rows[("failed", "ports", "Feeds:lis")], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_DataFolderBelowAFile_IsTold()
    {
        var file = Path.Combine(_folder.FullName, "occupied");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var (code, rows) = await JsonAsync($"--Storage:Sqlite:Path={Path.Combine(file, "data", "a.db")}");

        Assert.Equal(1, code);
        Assert.Contains("cannot be written to", rows[("failed", "store", "Storage:Sqlite:Path")], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_SomethingThatIsNoSetting_IsRefused()
    {
        var (code, _, errors) = await RunAsync("everything");

        Assert.Equal(2, code);
        Assert.Contains("No option of this verb, and no setting.", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Feeds:a:Connect", "lis.hospital.local:6661", "lis.hospital.local:6661")]
    [InlineData("Feeds:a:Host", "files.hospital.local:22", "files.hospital.local:22")]
    [InlineData("Feeds:a:BaseUrl", "https://emr.hospital.local/fhir", "emr.hospital.local:443")]
    [InlineData("Destinations:a:Url", "http://crm:8080/events", "crm:8080")]
    [InlineData("Destinations:a:Uri", "amqps://user:secret@broker/", "broker:5671")]
    [InlineData("Destinations:a:Smtp:Host", "mail.hospital.local", "mail.hospital.local:587")]
    [InlineData("Feeds:a:ConnectionString", "Host=his-db;Database=his;Password=x;Port=5433", "his-db:5433")]
    [InlineData("Feeds:a:ConnectionString", "Server=tcp:his-db,1444;Database=his", "his-db:1444")]
    [InlineData("Feeds:a:ConnectionString", "Data Source=/var/his.db", "")]
    [InlineData("Feeds:a:ConnectionString", "no pairs at all", "")]
    [InlineData("Storage:MongoDb:ConnectionString", "mongodb://u:p@one:27018,two/db?replicaSet=rs", "one:27018 two:27017")]
    public void Of_OneSetting_NamesWhomTheEngineConnectsTo(string key, string value, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value), KeyValuePair.Create("Storage:Provider", (string?)"MongoDb")]).Build();

        Assert.Equal(expected, string.Join(' ', ConfiguredPeers.Of(configuration).Select(peer => $"{peer.Address.Host}:{peer.Address.Port}")));
    }

    [Fact]
    public void Of_FeedThatIsNotEnabled_NamesNobody()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [KeyValuePair.Create("Feeds:a:Connect", (string?)"lis:6661"), KeyValuePair.Create("Feeds:a:Enabled", (string?)"false")]).Build();

        Assert.Empty(ConfiguredPeers.Of(configuration));
    }

    private async Task<(int Code, Dictionary<(string Result, string Area, string Subject), string> Rows)> JsonAsync(params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(["--json", .. arguments]);
        Assert.Empty(errors);
        var rows = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .ToLookup(row => ((string)row["result"]!, (string)row["area"]!, (string)row["subject"]!), row => (string)row["text"]!);
        return (code, rows.ToDictionary(row => row.Key, row => string.Join('\n', row)));
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(CultureInfo.InvariantCulture), new StringWriter(CultureInfo.InvariantCulture));
        var code = await CommandLine.RunAsync(
            ["check", $"--Engine:DataFolder={Path.Combine(_folder.FullName, "data")}", .. arguments], new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
