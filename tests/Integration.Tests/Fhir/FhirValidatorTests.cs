using System.Text;
using System.Text.Json;
using Integration.Fhir;
using Integration.Fhir.Validation;

namespace Integration.Tests.Fhir;

/// <summary>Single rules and odd JSON; whole resources are in <see cref="FhirValidatorSampleTests"/>.</summary>
public sealed class FhirValidatorTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("12")]
    [InlineData("\"Patient\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"resourceType":1}""")]
    [InlineData("""{"resourceType":"HumanName"}""")]
    [InlineData("""{"resourceType":"Patient.contact"}""")]
    public void Validate_NoResource_FindsOneStructureError(string json)
    {
        var issue = Assert.Single(Validate(json));

        Assert.Equal((FhirIssueSeverity.Error, "structure", "Resource"), (issue.Severity, issue.Code, issue.Expression));
    }

    [Fact]
    public void Validate_UndefinedElement_FindsAnError()
    {
        Assert.Single(FhirValidator.Validate(default));
    }

    [Fact]
    public void Validate_EscapedNameAndValue_AreReadUnescaped()
    {
        Assert.Empty(Validate("""{"resource\u0054ype":"Patient","g\u0065nder":"fem\u0061le","photo":[{"url":"http:\/\/example.org\/a"}],"name":[{"text":"\uD842\uDFB7"}]}"""));
    }

    [Theory]
    [InlineData("\\ud842")]
    [InlineData("\\udfb7\\ud842")]
    [InlineData("\\ud842\\ud842\\udfb7")]
    [InlineData("\\u0000")]
    [InlineData("a\\fb")]
    public void Validate_TextThatIsNoUnicodeOrHasControls_FindsTheValue(string text)
    {
        var issue = Assert.Single(Validate($$"""{"resourceType":"Patient","name":[{"text":"{{text}}"}]}"""));

        Assert.Equal(("value", "Patient.name[0].text"), (issue.Code, issue.Expression));
    }

    [Fact]
    public void Validate_BrokenUtf8_FindsTheValue()
    {
        var bytes = Encoding.Latin1.GetBytes("""{"resourceType":"Patient","name":[{"text":"é"}],"é":1}""");
        using var document = JsonDocument.Parse(bytes);

        var issues = FhirSamples.Findings(document.RootElement);

        Assert.Equal(["Patient", "Patient.name[0].text"], issues.Select(i => i.Expression).Order());
    }

    [Fact]
    public void Validate_WhiteSpaceOnly_WarnsOnly()
    {
        var issue = Assert.Single(Validate("""{"resourceType":"Patient","name":[{"text":" \n"}]}"""));

        Assert.Equal(FhirIssueSeverity.Warning, issue.Severity);
    }

    [Fact]
    public void Validate_PropertyTwice_FindsIt()
    {
        var issue = Assert.Single(Validate("""{"resourceType":"Patient","gender":"male","gender":"female"}"""));

        Assert.Equal(("structure", "Patient.gender"), (issue.Code, issue.Expression));
    }

    [Fact]
    public void Validate_UnknownNameThatCouldBeData_IsNotRepeated()
    {
        var issue = Assert.Single(Validate("""{"resourceType":"Patient","李明 13800000000":1}"""));

        Assert.Equal("Patient", issue.Expression);
        Assert.DoesNotContain("李明", issue.Text);
    }

    [Fact]
    public void Validate_WrongValues_NeverRepeatsThem()
    {
        var issues = Validate("""
            {"resourceType":"Patient","id":"secret 1","gender":"secret2","birthDate":"secret3","active":"secret4","language":"secret5 ",
             "managingOrganization":{"reference":"secret6","type":"secret7"},"link":[{"other":{"reference":"#secret8"},"type":"secret9"}]}
            """);

        Assert.Equal(8, issues.Count);
        Assert.All(issues, i => Assert.DoesNotContain("secret", i.Text + i.Expression));
    }

    [Theory]
    [InlineData("2026", "2025-12-31", true)]
    [InlineData("2026", "2026-01-01", false)]
    [InlineData("2026-01-02", "2026-01", false)]
    [InlineData("2026-02-01", "2026-01", true)]
    [InlineData("2026-01-01T10:00:00+08:00", "2026-01-01T03:00:00Z", false)]
    [InlineData("2026-01-01T10:00:00+08:00", "2026-01-01T01:59:59Z", true)]
    [InlineData("2026-01-01T23:59:60Z", "2026-01-01T23:59:59Z", false)]
    [InlineData("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", false)]
    [InlineData("not", "dates", false)]
    public void IsAfter_DatesOfAnyPrecision_OnlyWhenCertain(string left, string right, bool expected)
    {
        Assert.Equal(expected, DateText.IsAfter(left, right));
    }

    [Fact]
    public void Validate_NestedBeyondTheLimit_StopsThere()
    {
        const int Levels = ResourceWalk.MaxDepth + 10;
        var json = string.Concat(Enumerable.Repeat("""{"url":"u","extension":[""", Levels))
            + """{"url":"u","valueBoolean":true}""" + string.Concat(Enumerable.Repeat("]}", Levels));
        using var document = JsonDocument.Parse($$"""{"resourceType":"Patient","extension":[{{json}}]}""", new JsonDocumentOptions { MaxDepth = 5000 });

        var issue = Assert.Single(FhirSamples.Findings(document.RootElement));

        Assert.Equal("too-costly", issue.Code);
    }

    [Fact]
    public void Validate_EndlessFindings_StopsAtTheLimit()
    {
        var json = $$"""{"resourceType":"Patient","name":[{{string.Join(',', Enumerable.Repeat("{\"given\":[null,null,1]}", 5000))}}]}""";

        var issues = Validate(json);

        Assert.Equal(ResourceWalk.MaxIssues, issues.Count);
        Assert.Equal("too-costly", issues[^1].Code);
    }

    [Fact]
    public void Validate_DatatypeByName_ChecksIt()
    {
        using var document = JsonDocument.Parse("""{"currency":"CNY","value":"00"}""");

        Assert.Equal(["Money.value"], FhirValidator.Validate(document.RootElement, "Money").Select(i => i.Expression));
        Assert.Equal(["Money"], FhirValidator.Validate(document.RootElement.GetProperty("value"), "Money").Select(i => i.Expression));
        Assert.Throws<ArgumentException>(() => FhirValidator.Validate(document.RootElement, "decimal"));
        Assert.Throws<ArgumentException>(() => FhirValidator.Validate(document.RootElement, "Patient"));
    }

    private static IReadOnlyList<FhirIssue> Validate(string json)
    {
        using var document = JsonDocument.Parse(json);
        return FhirSamples.Findings(document.RootElement);
    }
}
