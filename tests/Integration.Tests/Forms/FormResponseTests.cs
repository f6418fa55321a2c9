using System.Text.Json.Nodes;
using Integration.Core.FollowUps.Work;
using Integration.Core.Forms;
using Integration.Core.Storage;
using Integration.Tests.FollowUps;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Forms;

/// <summary>Answers on their way into the record, and what they bring about.</summary>
public sealed class FormResponseTests
{
    private const string Bad = """{"recovery":"worse","pain":8,"fever":false,"medication":"stopped"}""";

    [Fact]
    public async Task When_work_ends_with_answers_Should_have_them_in_the_record_and_somebody_told()
    {
        await using var engine = await CalledAsync();
        var work = (await engine.WorkAsync("discharge-follow-up"))[0];

        var ended = Assert.IsType<FollowUpActionResult.Done>(await FinishAsync(engine, work.Id, Bad)).Work;
        await engine.Engine.RunAsync();

        var response = (await engine.Engine.Records.GetResourceAsync(ended.Outcome!.Response!, CancellationToken.None))!;
        Assert.Equal(work.PatientId, response.PatientId);
        Assert.Equal("urn:integration:questionnaire:discharge|1.0.0", (string?)response.Resource["questionnaire"]);
        Assert.Equal("李明", (string?)response.Resource["author"]!["display"]);
        var answered = Assert.Single(await engine.EventsAsync("survey.answered"));
        Assert.Equal((work.Id, 8m), ((string?)answered.Data["followUp"], (decimal)answered.Data["score"]!));
        var alert = Assert.Single(await engine.EventsAsync("survey.alert"));
        Assert.Equal("critical", (string?)alert.Data["severity"]);
        Assert.Equal(["severe-pain", "medication-stopped", "high-risk"], alert.Data["alerts"]!.AsArray().Select(key => (string?)key));
        await engine.SweepAsync();
        Assert.Equal(FollowUpState.Due, Assert.Single(await engine.WorkAsync("questionnaire-alert")).State);
    }

    [Fact]
    public async Task When_answers_do_not_fit_Should_leave_the_work_open_and_store_nothing()
    {
        await using var engine = await CalledAsync();
        var work = (await engine.WorkAsync("discharge-follow-up"))[0];

        var result = Assert.IsType<FollowUpActionResult.WrongAnswers>(await FinishAsync(engine, work.Id, """{"pain":12}"""));

        Assert.Contains(result.Problems, problem => problem.LinkId == "pain");
        Assert.Equal(FollowUpState.Due, (await engine.WorkAsync("discharge-follow-up"))[0].State);
        await engine.Engine.RunAsync();
        Assert.Empty(await ResponsesAsync(engine));
    }

    /// <summary>Cut off between the answers and the end of the work, somebody does it again.</summary>
    [Fact]
    public async Task When_answers_come_twice_for_the_same_work_Should_be_one_response()
    {
        await using var engine = await CalledAsync();
        var work = (await engine.WorkAsync("discharge-follow-up"))[0];
        var form = engine.Engine.Services.GetRequiredService<FormCatalog>().Current.All["discharge"];
        await engine.Engine.Services.GetRequiredService<FormResponses>().SubmitAsync(
            form, new FormSubmission(work.PatientId, JsonNode.Parse(Bad)!.AsObject(), "李明") { Id = work.Id, FollowUp = work.Id }, CancellationToken.None);

        await FinishAsync(engine, work.Id, Bad);
        await engine.Engine.RunAsync();

        Assert.Single(await ResponsesAsync(engine));
        Assert.Single(await engine.EventsAsync("survey.alert"));
    }

    [Fact]
    public async Task When_work_has_ended_Should_take_no_answers()
    {
        await using var engine = await CalledAsync();
        var work = (await engine.WorkAsync("discharge-follow-up"))[0];
        await FinishAsync(engine, work.Id, Bad);

        Assert.IsType<FollowUpActionResult.NotAllowed>(await FinishAsync(engine, work.Id, Bad));
    }

    /// <summary>A mini program of the hospital sends its answers as FHIR: they are scored and watched the same way.</summary>
    [Fact]
    public async Task When_another_system_sends_answers_Should_score_and_alert()
    {
        await using var engine = await CalledAsync();

        await SendResponseAsync(engine, "r1", """{"linkId":"medication","answer":[{"valueCoding":{"code":"stopped"}}]}""");

        var response = Assert.Single(await ResponsesAsync(engine));
        Assert.Equal(3m, (decimal)FormAlerts.ScoreOf(response)!);
        Assert.Equal("warning", (string?)Assert.Single(await engine.EventsAsync("survey.alert")).Data["severity"]);
    }

    [Fact]
    public async Task When_answers_are_amended_Should_tell_of_new_alerts_only()
    {
        await using var engine = await CalledAsync();
        const string Stopped = """{"linkId":"medication","answer":[{"valueCoding":{"code":"stopped"}}]}""";

        await SendResponseAsync(engine, "r1", Stopped);
        await SendResponseAsync(engine, "r1", Stopped + """,{"linkId":"wishes","answer":[{"valueString":"无"}]}""", "2");
        await SendResponseAsync(engine, "r1", """{"linkId":"recovery","answer":[{"valueCoding":{"code":"worse"}}]},""" + Stopped, "3");

        Assert.Equal(["medication-stopped", "medication-stopped,high-risk"], (await engine.EventsAsync("survey.alert")).Select(e => string.Join(',', e.Data["alerts"]!.AsArray().Select(key => (string?)key))));
    }

    [Fact]
    public async Task When_the_patient_is_not_known_Should_say_so()
    {
        await using var engine = await CalledAsync();
        var form = engine.Engine.Services.GetRequiredService<FormCatalog>().Current.All["discharge"];

        Assert.IsType<FormResult.NoPatient>(await engine.Engine.Services.GetRequiredService<FormResponses>().SubmitAsync(
            form, new FormSubmission("nobody", JsonNode.Parse(Bad)!.AsObject(), "李明"), CancellationToken.None));
    }

    /// <summary>Discharged on 8 March, and the first call is due.</summary>
    private static async Task<FollowUpEngine> CalledAsync()
    {
        var engine = await FollowUpEngine.StartAsync("2026-03-08 12:00", ("Feeds:mini:Adapter", "Fhir.Endpoint"), ("Feeds:mini:Listen", "127.0.0.1:0"));
        await engine.SendStayAsync("A01", "2026-03-01 09:00");
        await engine.SendStayAsync("A03", "2026-03-08 11:00", "2026-03-08 11:00");
        await engine.SweepAtAsync("2026-03-18 10:00");
        return engine;
    }

    private static async Task<FollowUpActionResult> FinishAsync(FollowUpEngine engine, string id, string answers) =>
        await engine.Engine.Services.GetRequiredService<AnsweredFollowUps>().FinishAsync(
            id, FollowUpState.Done, "李明", "", JsonNode.Parse(answers)!.AsObject(), "tests", CancellationToken.None);

    private static Task SendResponseAsync(FollowUpEngine engine, string id, string items, string version = "1") => engine.SendFhirAsync("mini", $$$"""
        {"resourceType":"QuestionnaireResponse","id":"{{{id}}}","meta":{"versionId":"{{{version}}}"},"questionnaire":"urn:integration:questionnaire:discharge","status":"completed",
         "subject":{"type":"Patient","identifier":{"system":"HIS","value":"1001"}},"item":[{{{items}}}]}
        """);

    private static async Task<List<JsonObject>> ResponsesAsync(FollowUpEngine engine)
    {
        var page = await engine.Engine.Store.QueryAsync(
            new DocumentQuery(Collections.Resources) { Where = [new DocumentFilter.Equal(Collections.Resources.Field("type"), "QuestionnaireResponse")] }, CancellationToken.None);
        return [.. page.Documents.Select(Collections.Resources.Read).Select(document => document.Resource)];
    }
}
