using System.Text;
using Integration.Adapters.Shared.Files;
using Integration.Adapters.Sql.Csv;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.SqlAdapter;

/// <summary>CSV: files that spreadsheets save come in whatever their encoding; bad lines are given back with number and reason.</summary>
public sealed class CsvFolderTests : IDisposable
{
    private readonly string _inbox = Directory.CreateTempSubdirectory("csv-folder-").FullName;

    public void Dispose() => Directory.Delete(_inbox, recursive: true);

    [Fact]
    public async Task GbkFile_With12BadRows_TakesTheOthers_AndGivesTheBadOnesBack()
    {
        await using var engine = await TestEngine.StartAsync();
        var lines = Enumerable.Range(1, 1000).Select(i => (i % 83) switch
        {
            0 when i % 2 == 0 => $",无号{i},男,1980-01-01",
            0 => $"K{i},多一列{i},男,1980-01-01,x,y",
            _ => $"K{i},患者{i},男,1980-01-01",
        });

        var entry = await PollAsync(engine, "客户.csv", Gb18030.GetBytes("病历号,姓名,性别,出生日期\r\n" + string.Join("\r\n", lines) + "\r\n"));

        Assert.Equal((FileState.Flagged, 988, 988), (entry.State, entry.Messages, entry.Accepted));
        var rejects = File.ReadAllLines(Path.Combine(_inbox, "failed", "客户.reject.csv"));
        Assert.Equal(13, rejects.Length);
        Assert.Equal("line,reason,病历号,姓名,性别,出生日期", rejects[0]);
        Assert.StartsWith("84,\"It has 6 values, the heading 4.\",K83,多一列83,", rejects[1]);
        Assert.StartsWith("167,patient_id is empty.,,无号166,", rejects[2]);
        Assert.Equal(12, entry.Issues.Count);
        await engine.RunAsync();
        Assert.Equal(988, (await engine.MessagesAsync()).Count(message => message.State == MessageState.Done));
        Assert.Equal("患者7", (await engine.PatientAsync("K7")).Demographics.Name);
    }

    [Theory]
    [InlineData("utf-8", true, ",")]
    [InlineData("utf-8", false, ";")]
    [InlineData("gb18030", false, ",")]
    [InlineData("utf-16", true, "\t")]
    [InlineData("utf-16BE", true, "\t")]
    public async Task EveryEncodingAndSeparator_GivesTheSameName(string encoding, bool mark, string separator)
    {
        await using var engine = await TestEngine.StartAsync();
        var encoder = encoding == "gb18030" ? Gb18030 : Encoding.GetEncoding(encoding);
        var text = $"病历号,姓名\nK1,\"㛃,雨桐\"\n".Replace(",", separator, StringComparison.Ordinal);

        var entry = await PollAsync(engine, "a.csv", [.. mark ? encoder.GetPreamble() : [], .. encoder.GetBytes(text)]);
        await engine.RunAsync();

        Assert.Equal(FileState.Done, entry.State);
        Assert.Equal($"㛃{separator}雨桐", (await engine.PatientAsync("K1")).Demographics.Name);
    }

    [Fact]
    public async Task SameFileAgain_IsACopy_AndTheCorrectedOneBringsOnlyWhatIsNew()
    {
        await using var engine = await TestEngine.StartAsync();
        await PollAsync(engine, "a.csv", "病历号,姓名\nK1,甲\n,乙\n"u8.ToArray());
        var copy = await PollAsync(engine, "b.csv", "病历号,姓名\nK1,甲\n,乙\n"u8.ToArray());
        var corrected = await PollAsync(engine, "c.csv", "病历号,姓名\nK1,甲\nK2,乙\n"u8.ToArray());
        await engine.RunAsync();

        Assert.Equal((1, 1), (copy.Copies, copy.Messages));
        Assert.Equal((FileState.Done, 2), (corrected.State, corrected.Accepted));
        Assert.Equal(2, (await engine.ResourcesAsync("Patient")).Count);
    }

    [Theory]
    [InlineData("姓名,性别\n甲,男\n", "patient_id")]
    [InlineData("病历号,姓名,姓名\nK1,甲,乙\n", "twice")]
    public async Task WrongHeading_FailsTheFile_AndSaysWhy(string text, string expected)
    {
        await using var engine = await TestEngine.StartAsync();

        var entry = await PollAsync(engine, "a.csv", Encoding.UTF8.GetBytes(text));

        Assert.Equal((FileState.Failed, 0), (entry.State, entry.Messages));
        Assert.Contains(expected, Assert.Single(entry.Issues).Text);
        Assert.True(File.Exists(Path.Combine(_inbox, "failed", "a.csv")));
    }

    [Fact]
    public async Task EmptyCell_LeavesWhatTheRecordHas()
    {
        await using var engine = await TestEngine.StartAsync();
        await PollAsync(engine, "a.csv", "病历号,姓名,phone\nK1,甲,13800000001\n"u8.ToArray());
        await PollAsync(engine, "b.csv", "病历号,姓名,phone\nK1,甲,\n"u8.ToArray());
        await engine.RunAsync();

        Assert.Equal("13800000001", (string?)Assert.Single(await engine.ResourcesAsync("Patient")).Resource["telecom"]![0]!["value"]);
    }

    private static Encoding Gb18030 => CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    private async Task<FileDocument> PollAsync(TestEngine engine, string name, byte[] content)
    {
        await File.WriteAllBytesAsync(Path.Combine(_inbox, name), content);
        var values = new Dictionary<string, string?>
        {
            ["Feeds:import:Adapter"] = "Csv.Folder",
            ["Feeds:import:Path"] = _inbox,
            ["Feeds:import:Pattern"] = "*.csv",
            ["Feeds:import:MinAge"] = "00:00:00",
            ["Feeds:import:Message"] = "his_patient",
            ["Feeds:import:Key"] = "patient_id",
            ["Feeds:import:PatientColumn"] = "patient_id",
            ["Feeds:import:AssigningAuthority"] = "CRM",
            ["Feeds:import:Columns:病历号"] = "patient_id",
            ["Feeds:import:Columns:姓名"] = "name",
            ["Feeds:import:Columns:性别"] = "sex",
            ["Feeds:import:Columns:出生日期"] = "birth_date",
        };
        var reader = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("Feeds:import"), RepositoryRoot.Path);
        var options = CsvFolderOptions.Read(reader);
        Assert.Empty(reader.Problems);
        var ledger = engine.Services.GetRequiredService<FileLedger>();
        await using var feed = new FilePickupAdapter(
            "import", options.Pickup, new LocalFolder(_inbox, options.Pickup.Pattern), new CsvFileFormat("import", options, engine.Intake), ledger, TimeProvider.System,
            NullLogger.Instance);
        await feed.PollAsync(CancellationToken.None);
        await feed.PollAsync(CancellationToken.None);
        var checksum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
        return (await ledger.FindAsync("import", checksum, CancellationToken.None))!;
    }
}
