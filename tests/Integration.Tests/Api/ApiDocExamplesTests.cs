namespace Integration.Tests.Api;

/// <summary>Runs every <c>curl</c> of docs/api.md and compares the answers with those it shows.</summary>
public sealed class ApiDocExamplesTests(SampleHost sample) : IClassFixture<SampleHost>
{
    [Fact]
    public Task EveryExample_WhenRun_AnswersAsShown() => DocExamples.RunAsync(sample.Host, "api.md", least: 15);
}
