using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Host.Commands;

namespace Integration.Tests.Commands;

/// <summary>The verb <c>csv preview</c> with the feed of the shipped settings.</summary>
public sealed class CsvCommandTests : IDisposable
{
    private const string Heading = "病历号,姓名,性别,出生日期\r\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("csv-preview-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Preview_Gb18030File_ShowsColumnsRowsAndRejectedLines_AndLeavesIt()
    {
        var file = Save(Heading + "K1,王㛃,女,1980-02-03\r\n,无号,男,1990-01-01\r\nK2,李明,男,1979-12-31\r\nK2,重复,男,1979-12-31\r\n", CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!);

        var (code, output, _) = await RunAsync(file);

        Assert.Equal(1, code);
        Assert.Contains("王㛃", output);
        Assert.Contains("Patient", output);
        Assert.Contains("Encoding GB18030, 分隔符 separator ,", output);
        Assert.Contains("病历号 → patient_id, 姓名 → name", output);
        Assert.Contains("2 rows would be taken, 2 lines rejected.", output);
        Assert.Contains("- line 3: patient_id is empty.", output);
        Assert.Contains("- line 5: An earlier line has the same patient_id.", output);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Preview_AsJson_IsOneObjectARow()
    {
        var (code, output, _) = await RunAsync(Save(Heading + "K1,王㛃,女,1980-02-03\r\nK2,李明,男,1979-12-31\r\n", Encoding.UTF8), "--json", "--rows", "1");

        Assert.Equal(0, code);
        Assert.NotNull(JsonNode.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public async Task Preview_HeadingWithoutTheKey_SaysWhatToDo()
    {
        var (code, output, _) = await RunAsync(Save("编号,姓名\nK1,王㛃\n", Encoding.UTF8));

        Assert.Equal(1, code);
        Assert.Contains("The heading has no column patient_id. Correct the file, or name its headings under Columns.", output);
    }

    [Theory]
    [InlineData("his", "no Csv.Folder feed")]
    [InlineData("nobody", "There is no feed 'nobody'")]
    public async Task Preview_WrongFeed_IsTold(string feed, string text)
    {
        var (code, _, errors) = await RunAsync(Save(Heading, Encoding.UTF8), "--feed", feed);

        Assert.Equal(2, code);
        Assert.Contains(text, errors);
    }

    [Fact]
    public async Task Preview_MissingFile_IsTold()
    {
        var (code, _, errors) = await RunAsync(Path.Combine(_folder, "nowhere.csv"));

        Assert.Equal(2, code);
        Assert.Contains("nowhere.csv", errors);
        Assert.DoesNotContain("   at ", errors);
    }

    private string Save(string text, Encoding encoding)
    {
        var path = Path.Combine(_folder, "客户.csv");
        File.WriteAllText(path, text, encoding);
        return path;
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string file, params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        string[] feed = arguments.Contains("--feed") ? [] : ["--feed", "import"];
        var code = await CommandLine.RunAsync(["csv", "preview", file, .. feed, .. arguments], new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
