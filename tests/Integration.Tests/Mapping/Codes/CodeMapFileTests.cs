using Integration.Core.Mapping.Codes;

namespace Integration.Tests.Mapping.Codes;

public sealed class CodeMapFileTests
{
    [Theory]
    [InlineData(null, "codes:\n  'Q7': 'female'\n")]
    [InlineData("# ours\nunmapped: drop\n", "# ours\nunmapped: drop\ncodes:\n  'Q7': 'female'\n")]
    [InlineData("codes:\n    A: male   # why\ndefault: unknown\n", "codes:\n    A: male   # why\n    'Q7': 'female'\ndefault: unknown\n")]
    [InlineData("codes:\n  Q7: male\n  B: other\n", "codes:\n  'Q7': 'female'\n  B: other\n")]
    [InlineData("codes:\n  'Q7':\n    code: male\n    display: x\n  B: other\n", "codes:\n  'Q7': 'female'\n  B: other\n")]
    public void WithCode_File_KeepsTheRest(string? before, string expected) =>
        Assert.Equal(expected, CodeMapFile.WithCode(before, "Q7", new CodeTarget("female")));

    [Fact]
    public void WithCode_OddCharacters_AreQuoted() =>
        Assert.Equal(
            "codes:\n  'it''s: [x] #1': { code: 'a''b', system: 'urn:x', display: '女' }\n",
            CodeMapFile.WithCode(null, "it's: [x] #1", new CodeTarget("a'b", "urn:x", "女")));

    [Fact]
    public void WithCode_CodesOnOneLine_CannotBeChanged() =>
        Assert.Null(CodeMapFile.WithCode("codes: { A: male }\n", "Q7", new CodeTarget("female")));
}
