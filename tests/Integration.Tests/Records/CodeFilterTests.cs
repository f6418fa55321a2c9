using System.Text;
using System.Text.Json;
using Integration.Core.Records.Search;
using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;
using Integration.Tests.Fhir;

namespace Integration.Tests.Records;

public sealed class CodeFilterTests
{
    private const int Seed = 20261122;
    private const int Resources = 400;

    private static readonly FhirSearchContext Context = new(TimeSpan.Zero, DateTimeOffset.UnixEpoch, "http://127.0.0.1/fhir");

    [Theory]
    [InlineData("Observation")]
    [InlineData("Condition")]
    [InlineData("ServiceRequest")]
    [InlineData("DiagnosticReport")]
    public void MayMatch_WhateverTheResource_NeverLeavesOutAMatch(string type)
    {
        var maker = new RandomResource(new Random(Seed));
        var resources = Enumerable.Range(0, Resources).Select(_ => Encoding.UTF8.GetBytes(maker.Make(type).ToJsonString())).ToList();
        var (matches, leftOut) = (0, 0);
        foreach (var criterion in new[] { "code=a", "code=reference,home", "code=http://a.example/b|string", "category=exists", "category=a,1" }.Select(c => Read(type, c)))
        {
            var filter = CodeFilter.Of([criterion])!;
            foreach (var json in resources)
            {
                using var document = JsonDocument.Parse(json);
                var isMatch = criterion.Matches(FhirSearchValues.Extract(document.RootElement, TimeSpan.Zero, [criterion.Parameter]));
                var mayMatch = filter.MayMatch(json);
                Assert.True(mayMatch || !isMatch, Encoding.UTF8.GetString(json));
                (matches, leftOut) = (matches + (isMatch ? 1 : 0), leftOut + (mayMatch ? 0 : 1));
            }
        }

        Assert.True(matches > 0 && leftOut > 0, $"{matches} matches, {leftOut} left out: too few to prove anything.");
    }

    [Fact]
    public void MayMatch_CodeWrittenWithEscapes_LeavesTheResourceToBeRead()
    {
        var filter = CodeFilter.Of([Read("Observation", "code=2345-7")])!;

        Assert.True(filter.MayMatch("""{"code":{"coding":[{"code":"\u00323\u003445-7"}]}}"""u8));
        Assert.False(filter.MayMatch("""{"code":{"coding":[{"code":"2951-2"}]}}"""u8));
    }

    [Theory]
    [InlineData("code:not=2345-7")]
    [InlineData("code:text=glucose")]
    [InlineData("code=http://loinc.org|")]
    [InlineData("code=血糖")]
    [InlineData("status=final")]
    public void Of_WhatTheTextDoesNotTell_IsNoFilter(string criterion) => Assert.Null(CodeFilter.Of([Read("Observation", criterion)]));

    private static FhirSearchCriterion Read(string type, string criterion) =>
        FhirSearchCriterion.Read(type, criterion.Split('=')[0], criterion[(criterion.IndexOf('=', StringComparison.Ordinal) + 1)..], Context);
}
