using System.Globalization;
using System.Text;
using Integration.Core.Audit;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Versions;
using Integration.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Mapping.Codes;

public sealed class CodeTablesTests : IDisposable
{
    private const string Site = "sites/his/codesystems/AdministrativeSex.yaml";

    private readonly MappingsCopy _copy = new();

    [Fact]
    public async Task When_500_rows_change_by_a_table_Should_show_them_first_take_them_and_go_back()
    {
        _copy.Write(Site, "# ours\r\ncodes:\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"  S{i:000}: male\n")));
        await using var engine = await StartAsync();
        var tables = engine.Services.GetRequiredService<CodeTables>();
        var number = await NumberAsync(engine);
        var files = Bytes();
        var exported = (await tables.ExportAsync("AdministrativeSex", "his", null, CancellationToken.None))!.ToCsv();
        var changed = Read(string.Join("\r\n", exported.Split("\r\n").Select((line, i) => i is > 0 and <= 500 ? line.Replace("male", "female", StringComparison.Ordinal) : line)));

        // The difference is shown and nothing has changed.
        var preview = Assert.IsType<CodeTableResult.Done>(await tables.ImportAsync(Request(take: false), changed, CancellationToken.None));
        Assert.Equal((500, 0, 0, 100), (preview.Diff.Changed.Count, preview.Diff.Added.Count, preview.Diff.Removed.Count, preview.Diff.Unchanged));
        Assert.Equal(new ChangedCode("S000", new("male"), new("female")), preview.Diff.Changed[0]);
        Assert.Equal("male", await SexOfAsync(engine, 1, "S007"));

        // It is taken, and in use at once.
        var taken = Assert.IsType<CodeTableResult.Done>(await tables.ImportAsync(Request(take: true), changed, CancellationToken.None));
        Assert.Equal(number + 1, taken.Status.Active.Number);
        Assert.Equal("female", await SexOfAsync(engine, 2, "S007"));
        Assert.StartsWith("# ours\n", _copy.Read(Site), StringComparison.Ordinal);
        Assert.Equal([Site], Bytes().Except(files).Select(file => file.Path));

        // Back to the earlier version; the later one can still be looked at.
        var back = Assert.IsType<CodeTableResult.Done>(await tables.RollBackAsync(Request(take: true), number, CancellationToken.None));
        Assert.Equal((500, number), (back.Diff.Changed.Count, back.Status.Active.Number));
        Assert.Equal("male", await SexOfAsync(engine, 3, "S007"));
        Assert.Equal(files, Bytes());
        Assert.Equal(exported, (await tables.ExportAsync("AdministrativeSex", "his", null, CancellationToken.None))!.ToCsv());
        Assert.Equal(changed.ToCsv(), (await tables.ExportAsync("AdministrativeSex", "his", number + 1, CancellationToken.None))!.ToCsv());

        var (audit, _) = await engine.Services.GetRequiredService<AuditTrail>().SearchAsync(new AuditSearch(Target: Site), CancellationToken.None);
        Assert.Equal([(AuditActions.RollBackCodes, "tester"), (AuditActions.ImportCodes, "tester")], audit.Select(entry => (entry.Action, entry.Actor)));
        Assert.Equal($"imported: 0 added, 500 changed, 0 removed; mappings number {number + 1}; new coding", audit[1].Reason);

        var history = (await tables.HistoryAsync("AdministrativeSex", "his", CancellationToken.None))!;
        Assert.Equal([(number + 1, false, 500), (number, true, 0)], history.Versions.Select(version => (version.Number, version.IsCurrent, version.Diff.Changed.Count)));
        Assert.Equal(audit, history.Deeds);
    }

    [Fact]
    public async Task RollBack_ToWhenTheFeedHadNoFile_TakesTheFileAway()
    {
        await using var engine = await StartAsync();
        var tables = engine.Services.GetRequiredService<CodeTables>();
        var (number, files) = (await NumberAsync(engine), Bytes());
        Assert.IsType<CodeTableResult.Done>(await tables.ImportAsync(Request(take: true), Read("source,code\nX,male\n"), CancellationToken.None));

        var back = Assert.IsType<CodeTableResult.Done>(await tables.RollBackAsync(Request(take: true), number, CancellationToken.None));

        Assert.Equal("X", Assert.Single(back.Diff.Removed).Source);
        Assert.Equal(files, Bytes());
    }

    [Fact]
    public async Task Import_AfterAFileWasChangedByHand_CanGoBackToThat()
    {
        _copy.Write(Site, "codes:\n  A1: male\n");
        await using var engine = await StartAsync();
        var tables = engine.Services.GetRequiredService<CodeTables>();
        await NumberAsync(engine);
        _copy.Write(Site, "codes:\n  A1: female\n");   // and no look at the files has come by yet
        var files = Bytes();

        await tables.ImportAsync(Request(take: true), Read("source,code\nA1,other\n"), CancellationToken.None);
        var history = (await tables.HistoryAsync("AdministrativeSex", "his", CancellationToken.None))!;
        await tables.RollBackAsync(Request(take: true), history.Versions[1].Number, CancellationToken.None);

        Assert.Equal(files, Bytes());
    }

    /// <summary>The day of what a message tells decides, by the feed's clock; a message that tells no day has what never ends.</summary>
    [Fact]
    public async Task Entry_WithDates_HoldsOnTheDayOfTheMessage()
    {
        (string Time, string Expected)[] cases =
        [
            ("20251231235959+0800", "male"), ("20251231155959+0000", "male"), ("20251231160000+0000", "female"), ("20260101", "female"), ("20260630", "female"),
            ("20260701", "unknown"), ("", "other"),
        ];
        _copy.Write(Site, "codes:\n  Q:\n    - { code: female, validFrom: 2026-01-01, validTo: 2026-06-30 }\n    - { code: male, validTo: 2025-12-31 }\n    - { code: other, validFrom: 2030-01-01 }\n");
        await using var engine = await StartAsync();

        foreach (var (index, (time, expected)) in cases.Index())
        {
            var sent = await engine.SendAsync($"MSH|^~\\&|HIS|EAST|||{time}||ADT^A08|{index}|P|2.5.1", $"EVN|A08|{time}", $"PID|1||P{index}^^^HIS^MR||王^芳||19800203|Q");

            Assert.Equal((time, expected), (time, (await engine.PatientAsync($"P{index}")).Demographics.Gender));
            Assert.Equal(expected == "unknown", sent.Issues.Any(issue => issue.Text.Contains("has the code for other days", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Import_CodesThatFhirDoesNotAllow_IsRefusedAndNothingIsWritten()
    {
        await using var engine = await StartAsync();

        var result = await engine.Services.GetRequiredService<CodeTables>().ImportAsync(Request(take: true), Read("source,code\nX,mann\n"), CancellationToken.None);

        var refused = Assert.IsType<CodeTableResult.Refused>(result);
        Assert.All(refused.Problems, problem => Assert.StartsWith("'mann' is not a code that FHIR R4 allows", problem.Text, StringComparison.Ordinal));
        Assert.Equal("X", Assert.Single(refused.Diff.Added).Source);
        Assert.False(System.IO.File.Exists(Path.Combine(_copy.Folder, Site)));
    }

    [Fact]
    public async Task Import_CodeMapOrFeedThatIsNone_IsUnknown()
    {
        await using var engine = await StartAsync();
        var tables = engine.Services.GetRequiredService<CodeTables>();
        foreach (var (name, feed) in new[] { ("NoSuchMap", "his"), ("AdministrativeSex", "nobody"), ("../../../x", "his") })
        {
            var request = new CodeTableRequest(name, feed, Take: true, "tester", "");

            Assert.IsType<CodeTableResult.Unknown>(await tables.ImportAsync(request, Read("source,code\nX,male\n"), CancellationToken.None));
            Assert.IsType<CodeTableResult.Unknown>(await tables.RollBackAsync(request, 1, CancellationToken.None));
            Assert.Null(await tables.ExportAsync(name, feed, null, CancellationToken.None));
            Assert.Null(await tables.HistoryAsync(name, feed, CancellationToken.None));
        }
    }

    public void Dispose() => _copy.Dispose();

    /// <summary>Every file below the mappings folder with its bytes as text.</summary>
    private List<(string Path, string Bytes)> Bytes() =>
    [
        .. Directory.EnumerateFiles(_copy.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (Path.GetRelativePath(_copy.Folder, path), Convert.ToHexString(System.IO.File.ReadAllBytes(path)))),
    ];

    private static CodeTable Read(string text) => CodeTable.Read(Encoding.UTF8.GetBytes(text), out _)!;

    private static CodeTableRequest Request(bool take) => new("AdministrativeSex", "his", take, "tester", "new coding");

    private static async Task<string?> SexOfAsync(TestEngine engine, int number, string code)
    {
        var patient = string.Create(CultureInfo.InvariantCulture, $"P{number}");
        await engine.SendAsync(OperationsEngine.Adt(number, patient, code));
        return (await engine.PatientAsync(patient)).Demographics.Gender;
    }

    private static async Task<long> NumberAsync(TestEngine engine)
    {
        var reload = engine.Services.GetRequiredService<MappingReload>();
        await reload.NumberAsync(CancellationToken.None);
        return reload.Status.Active.Number;
    }

    private Task<TestEngine> StartAsync() => TestEngine.StartAsync(_ => { }, ("Engine:MappingsFolder", _copy.Folder));
}
