using Integration.Core.Mapping.Language;
using Integration.MappingCoverage;

namespace Integration.Tests.Mapping;

/// <summary><c>docs/mapping-coverage.md</c>: every row of the guide is mapped, or it is decided why not.</summary>
public sealed class MappingCoverageTests
{
    private const string Header = "v2,,,,,,IF,,,FHIR\nSort,Identifier,Name,,,,,,,Attribute,,,,,,,Assignment\n";

    private static string DocumentPath => Path.Combine(RepositoryRoot.Path, "docs", "mapping-coverage.md");

    [Fact]
    public void Write_MappingsOfTheRepository_GiveTheCommittedDocument()
    {
        var guide = RepositoryRoot.SharedData("v2-to-fhir");
        Assert.SkipWhen(guide is null, "The HL7 v2-to-FHIR guide is not in ../shared/data/v2-to-fhir.");

        var report = CoverageReport.Make(guide, MappingSamples.MappingsFolder);

        Assert.Equal([], report.Problems);
        Assert.Equal(File.ReadAllText(DocumentPath), CoverageDocument.Write(report));
    }

    [Theory]
    [InlineData("5,PID-5,Patient Name,,,,,,,name[1],,,,,,,", "name")]
    [InlineData("8,PID-8,Sex,,,,,,,gender,,,,,,,", "gender")]
    [InlineData("5,PID-5,Patient Name,,,,,,,name[1].family,,,,,,,", "through a datatype map")]
    [InlineData("7,PID-7,Birth,,,,,,,birthDate.extension[1].url,,,,,,,\"\"\"http://hl7.org/fhir/StructureDefinition/patient-birthTime\"\"\"", "a constant")]
    [InlineData("19,PID-19,SSN,,,,,,,identifier[4].type.coding.code,,,,,,,\"\"\"SS\"\"\"", "a constant among alternatives")]
    [InlineData("4,PD1-4,Doctor,,,,,,,generalPractitioner[2](Practitioner),,,,,,,", "a reference")]
    public void Cover_RowThatARuleFollows_IsMapped(string row, string because)
    {
        var (covered, problems) = Cover("PID", "Patient", row);

        Assert.Equal([], problems.InOrder());
        Assert.Equal((Verdict.Mapped, "PID-Patient"), (Assert.Single(covered.Rows).Verdict, covered.Rows[0].Says));
        Assert.NotEmpty(because);
    }

    [Theory]
    [InlineData("8,PID-8,Sex,,,,,,,birthDate,,,,,,,")]
    [InlineData("19,PID-19,SSN,,,,,,,identifier[4].type.coding.code,,,,,,,\"\"\"XX\"\"\"")]
    [InlineData("4,PD1-4,Doctor,,,,,,,generalPractitioner[2](Practitioner.photo),,,,,,,")]
    public void Cover_RowWithoutRuleOrDecision_IsAProblem(string row)
    {
        var (covered, problems) = Cover("PID", "Patient", row);

        Assert.Empty(covered.Rows);
        Assert.Contains("no rule and no decision", Assert.Single(problems.InOrder()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Cover_SeveralDecisions_TheLongestNameDecides()
    {
        var (covered, problems) = Cover(
            "PID", "Patient", "8,PID-8,Sex,,,,,,,photo.url,,,,,,,\n8,PID-8,Sex,,,,,,,photo.title,,,,,,,",
            Decide("*", Verdict.Not), Decide("PID-8 photo", Verdict.Not), Decide("PID-8 photo.title", Verdict.Otherwise));

        Assert.Equal([Verdict.Not, Verdict.Otherwise], covered.Rows.Select(row => row.Verdict));
        Assert.Contains("'*'", Assert.Single(problems.InOrder()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PID-8")]
    [InlineData("PID-99 name")]
    public void Cover_DecisionAboutAMappedOrAbsentRow_IsAProblem(string decided)
    {
        var (_, problems) = Cover("PID", "Patient", "8,PID-8,Sex,,,,,,,gender,,,,,,,", Decide(decided, Verdict.Not));

        Assert.Contains($"'{decided}'", Assert.Single(problems.InOrder()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_QuotedCells_KeepCommasQuotesAndLineBreaks() =>
        Assert.Equal([["a", "b,\"c\"\nd", ""], ["e"]], CsvText.Read("a,\"b,\"\"c\"\"\nd\",\r\ne"));

    private static Decision Decide(string row, Verdict verdict) => new(new SourcePosition("decisions.yaml", 1, 1), row, verdict, "a reason");

    private static (CoveredTable Covered, ProblemList Problems) Cover(string segment, string variant, string rows, params Decision[] decisions)
    {
        var problems = new ProblemList();
        return (CoverageReport.Cover(GuideTable.Parse(segment, variant, Header + rows), WrittenElements.Of(MappingSamples.Definitions), decisions, problems), problems);
    }
}
