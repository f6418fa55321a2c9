using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Host.Commands;
using Integration.Tests.Samples;

namespace Integration.Tests.Commands;

public sealed class MappingCommandTests : IDisposable
{
    private const string Admission = "MSH|^~\\&|HIS|EAST|||20260316080000||ADT^A01|1|P|2.5.1\rEVN|A01|20260316080000\rPID|1||P1^^^HIS||王^芳||19800203|Q7\rZPD|1||x\r";

    private readonly string _folder = Directory.CreateTempSubdirectory("mappings-").FullName;

    private string MappingsFolder => Path.Combine(_folder, "mappings");

    [Fact]
    public async Task Map_Explain_NamesRuleAndPlaceOfEachValue()
    {
        var (exitCode, output, error) = await RunAsync("map", Write("a.hl7", Admission), "--explain", "--feed", "his");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"Patient\.name\[0\]\.family +王 +PID-5\.1 +XPN-HumanName:\d+ < PID-Patient:\d+", output);
        Assert.Contains("未读字段 Unread fields: ZPD-1, ZPD-3", output, StringComparison.Ordinal);
        Assert.Contains("未映射代码 Unmapped codes: AdministrativeSex: Q7 @ PID-8", output, StringComparison.Ordinal);
        Assert.Contains("警告 Warning  3103 PID-8", output, StringComparison.Ordinal);
        Assert.Contains("Not compared with the record", output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Map_Json_IsALineForEachMessageOfAFile()
    {
        var (exitCode, output, _) = await RunAsync("map", Write("b.hl7", Admission + Admission.Replace("P1^^^HIS", "P2^^^HIS", StringComparison.Ordinal)), "--json");

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((0, 2), (exitCode, lines.Length));
        var second = JsonNode.Parse(lines[1])!;
        Assert.EndsWith("b.hl7#2", second["file"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("P2", second["resources"]![0]!["resource"]!["identifier"]![0]!["value"]!.GetValue<string>());
        Assert.Null(second["resources"]![0]!["values"]);
    }

    [Fact]
    public async Task Map_Gb18030_ShowsTheName()
    {
        var utf8 = await RunAsync("map", Path.Combine(SampleFiles.Messages, "01-adt-a01-utf8.hl7"), "--explain");
        var gb18030 = await RunAsync("map", Path.Combine(SampleFiles.Messages, "02-adt-a01-gb18030.hl7"), "--explain");

        Assert.Equal((0, 0), (utf8.ExitCode, gb18030.ExitCode));
        Assert.Matches(@"Patient\.name\[0\]\.\w+ +\p{IsCJKUnifiedIdeographs}+", gb18030.Output);
    }

    [Fact]
    public async Task Map_UnreadableMessage_SaysWhyAndEndsWith1()
    {
        var (exitCode, output, error) = await RunAsync("map", Path.Combine(SampleFiles.Messages, "06-bad-no-header.hl7"));

        Assert.Equal((1, ""), (exitCode, error));
        Assert.Contains("隔离区", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Map_FhirBundle_ShowsResourcesUnderTheIdsOfTheRecord()
    {
        var (exitCode, output, error) = await RunAsync("map", Path.Combine(RepositoryRoot.Path, "samples", "fhir", "01-transaction-visit.json"));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"\n  Patient/\S+  <- \S+  FHIR", output);
        Assert.Matches(@"Encounter\.subject\.reference +Patient/", output);
        Assert.DoesNotContain("urn:uuid:", string.Join('\n', output.Split('\n').Where(line => line.Contains(".reference", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Map_NdJsonAndABrokenResource_SaysOfEachWhatWouldBecomeOfIt()
    {
        var file = Write("export.ndjson", """
            {"resourceType":"Organization","id":"a","name":"东院"}
            {"resourceType":"Patient","id":"b","gender":"F"}
            {"resourceType":"Hospital","id":"c"}

            """);

        var (exitCode, output, error) = await RunAsync("map", file, "--json");

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal((1, ""), (exitCode, error));
        Assert.Equal([false, true, true], lines.Select(line => (bool)line["refused"]!));
        Assert.Equal([$"{file}#1", $"{file}#2", $"{file}#3"], lines.Select(line => (string)line["file"]!));
        Assert.Contains("Patient.gender", lines[1]["issues"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Map_FolderOfFhirFiles_TakesAllOfThem()
    {
        var (exitCode, output, _) = await RunAsync("map", Path.Combine(RepositoryRoot.Path, "samples", "fhir"), "--json");

        var files = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Path.GetFileName((string)JsonNode.Parse(line)!["file"]!).Split('#')[0]).Distinct();
        Assert.Equal(1, exitCode);   // a gender that there is not
        Assert.Equal(["01-transaction-visit.json", "02-document-discharge.json", "03-two-patients.json", "04-invalid-gender.json", "05-export.ndjson"], files);
    }

    [Theory]
    [InlineData("no-such-file.hl7")]
    [InlineData("a.hl7", "--feed", "nobody")]
    public async Task Map_WrongArguments_AreALineAndEndWith2(params string[] arguments)
    {
        Write("a.hl7", Admission);

        var (exitCode, output, error) = await RunAsync(["map", Path.Combine(_folder, arguments[0]), .. arguments[1..]]);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Check_Product_IsValid()
    {
        var (exitCode, output, _) = await RunAsync("mappings", "check");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"valid: \d{3,} rules, version [0-9a-f]{12}", output);
    }

    [Fact]
    public async Task Check_TwoBrokenFiles_ListsBothWithLineAndColumn()
    {
        CopyMappings();
        Change("hl7v2/segments/PID-Patient.yaml", text => text + "  - { to: birthDay, from: PID-7 }\n");
        Change("hl7v2/codesystems/AdministrativeSex.yaml", text => text + "  X: [unclosed\n");

        var (exitCode, output, _) = await RunAsync("mappings", "check", "--mappings", MappingsFolder);
        var json = JsonNode.Parse((await RunAsync("mappings", "check", "--json", "--mappings", MappingsFolder)).Output)!;

        Assert.Equal(1, exitCode);
        Assert.Matches(@"mappings/hl7v2/codesystems/AdministrativeSex\.yaml:\d+:\d+: This is not valid YAML", output);
        Assert.Matches(@"mappings/hl7v2/segments/PID-Patient\.yaml:\d+:\d+: FHIR R4 Patient has no element 'birthDay'\. Did you mean birthDate\?", output);
        Assert.Contains(json["problems"]!.AsArray(), problem => problem!["file"]!.GetValue<string>().EndsWith("PID-Patient.yaml", StringComparison.Ordinal) && problem["line"]!.GetValue<int>() > 1);
    }

    [Fact]
    public async Task Test_AcceptThenBreakARule_IsRedWithTheFhirPath()
    {
        CopyMappings();
        Write("mappings/sites/his/tests/admission.hl7", Admission);

        var first = await RunAsync("mappings", "test", "--mappings", MappingsFolder);
        var accepted = await RunAsync("mappings", "test", "--mappings", MappingsFolder, "--accept");
        var again = await RunAsync("mappings", "test", "--mappings", MappingsFolder);
        Change("hl7v2/segments/PID-Patient.yaml", text => text.Replace("to: birthDate, from: PID-7", "to: birthDate, from: PID-29", StringComparison.Ordinal));
        var broken = await RunAsync("mappings", "test", "--mappings", MappingsFolder);

        Assert.Equal((1, 0, 0, 1), (first.ExitCode, accepted.ExitCode, again.ExitCode, broken.ExitCode));
        Assert.Contains("--accept", first.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 passed, 0 failed", again.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("Patient.birthDate: 期望 expected \"1980-02-03\", 实际 got -", broken.Output, StringComparison.Ordinal);
        Assert.EndsWith("0 passed, 1 failed", broken.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Matches(@"规则 Rules: \d+ of \d+ wrote something", broken.Output);
    }

    [Fact]
    public async Task Test_RuleOfTheSiteThatNoTestRuns_IsListed()
    {
        CopyMappings();
        Write("mappings/sites/his/segments/PID-Patient.yaml", "rules:\n  - { to: maritalStatus.text, from: 'ZPD-9[1]' }\n");
        Write("mappings/sites/his/tests/admission.hl7", Admission);

        var (_, output, _) = await RunAsync("mappings", "test", "--mappings", MappingsFolder, "--accept");

        Assert.Matches(@"mappings/sites/his/segments/PID-Patient\.yaml:2 +Patient\.maritalStatus\.text", output);
    }

    [Fact]
    public async Task Codes_ExportChangeImport_ShowsTheDifferenceAndWritesWhenTold()
    {
        CopyMappings();
        var table = Path.Combine(_folder, "sex.csv");
        var file = Path.Combine(MappingsFolder, "hl7v2", "codesystems", "AdministrativeSex.yaml");
        var before = File.ReadAllText(file);

        Assert.Equal(0, (await RunAsync("mappings", "codes", "export", "AdministrativeSex", table, "--mappings", MappingsFolder)).ExitCode);
        File.WriteAllText(table, File.ReadAllText(table).Replace("男,male", "男,other", StringComparison.Ordinal).Replace("A,other,,,,\r\n", "X9,unknown,,,,\r\n", StringComparison.Ordinal));
        var shown = await RunAsync("mappings", "codes", "import", "AdministrativeSex", table, "--mappings", MappingsFolder);

        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        Assert.Contains("+ X9 -> unknown\n~ 男 -> other   (原为 was male)\n- A -> other\n", shown.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("--yes", shown.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(file));

        Assert.Equal(0, (await RunAsync("mappings", "codes", "import", "AdministrativeSex", table, "--mappings", MappingsFolder, "--yes")).ExitCode);
        Assert.Contains("  '男': 'other'\n", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(table).TrimStart('\uFEFF').Split("\r\n").Order(), (await RunAsync("mappings", "codes", "export", "AdministrativeSex", "--mappings", MappingsFolder)).Output.Split("\r\n").Order());
    }

    [Theory]
    [InlineData("NoSuchMap", "source,code\nA,male\n", "There is no code map 'NoSuchMap'.")]
    [InlineData("AdministrativeSex", "source,code\nA\n", "line 2: Both source and code must be there.")]
    [InlineData("AdministrativeSex", "source,code\nA,mann\n", "'mann' is not a code that FHIR R4 allows for Patient.gender.")]
    public async Task Codes_ImportOfWhatIsNotValid_SaysWhyAndEndsWith2(string name, string table, string expected)
    {
        CopyMappings();
        var file = Path.Combine(MappingsFolder, "hl7v2", "codesystems", "AdministrativeSex.yaml");
        var before = File.ReadAllText(file);

        var (exitCode, _, error) = await RunAsync("mappings", "codes", "import", name, Write("t.csv", table), "--mappings", MappingsFolder, "--yes");

        Assert.Equal(2, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(file));
    }

    [Fact]
    public async Task Coverage_Folder_CountsUnreadFieldsAndCodes()
    {
        for (var i = 0; i < 7; i++)
        {
            Write($"day/{i}.hl7", i % 2 == 0 ? Admission : Admission.Replace("ZPD|1||x", "ZPD|1", StringComparison.Ordinal));
        }

        var (exitCode, output, _) = await RunAsync("mappings", "coverage", Path.Combine(_folder, "day"));
        var json = JsonNode.Parse((await RunAsync("mappings", "coverage", Path.Combine(_folder, "day"), "--json")).Output)!;

        Assert.Equal(0, exitCode);
        Assert.Matches(@"(?m)^  ZPD-1 +7$", output);
        Assert.Matches(@"(?m)^  ZPD-3 +4$", output);
        Assert.Matches(@"AdministrativeSex +Q7 +7", output);
        Assert.Equal(7, json["types"]!["ADT_A01"]!.GetValue<int>());
        Assert.Contains(json["rules"]!.AsArray(), rule => rule!["messages"]!.GetValue<int>() == 7);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(args, new InvocationConfiguration { Output = output, Error = error });
        return (exitCode, output.ToString(), error.ToString());
    }

    private void CopyMappings()
    {
        var source = Path.Combine(RepositoryRoot.Path, "mappings");
        foreach (var path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            Write(Path.Combine("mappings", Path.GetRelativePath(source, path)), File.ReadAllText(path));
        }
    }

    private void Change(string file, Func<string, string> change)
    {
        var path = Path.Combine(MappingsFolder, file);
        var before = File.ReadAllText(path);
        var after = change(before);
        Assert.NotEqual(before, after);
        File.WriteAllText(path, after);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }
}
