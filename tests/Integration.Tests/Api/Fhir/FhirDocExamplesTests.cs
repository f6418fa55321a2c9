namespace Integration.Tests.Api.Fhir;

/// <summary>Runs every <c>curl</c> of docs/fhir.md and compares the answers with those it shows.</summary>
public sealed class FhirDocExamplesTests(FhirHost sample) : IClassFixture<FhirHost>
{
    [Fact]
    public Task EveryExample_WhenRun_AnswersAsShown() => DocExamples.RunAsync(sample.Host, "fhir.md", least: 5);
}
