using System.Text.Json;
using Integration.Fhir;

namespace Integration.Tests.Fhir;

/// <summary>Whole resources: own samples with the exact findings, third-party ones with what their names promise.</summary>
public sealed class FhirValidatorSampleTests
{
    public static TheoryData<string> ValidSamples => FilesOf(Path.Combine(FhirSamples.Own, "valid"));

    public static TheoryData<string> InvalidSamples => FilesOf(Path.Combine(FhirSamples.Own, "invalid"));

    [Theory]
    [MemberData(nameof(ValidSamples))]
    public void Validate_ValidSample_FindsNothing(string file)
    {
        Assert.Empty(ValidateFile(Path.Combine(FhirSamples.Own, "valid", file)));
    }

    /// <summary><c>expected.tsv</c> lists file, issue code and expression of every finding.</summary>
    [Theory]
    [MemberData(nameof(InvalidSamples))]
    public void Validate_InvalidSample_FindsExactlyWhatIsExpected(string file)
    {
        var folder = Path.Combine(FhirSamples.Own, "invalid");
        var expected = File.ReadAllLines(Path.Combine(folder, "expected.tsv"))
            .Select(line => line.Split('\t'))
            .Where(row => row[0] == file)
            .Select(row => $"{row[1]} {row[2]}");

        var found = ValidateFile(Path.Combine(folder, file)).Select(i => $"{i.Code} {i.Expression}");

        Assert.Equal(expected.Order(), found.Order());
    }

    [Fact]
    public void ExpectedFindings_EveryInvalidSample_IsListed()
    {
        var folder = Path.Combine(FhirSamples.Own, "invalid");
        var listed = File.ReadAllLines(Path.Combine(folder, "expected.tsv")).Select(line => line.Split('\t')[0]).Distinct();

        Assert.Equal(Directory.GetFiles(folder, "*.json").Select(Path.GetFileName).Order(), listed.Order());
    }

    [Theory]
    [InlineData("Bundle-BatchWithInvalidEleEnums.json", "Bundle.entry[4].resource.name[0].use1")]
    [InlineData("Bundle-InvalidBundleType.json", "Bundle.type")]
    [InlineData("MoneyWithWrongDecimal.json", "Resource")]
    [InlineData("ObservationWithInvalidStatus.json", "Observation.status")]
    [InlineData("ObservationWithNoCode.json", "Observation.code")]
    [InlineData("PatientWithUnknownElements.json", "Patient.name1")]
    public void Validate_ThirdPartyInvalidFile_FindsThePlace(string file, string expression)
    {
        SkipWithoutThirdParty();

        var issues = ValidateFile(Path.Combine(FhirSamples.ThirdParty, file));

        Assert.Contains(issues, i => i.Severity == FhirIssueSeverity.Error && i.Expression == expression);
    }

    [Fact]
    public void Validate_ThirdPartyValidFiles_FindsNoError()
    {
        SkipWithoutThirdParty();
        string[] invalidMarks = ["Invalid", "Unknown", "Wrong", "NoCode"];
        var files = Directory.GetFiles(FhirSamples.ThirdParty, "*.json", SearchOption.AllDirectories)
            .Where(f => !invalidMarks.Any(Path.GetFileName(f).Contains))
            .ToList();

        Assert.NotEmpty(files);
        Assert.All(files, f => Assert.DoesNotContain(ValidateFile(f), i => i.Severity == FhirIssueSeverity.Error));
    }

    private static TheoryData<string> FilesOf(string folder) => [.. Directory.GetFiles(folder, "*.json").Select(f => Path.GetFileName(f)).Order()];

    private static void SkipWithoutThirdParty() =>
        Assert.SkipWhen(!Directory.Exists(FhirSamples.ThirdParty), "The third-party FHIR samples are not beside the repository.");

    private static IReadOnlyList<FhirIssue> ValidateFile(string path)
    {
        // As text, since some of the files start with a byte order mark.
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return FhirSamples.Findings(document.RootElement);
    }
}
