using System.Text;
using Integration.Core.Mapping.Codes;

namespace Integration.Tests.Mapping.Codes;

public sealed class CodeTableTests
{
    private const string File = "# ours\nsystem: urn:x\ncodes:\n  # sexes\n  A: &a { code: male, display: 男 }   # why\n  B: *a\n  'C':\n    code: other\n  D: unknown\ndefault: unknown\n";

    [Theory]
    [InlineData("source,code\nA,male\n", "A male - -")]
    [InlineData("\uFEFFsource,code,system,display\r\n\"a,\"\"b\"\"\", x ,urn:s,\"女; 性\"\r\n\r\n", "a,\"b\" x urn:s 女; 性")]
    [InlineData("display;source;code\n男;A;male\n", "A male - 男")]
    [InlineData("Source\tCode\nA\tmale", "A male - -")]
    public void Read_AnyForm_GivesTheEntries(string text, string expected)
    {
        var table = CodeTable.Read(Encoding.UTF8.GetBytes(text), out var problem);

        Assert.Null(problem);
        var entry = Assert.Single(table!.Entries);
        Assert.Equal(expected, $"{entry.Source} {entry.Target.Code} {entry.Target.System ?? "-"} {entry.Target.Display ?? "-"}");
    }

    [Fact]
    public void Read_Gb18030_GivesTheCharacters()
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes("source,code,display\n男,male,男性\n");

        Assert.Equal(new CodeMapEntry("男", new CodeTarget("male", null, "男性")), Assert.Single(CodeTable.Read(bytes, out _)!.Entries));
    }

    [Theory]
    [InlineData("", "line 1: The table is empty")]
    [InlineData("A,male\n", "line 1: There is no column 'A'")]
    [InlineData("source,display\n", "line 1: The heading must name")]
    [InlineData("source,code\nA,\n", "line 2: Both source and code")]
    [InlineData("source,code\n\nA,male\nA,female\n", "line 4: 'A' stands in line 3 already")]
    [InlineData("source,code\nA,male,x\n", "line 2: It has 3 values")]
    [InlineData("source,code,validFrom\nA,male,soon\n", "line 2: Days are written as 2026-01-31.")]
    [InlineData("source,code,validFrom,validTo\nA,male,2026-02-01,2026-01-31\n", "line 2: It ends")]
    [InlineData("source,code,validFrom,validTo\nA,male,,2025-12-31\nA,female,2025-12-31,\n", "line 3: 'A' stands in line 2 already for some of these days.")]
    [InlineData("source,code,validFrom\nA,male,\nA,female,2026-01-01\n", "line 3: 'A' stands in line 2 already for some of these days.")]
    public void Read_WhatIsNoTable_NamesTheLine(string text, string expected)
    {
        Assert.Null(CodeTable.Read(Encoding.UTF8.GetBytes(text), out var problem));
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ToCsv_OddTexts_AreReadAgainAsTheyWere()
    {
        var table = new CodeTable([new("a\"b", new("c;d", "urn:x,y", " e ")), new("*", new("f")), new("制\t表", new("g"))]);

        Assert.Equal(table.Entries.Take(2), CodeTable.Read(Encoding.UTF8.GetBytes(new CodeTable([.. table.Entries.Take(2)]).ToCsv()), out _)!.Entries);
        Assert.Null(CodeTable.Read(Encoding.UTF8.GetBytes(table.ToCsv()), out _));   // no tab in a code
    }

    [Fact]
    public void From_Tables_TellsAddedChangedAndRemoved()
    {
        var before = CodeTable.OfFile(File);
        var after = new CodeTable([before.Entries[0], new("B", new("female")), new("E", new("other"))]);

        var diff = after.From(before);

        Assert.Equal(["E"], diff.Added.Select(entry => entry.Source));
        Assert.Equal(new ChangedCode("B", new("male", null, "男"), new("female")), Assert.Single(diff.Changed));
        Assert.Equal(["C", "D"], diff.Removed.Select(entry => entry.Source));
        Assert.Equal(1, diff.Unchanged);
    }

    [Theory]
    [InlineData("2026-01-05,2026-12-31")]
    [InlineData("2026/1/5,2026/12/31")]
    [InlineData("20260105,20261231")]
    public void Read_DaysAsSpreadsheetsWriteThem_AreTheSameDays(string days)
    {
        var table = CodeTable.Read(Encoding.UTF8.GetBytes($"source,code,validfrom,VALIDTO\nA,male,{days}\n"), out _);

        Assert.Equal(new CodeTarget("male", null, null, new(2026, 1, 5), new(2026, 12, 31)), Assert.Single(table!.Entries).Target);
    }

    [Fact]
    public void WithTable_DatedEntries_AreALineEachAndReadAgain()
    {
        var csv = "source,code,system,display,validFrom,validTo\r\nA,male,,,,2025-12-31\r\nA,female,urn:y,,2026-01-01,\r\nB,male,,男,,\r\nC,other,,,,\r\nD,unknown,,,2026-01-01,\r\n";
        var table = CodeTable.Read(Encoding.UTF8.GetBytes(csv), out _)!;

        var text = CodeMapFile.WithTable(File, table)!;

        Assert.Contains("  'A':\n    - { code: 'male', validTo: 2025-12-31 }\n    - { code: 'female', system: 'urn:y', validFrom: 2026-01-01 }\n", text, StringComparison.Ordinal);
        Assert.Contains("  'D': { code: 'unknown', validFrom: 2026-01-01 }\n", text, StringComparison.Ordinal);
        Assert.Equal(csv, CodeTable.OfFile(text).ToCsv());
        Assert.Equal(text, CodeMapFile.WithTable(text, table));
        Assert.Null(CodeMapFile.WithCode(text, "A", new("other")));   // which of its times is meant, nobody said
    }

    [Fact]
    public void WithTable_DatedEntriesWrittenByHand_StayWhereNothingChanged()
    {
        const string Text = "codes:\n  A:\n  - code: male   # till then\n    validTo: 2025-12-31\n  - { code: female, validFrom: 2026-01-01 }\n  B: male\n";

        Assert.Equal(Text.Replace("B: male", "'B': 'other'", StringComparison.Ordinal),
            CodeMapFile.WithTable(Text, new CodeTable([.. CodeTable.OfFile(Text).Entries.Take(2), new("B", new("other"))])));
    }

    [Fact]
    public void From_DatedEntries_AreToldApartByTheDayTheyBegin()
    {
        var before = new CodeTable([new("A", new("male"))]);
        var after = new CodeTable([new("A", new("male", ValidTo: new(2025, 12, 31))), new("A", new("female", ValidFrom: new(2026, 1, 1)))]);

        var diff = after.From(before);

        Assert.Equal(new ChangedCode("A", new("male"), new("male", ValidTo: new(2025, 12, 31))), Assert.Single(diff.Changed));
        Assert.Equal("female", Assert.Single(diff.Added).Target.Code);
        Assert.Empty(diff.Removed);
    }

    [Fact]
    public void WithTable_SameTable_ChangesNothing() => Assert.Equal(File, CodeMapFile.WithTable(File, CodeTable.OfFile(File)));

    [Fact]
    public void WithTable_Changes_KeepCommentsAndOrder() =>
        Assert.Equal(
            "# ours\nsystem: urn:x\ncodes:\n  # sexes\n  A: &a { code: male, display: 男 }   # why\n  B: *a\n  'C': 'female'\n  'E': { code: 'other', display: 'x' }\ndefault: unknown\n",
            CodeMapFile.WithTable(File, new CodeTable(
            [
                new("A", new("male", null, "男")), new("B", new("male", null, "男")), new("C", new("female")), new("E", new("other", null, "x")),
            ])));

    [Fact]
    public void WithTable_EntryWithAnchorGoes_ItsAliasesAreWrittenOut() =>
        Assert.Equal("# ours\nsystem: urn:x\ncodes:\n  # sexes\n  'B': { code: 'male', display: '男' }\ndefault: unknown\n",
            CodeMapFile.WithTable(File, new CodeTable([new("B", new("male", null, "男"))])));

    [Theory]
    [InlineData("codes: { A: male }\n")]
    [InlineData("codes:\n  ? A\n  : male\n")]
    public void WithTable_FileWrittenOtherwise_IsLeftToAPerson(string text) =>
        Assert.Null(CodeMapFile.WithTable(text, new CodeTable([new("B", new("male"))])));
}
