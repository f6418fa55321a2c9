using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Forms;
using Integration.Fhir;

namespace Integration.Tests.Forms;

/// <summary>What forms make of answers: scores counted by hand, alerts at their bounds.</summary>
public sealed class FormScoringTests
{
    /// <summary>Recovery 0/1/3, wound 0/0/2/3, medicines 0/1/3, and 2 more from a pain of 4.</summary>
    [Theory]
    [InlineData("""{"recovery":"well","pain":3,"fever":false,"medication":"always"}""", 0)]
    [InlineData("""{"recovery":"well","pain":4,"fever":false,"medication":"always"}""", 2)]
    [InlineData("""{"recovery":"slow","pain":0,"fever":false,"wound":"red","medication":"sometimes"}""", 4, new string[0])]
    [InlineData("""{"recovery":"slow","pain":0,"fever":false,"wound":"oozing","medication":"sometimes"}""", 5, new[] { "high-risk" })]
    [InlineData("""{"recovery":"well","pain":6,"fever":true,"temperature":38.4,"medication":"stopped"}""", 5, new[] { "medication-stopped", "high-risk" })]
    [InlineData("""{"recovery":"well","pain":7,"fever":true,"temperature":38.5,"medication":"always"}""", 2, new[] { "severe-pain", "high-fever" })]
    public void Discharge_IsScored(string answers, int score, string[]? alerts = null) => Check("discharge", answers, score, alerts ?? []);

    [Theory]
    [InlineData(5, 5, 5, 5, 5, 100, new string[0])]
    [InlineData(3, 3, 3, 3, 3, 60, new string[0])]
    [InlineData(3, 3, 3, 3, 2, 56, new[] { "dissatisfied" })]
    [InlineData(1, 5, 5, 5, 5, 84, new[] { "very-dissatisfied" })]
    public void Satisfaction_IsScored(int doctor, int nurse, int waiting, int environment, int cost, int score, string[] alerts) => Check(
        "satisfaction", $$"""{"doctor":"{{doctor}}","nurse":"{{nurse}}","waiting":"{{waiting}}","environment":"{{environment}}","cost":"{{cost}}","recommend":true}""", score, alerts);

    [Theory]
    [InlineData(179, 109, new string[0])]
    [InlineData(180, 90, new[] { "blood-pressure-crisis" })]
    [InlineData(150, 110, new[] { "blood-pressure-crisis" })]
    public void BloodPressure_AtItsBounds_AlertsOrNot(int systolic, int diastolic, string[] alerts) => Check(
        "chronic", $$"""{"disease":"hypertension","systolic":{{systolic}},"diastolic":{{diastolic}},"height":1.7,"weight":68,"adherence":"regular"}""", 23.5m, alerts);

    /// <summary>Another system's answers know neither texts nor what they count for, and may have calculated otherwise.</summary>
    [Fact]
    public void Answers_OfOthers_AreScoredTheSame()
    {
        var form = FormSamples.Shipped.All["satisfaction"];
        var response = JsonNode.Parse("""
            {"resourceType":"QuestionnaireResponse","questionnaire":"urn:integration:questionnaire:satisfaction","status":"completed",
             "extension":[{"url":"urn:other","valueCode":"x"},{"url":"urn:integration:form-score","valueDecimal":99}],
             "item":[{"linkId":"doctor","answer":[{"valueCoding":{"code":"2"}}]},{"linkId":"score","answer":[{"valueDecimal":99}]},{"linkId":"own","answer":[{"valueString":"x"}]}]}
            """)!.AsObject();

        Assert.Empty(FormScoring.Apply(form, response));
        var once = response.ToJsonString();
        FormScoring.Apply(form, response);

        Assert.Equal(once, response.ToJsonString());
        Assert.Equal(8m, (decimal)FormAlerts.ScoreOf(response)!);
        Assert.Equal(["dissatisfied"], FormAlerts.KeysOf(response));
        Assert.Equal("不满意", (string?)response["item"]![0]!["answer"]![0]!["valueCoding"]!["display"]);
        Assert.Equal(8m, (decimal)response["item"]![1]!["answer"]![0]!["valueDecimal"]!);
        Assert.Equal("x", (string?)response["extension"]![0]!["valueCode"]);
    }

    [Fact]
    public void Item_ThatIsCalculatedInAGroup_StandsWhereTheFormHasIt()
    {
        var form = FormSamples.Of("""
            {"linkId":"a","text":"A","type":"integer"},
            {"linkId":"g","text":"G","type":"group","item":[
              {"linkId":"twice","text":"T","type":"integer","extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
                "valueExpression":{"language":"text/fhirpath","expression":"item.where(linkId = 'a').answer.value * 2"}}]}]},
            {"linkId":"z","text":"Z","type":"string"}
            """);

        var response = FormSamples.Answered(form, """{"a":4,"z":"end"}""");

        Assert.Equal(["a", "g", "z"], response["item"]!.AsArray().Select(item => (string?)item!["linkId"]));
        Assert.Equal(8, (int)response["item"]![1]!["item"]![0]!["answer"]![0]!["valueInteger"]!);
    }

    [Fact]
    public void Calculation_WithoutItsAnswers_GivesNothing()
    {
        var response = FormSamples.Answered(FormSamples.Shipped.All["chronic"], """{"disease":"diabetes","fasting":7.2,"adherence":"regular"}""");

        Assert.DoesNotContain(response["item"]!.AsArray(), item => (string?)item!["linkId"] == "bmi");
        Assert.Null(FormAlerts.ScoreOf(response));
    }

    private static void Check(string form, string answers, decimal score, string[] alerts)
    {
        var response = FormSamples.Answered(FormSamples.Shipped.All[form], answers);

        Assert.Equal(score, (decimal)FormAlerts.ScoreOf(response)!);
        Assert.Equal(alerts, FormAlerts.KeysOf(response));
        Assert.DoesNotContain(FhirValidator.Validate(JsonSerializer.SerializeToElement(response)), issue => issue.Severity == FhirIssueSeverity.Error);
    }
}
