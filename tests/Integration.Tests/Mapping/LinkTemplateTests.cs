using Integration.Core.Diagnostics;
using Integration.Core.Mapping;

namespace Integration.Tests.Mapping;

public sealed class LinkTemplateTests
{
    [Theory]
    [InlineData("https://v/open?study={StudyInstanceUID}", "https://v/open?study=1.2.3")]
    [InlineData("http://v/{AccessionNumber}/{PatientID}#x", "http://v/A%20%26%201/%E4%BD%8F%3D9#x")]
    [InlineData("https://v/all", "https://v/all")]
    public void Fill_Values_AreEscaped(string template, string expected) =>
        Assert.Equal(expected, Read(template)!.Fill(placeholder => new[] { "1.2.3", "A & 1", "住=9" }[placeholder]));

    [Fact]
    public void Fill_WithoutAValueItNeeds_IsNothing() =>
        Assert.Null(Read("https://v/{StudyInstanceUID}/{AccessionNumber}")!.Fill(placeholder => placeholder == 0 ? "1.2.3" : ""));

    [Theory]
    [InlineData("https://v/{StudyUID}", "There is no placeholder '{StudyUID}'. There are {StudyInstanceUID}, {AccessionNumber}, {PatientID}.")]
    [InlineData("https://v/{PatientId}", "There is no placeholder '{PatientId}'. Did you mean {PatientID}?")]
    [InlineData("https://v/{StudyInstanceUID", "A brace stands alone.")]
    [InlineData("javascript:alert({StudyInstanceUID})", "It must be an address of http or https.")]
    [InlineData("viewer/{StudyInstanceUID}", "It must be an address of http or https.")]
    public void Read_WhatCannotBeUsed_SaysWhatToDo(string template, string expected)
    {
        var problems = new List<ConfigurationProblem>();

        Assert.Null(LinkTemplate.Read("Feeds:pacs:ViewerUrl", template, problems));

        var problem = Assert.Single(problems);
        Assert.Equal("Feeds:pacs:ViewerUrl", problem.Place);
        Assert.StartsWith(expected, $"{problem.Text} {problem.Remedy}", StringComparison.Ordinal);
    }

    private static LinkTemplate? Read(string template)
    {
        var problems = new List<ConfigurationProblem>();
        var read = LinkTemplate.Read("Feeds:pacs:ViewerUrl", template, problems);
        Assert.Empty(problems);
        return read;
    }
}
