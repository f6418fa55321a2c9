using Integration.Core.Mapping.Language;
using Integration.Core.Messaging;

namespace Integration.Tests.Messaging;

public sealed class PlaceholderTextTests
{
    private const int Seed = 20260316;

    [Theory]
    [InlineData("a{{ x }}b", "a1b")]
    [InlineData("{{x}}[[, {{y}}]]!", "1!")]
    [InlineData("{{x}}[[, {{x}}]]!", "1, 1!")]
    [InlineData("{ not one } [nor this]", "{ not one } [nor this]")]
    [InlineData("𠮷{{x}}㛃", "𠮷1㛃")]
    public void Render_Values_ArePutInAndOptionalPartsWithoutThemAreLeftOut(string source, string expected) =>
        Assert.Equal(expected, Parse(source)!.Render(name => name == "x" ? "1" : null, []));

    [Fact]
    public void Render_MissingValue_IsNamedAndThereIsNoText()
    {
        var missing = new List<string>();

        Assert.Null(Parse("{{x}} {{y}} [[{{z}}]]")!.Render(_ => null, missing));
        Assert.Equal(["x", "y"], missing);
    }

    /// <summary>A value is put in as it is: braces in it are no placeholders.</summary>
    [Fact]
    public void Render_ValueThatLooksLikeAPlaceholder_IsText() => Assert.Equal("{{y}}]]", Parse("{{x}}")!.Render(_ => "{{y}}]]", []));

    /// <summary>Whatever is written: a problem, or a text that gives back what was written when each placeholder is put in as itself.</summary>
    [Fact]
    public void Parse_RandomTexts_NeverThrowsAndLosesNothing()
    {
        var random = new Random(Seed);
        string[] pieces = ["{{", "}}", "[[", "]]", "{", "}", "x", "{{x}}", "{{ y1 }}", "[[a{{x}}]]", "中", "𠮷", "\n", " ", "{{1}}", "{{x.y}}"];
        var accepted = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var source = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
            var problems = new ProblemList();
            var text = PlaceholderText.Parse(source, index => new SourcePosition("f", 1, index + 1), (_, _) => { }, problems);
            Assert.Equal(text is null, problems.Count > 0);
            if (text is not null)
            {
                accepted++;
                Assert.Equal(
                    source.Replace("[[", "", StringComparison.Ordinal).Replace("]]", "", StringComparison.Ordinal).Replace("{{ y1 }}", "{{y1}}", StringComparison.Ordinal),
                    text.Render(name => "{{" + name + "}}", []));
            }
        }

        Assert.InRange(accepted, 2000, 18_000);
    }

    private static PlaceholderText? Parse(string source) => PlaceholderText.Parse(source, index => new SourcePosition("f", 1, index + 1), (_, _) => { }, new ProblemList());
}
