using System.Text.Json;
using Integration.Fhir;

namespace Integration.Tests.Fhir;

/// <summary>Findings as an OperationOutcome, itself valid by our own validator.</summary>
public sealed class FhirOperationOutcomeTests
{
    [Fact]
    public void Create_Findings_GivesAValidOutcomeWithoutValues()
    {
        using var patient = JsonDocument.Parse("""
            {"resourceType":"Patient","gender":"secret","birthDate":"secret","photo":[{"data":"YQ=="}],"name":[{"period":{"start":"2026","end":"2025"}}],"secret":1}
            """);
        var issues = FhirValidator.Validate(patient.RootElement);

        var outcome = FhirOperationOutcome.Create(issues);

        Assert.Equal(issues.Count, outcome["issue"]!.AsArray().Count);
        Assert.Contains("att-1", outcome["issue"]!.AsArray().Select(i => (string?)i!["diagnostics"]));
        Assert.Contains("Patient.photo[0]", outcome["issue"]!.AsArray().Select(i => (string?)i!["expression"]![0]));
        Assert.DoesNotContain("YQ==", outcome.ToJsonString(), StringComparison.Ordinal);
        AssertValid(outcome.ToJsonString());
    }

    [Fact]
    public void Create_NoFindings_SaysSo()
    {
        var outcome = FhirOperationOutcome.Create([]);

        Assert.Equal("informational", (string?)outcome["issue"]![0]!["code"]);
        AssertValid(outcome.ToJsonString());
    }

    /// <summary>Each code that the validator uses is in the required value set issue-type.</summary>
    [Theory]
    [InlineData("structure")]
    [InlineData("required")]
    [InlineData("value")]
    [InlineData("code-invalid")]
    [InlineData("invariant")]
    [InlineData("processing")]
    [InlineData("too-costly")]
    public void IssueCode_IsInTheValueSet(string code) => AssertValid(
        FhirOperationOutcome.Create([new FhirIssue(FhirIssueSeverity.Warning, code, "Patient", "text")]).ToJsonString());

    private static void AssertValid(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.DoesNotContain(FhirValidator.Validate(document.RootElement), i => i.Severity == FhirIssueSeverity.Error);
    }
}
