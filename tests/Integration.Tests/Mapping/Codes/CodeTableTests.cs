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
    [InlineData("A,male\n", "line 1: There is no column 'a'")]
    [InlineData("source,display\n", "line 1: The heading must name")]
    [InlineData("source,code\nA,\n", "line 2: Both source and code")]
    [InlineData("source,code\n\nA,male\nA,female\n", "line 4: 'A' stands in line 3 already")]
    [InlineData("source,code\nA,male,x\n", "line 2: It has 3 values")]
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
