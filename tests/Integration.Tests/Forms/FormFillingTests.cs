using System.Text.Json.Nodes;
using Integration.Core.Forms;

namespace Integration.Tests.Forms;

/// <summary>Answers are checked against their form; what cannot be taken is named by its question.</summary>
public sealed class FormFillingTests
{
    private const string Discharge = """{"recovery":"well","pain":2,"fever":false,"medication":"always"}""";

    [Theory]
    [InlineData(Discharge)]
    [InlineData("""{"recovery":"恢复良好","pain":"2","fever":"false","medication":["always"]}""")]
    [InlineData("""{"recovery":{"code":"well"},"pain":2,"fever":true,"temperature":{"value":37.9},"medication":"stopped","stopped-why":"胃痛"}""")]
    public void Answers_ThatFit_AreTaken(string answers) => Assert.Empty(Problems("discharge", answers));

    [Theory]
    [InlineData("{}", "recovery: It has to be answered.", "pain: It has to be answered.", "fever: It has to be answered.", "medication: It has to be answered.")]
    [InlineData("""{"recovery":"fine","pain":11,"fever":"perhaps","medication":"always"}""",
        "recovery: Answer one of well, slow, worse.", "pain: Answer a number from 0 to 10.", "fever: Answer true or false.")]
    [InlineData("""{"recovery":"well","pain":2.5,"fever":true,"medication":"always"}""", "pain: Answer a whole number.", "temperature: It has to be answered.")]
    [InlineData("""{"recovery":"well","pain":2,"fever":false,"temperature":39,"medication":"always"}""", "temperature: After the other answers this is not asked. Leave it out.")]
    [InlineData("""{"recovery":["well","worse"],"pain":2,"fever":false,"medication":"always","nonsense":1,"score":3,"symptoms":1}""",
        "recovery: One answer only.", "nonsense: The form has no such question.", "score: Nobody is asked this.", "symptoms: Nobody is asked this.")]
    public void Answers_ThatDoNotFit_AreAllNamed(string answers, params string[] expected) => Assert.Equal(expected.Order(), Problems("discharge", answers).Order());

    [Fact]
    public void Conditions_OneOfSeveral_AndRepeatedAnswers_DecideWhatIsAsked()
    {
        const string Both = """{"disease":["hypertension","diabetes"],"systolic":150,"diastolic":95,"fasting":7.2,"adherence":"regular"}""";

        Assert.Empty(Problems("chronic", Both));
        Assert.Equal(["fasting: After the other answers this is not asked. Leave it out."], Problems("chronic", Both.Replace(",\"diabetes\"", "", StringComparison.Ordinal)));
        Assert.Equal(["systolic: It has to be answered.", "diastolic: It has to be answered."], Problems("chronic", """{"disease":"hypertension","adherence":"regular"}"""));
    }

    /// <summary>A question below one that is not asked is not asked either, nor does an answer to it count.</summary>
    [Fact]
    public void Condition_OnAQuestionThatIsNotAsked_DoesNotHold()
    {
        var form = FormSamples.Of("""
            {"linkId":"a","text":"A","type":"boolean"},
            {"linkId":"b","text":"B","type":"boolean","enableWhen":[{"question":"a","operator":"=","answerBoolean":true}]},
            {"linkId":"c","text":"C","type":"boolean","required":true,"enableWhen":[{"question":"b","operator":"=","answerBoolean":true}]}
            """);

        Assert.Equal(["b: After the other answers this is not asked. Leave it out."], Problems(form, """{"a":false,"b":true}"""));
    }

    [Theory]
    [InlineData("date", "2026-02-30", null)]
    [InlineData("date", "2026-03", "valueDate")]
    [InlineData("time", "09:30", "valueTime")]
    [InlineData("time", "25:00", null)]
    [InlineData("dateTime", "2026-03-01T09:30", "valueDateTime")]
    [InlineData("dateTime", "2026-03-01T09:30:00+08:00", "valueDateTime")]
    [InlineData("dateTime", "yesterday", null)]
    [InlineData("decimal", "3.25", "valueDecimal")]
    [InlineData("decimal", "3,25", null)]
    [InlineData("string", "   ", null)]
    [InlineData("url", "http://hospital/a", "valueUri")]
    public void Answer_OfEachType_IsRead(string type, string answer, string? property)
    {
        var form = FormSamples.Of($$"""{"linkId":"a","text":"A","type":"{{type}}"}""");
        var filling = FormFilling.Of(form, new JsonObject { ["a"] = answer }, TimeZoneInfo.Utc);

        Assert.Equal(property is null ? 1 : 0, filling.Problems.Count);
        if (property is not null)
        {
            Assert.NotNull(filling.Items()[0]!["answer"]![0]![property]);
        }
    }

    [Fact]
    public void Items_HaveTheTextsOfTheirQuestions()
    {
        var items = FormFilling.Of(FormSamples.Shipped.All["discharge"], JsonNode.Parse(Discharge)!.AsObject(), TimeZoneInfo.Utc).Items();

        Assert.Equal(["recovery", "symptoms", "medication"], items.Select(item => (string?)item!["linkId"]));
        Assert.Equal("出院后恢复得怎么样？", (string?)items[0]!["text"]);
        Assert.Equal("恢复良好", (string?)items[0]!["answer"]![0]!["valueCoding"]!["display"]);
    }

    private static List<string> Problems(string form, string answers) => Problems(FormSamples.Shipped.All[form], answers);

    private static List<string> Problems(Form form, string answers) =>
        [.. FormFilling.Of(form, JsonNode.Parse(answers)!.AsObject(), TimeZoneInfo.Utc).Problems.Select(problem => $"{problem.LinkId}: {problem.Text}")];
}
