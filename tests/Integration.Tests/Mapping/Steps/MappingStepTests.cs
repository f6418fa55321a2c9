using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Explain;
using Integration.Core.Mapping.Steps;
using Integration.Core.Records;
using Integration.Core.Storage;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Mapping.Steps;

public sealed class MappingStepTests
{
    private const string CheckUp =
        """
        MSH|^~\&|LIS|EAST|ENGINE|HUB|20260301103000||ORU^R01|R01-0001|P|2.4||||||UNICODE UTF-8
        PID|1||P0001001^^^HIS^PI||张三||19491231|1
        OBR|1|PL1001^HIS|LIS2001^LIS|TJ^体检^L|||20260301090000||||||||||||||||||F
        OBX|1|NM|SG^身高^L||172|cm|||||F|||20260301090000
        OBX|2|NM|TZ^体重^L||68.5|kg|||||F|||20260301090000
        """;

    private static string SampleStep { get; } = Path.Combine(AppContext.BaseDirectory, "BodyMassIndex.dll");

    [Fact]
    public async Task Record_OfAFeedWithTheSampleStep_HoldsWhatTheStepAdded()
    {
        await using var engine = await TestEngine.StartAsync(_ => { }, [("MappingSteps:bmi:Assembly", SampleStep)]);

        var first = await engine.SendAsync(CheckUp.Split('\n', StringSplitOptions.TrimEntries));
        await engine.SendAsync(CheckUp.Replace("R01-0001", "R01-0002").Replace("||68.5|", "||71|").Split('\n', StringSplitOptions.TrimEntries));

        Assert.Equal(MessageState.Done, first.State);
        var index = Assert.Single(await IndexesAsync(engine));
        Assert.Equal(24.0m, (decimal)index.Resource["valueQuantity"]!["value"]!);
        Assert.Equal(2, index.Version);
        Assert.Equal(2, index.Resource["derivedFrom"]!.AsArray().Count);
    }

    [Fact]
    public async Task Record_OfAnotherKindOfMessage_IsLeftAlone()
    {
        await using var engine = await TestEngine.StartAsync(_ => { }, [("MappingSteps:bmi:Assembly", SampleStep), ("MappingSteps:bmi:Messages:0", "ADT_A01")]);

        await engine.SendAsync(CheckUp.Split('\n', StringSplitOptions.TrimEntries));

        Assert.Empty(await IndexesAsync(engine));
    }

    [Fact]
    public void Map_ValueChangedByAStep_IsExplainedByTheStepAndTheOthersByTheirRules()
    {
        var trace = new MappingTrace();

        var result = Stepped(message => Patient(message).Json["gender"] = "unknown").Map(MappingSamples.Parse(CheckUp), MappingSamples.Feed, trace);

        var values = trace.ValuesOf(result.Resources.Single(resource => resource.Type == "Patient"));
        var gender = values.Single(value => value.Path == "Patient.gender");
        Assert.Equal((ValueOrigin.Step, "unknown"), (gender.Origin, (string?)gender.Value));
        Assert.Contains("step own", gender.Rules[0].Target);
        var birth = values.Single(value => value.Path == "Patient.birthDate");
        Assert.Equal((ValueOrigin.Message, 7), (birth.Origin, birth.Sources.Single().Field));
    }

    [Fact]
    public void Map_StepThatClearsAndRemoves_LeavesTheRestAsMapped()
    {
        var plain = MappingSamples.Map(CheckUp);

        var result = Stepped(message =>
        {
            Patient(message).Json["birthDate"] = null;
            message.Remove(message.Resources.First(resource => resource.Type == "Observation"));
        }).Map(MappingSamples.Parse(CheckUp), MappingSamples.Feed);

        Assert.Equal(plain.Resources.Count - 1, result.Resources.Count);
        var patient = result.Resources.Single(resource => resource.Type == "Patient").Json;
        Assert.True(patient.ContainsKey("birthDate"));
        Assert.Null(patient["birthDate"]);
        foreach (var resource in result.Resources.Where(resource => resource.Type != "Patient"))
        {
            Assert.True(JsonNode.DeepEquals(plain.Resources.Single(r => r.Type == resource.Type && r.Id == resource.Id).Json, resource.Json));
        }
    }

    [Fact]
    public void Map_StepThatThrows_IsAnIssueWithoutTheTextOfTheException()
    {
        var result = Stepped(_ => throw new InvalidOperationException("张三")).Map(MappingSamples.Parse(CheckUp), MappingSamples.Feed);

        var issue = Assert.Single(result.Issues, issue => issue.Severity == IssueSeverity.Error);
        Assert.Equal(IntegrationErrorCode.StepFailed, issue.Code);
        Assert.Equal("Step own failed (InvalidOperationException).", issue.Text);
    }

    [Fact]
    public void Map_StepThatChangesAnId_IsRefused()
    {
        var result = Stepped(message => Patient(message).Json["id"] = "other").Map(MappingSamples.Parse(CheckUp), MappingSamples.Feed);

        Assert.Equal(IntegrationErrorCode.StepFailed, Assert.Single(result.Issues, issue => issue.Severity == IssueSeverity.Error).Code);
    }

    [Fact]
    public void Map_StepThatWarnsAndRefuses_ReportsBothAndStopsBeforeTheNext()
    {
        var isNextRun = false;
        var mapper = new SteppedMapper(
            MappingSamples.Mapper,
            [
                Step("a", message => { message.Warn("OBX[1]-5", "odd"); message.Refuse("OBX[2]-5", "impossible"); }),
                Step("b", _ => isNextRun = true),
            ]);

        var result = mapper.Map(MappingSamples.Parse(CheckUp), MappingSamples.Feed);

        var reported = result.Issues.Where(issue => issue.Code == IntegrationErrorCode.ReportedByStep).ToList();
        Assert.Equal([(IssueSeverity.Warning, "a: odd"), (IssueSeverity.Error, "a: impossible")], reported.Select(issue => (issue.Severity, issue.Text)));
        Assert.False(isNextRun);
    }

    [Theory]
    [InlineData("Assembly", "nowhere.dll", "There is no file")]
    [InlineData("Assembly", "Integration.Fhir.dll", "holds 0 steps")]
    [InlineData("Assembly", "Integration.Tests.runtimeconfig.json", "is no .NET assembly")]
    [InlineData("Type", "BodyMassIndex.Other", "holds no step 'BodyMassIndex.Other'")]
    [InlineData("Feeds", "hsi", "There is no feed 'hsi'")]
    [InlineData("Assemly", "x", "There is no such setting")]
    public void Load_WrongSetting_IsAProblemAtItsKey(string key, string value, string text)
    {
        var settings = new Dictionary<string, string?> { ["MappingSteps:bmi:Assembly"] = SampleStep };
        settings[$"MappingSteps:bmi:{key}"] = key == "Assembly" ? Path.Combine(AppContext.BaseDirectory, value) : value;
        var problems = new List<ConfigurationProblem>();

        MappingSteps.Load(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), MappingSamples.MappingsFolder, ["his"], problems);

        var problem = Assert.Single(problems);
        Assert.Equal($"MappingSteps:bmi:{key}", problem.Place);
        Assert.Contains(text, problem.Text);
    }

    private static async Task<IReadOnlyList<ResourceDocument>> IndexesAsync(TestEngine engine)
    {
        var page = await engine.Store.QueryAsync(new DocumentQuery(Collections.Resources) { Limit = 100 }, TestContext.Current.CancellationToken);
        return [.. page.Documents.Select(Collections.Resources.Read).Where(r => (string?)r.Resource["code"]?["coding"]?[0]?["code"] == "39156-5")];
    }

    private static SteppedMapper Stepped(Action<MappedMessage> run) => new(MappingSamples.Mapper, [Step("own", run)]);

    private static MappingStep Step(string name, Action<MappedMessage> run) =>
        new(name, "own.dll", new HashSet<string>(), new HashSet<string>(), new Own(run));

    private static MappedResource Patient(MappedMessage message) => message.Resources.Single(resource => resource.Type == "Patient");

    private sealed class Own(Action<MappedMessage> run) : IMappingStep
    {
        public void Run(MappedMessage message) => run(message);
    }
}
