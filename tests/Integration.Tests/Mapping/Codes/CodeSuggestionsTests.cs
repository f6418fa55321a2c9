using Integration.Core.Mapping.Codes;

namespace Integration.Tests.Mapping.Codes;

public sealed class CodeSuggestionsTests
{
    [Theory]
    [InlineData("female.", null, "female")]
    [InlineData("99", "女性", "female")]
    [InlineData("MALE PATIENT", null, "male")]
    public void For_CodeOrText_FindsTheNearest(string code, string? text, string expected) =>
        Assert.Equal(expected, CodeSuggestions.For(code, text, MappingSamples.Mapper.CodesOf("his", "AdministrativeSex")!)[0].Target.Code);

    [Fact]
    public void For_NothingLikeIt_IsEmpty() =>
        Assert.Empty(CodeSuggestions.For("#######", null, MappingSamples.Mapper.CodesOf("his", "AdministrativeSex")!));
}
