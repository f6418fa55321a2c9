namespace Integration.Tests.Forms;

/// <summary>What is wrong in a form is said before anybody is asked, all of it, with its place.</summary>
public sealed class FormReaderTests
{
    [Fact]
    public void Shipped_AreForms() => Assert.Equal(["chronic", "discharge", "satisfaction"], FormSamples.Shipped.All.Keys.Order());

    [Theory]
    [InlineData("{", ":2:1: This is not JSON.")]
    [InlineData("""{"resourceType":"Patient"}""", ":1:1: This is no Questionnaire.")]
    [InlineData("""{"resourceType":"Questionnaire","status":"active"}""", "The form has no url.", "The form has no version.", "The form has no title.")]
    [InlineData("""{"resourceType":"Questionnaire","url":"urn:a","version":"1","title":"A","status":"active","itm":[]}""", ":1:91: Questionnaire.itm")]
    public void File_ThatIsNoForm_IsRefused(string text, params string[] expected)
    {
        var (forms, problems) = FormSamples.Load(("forms/a.json", text + "\n"));

        Assert.Null(forms);
        Assert.All(expected, part => Assert.Contains(problems, problem => problem.Contains(part, StringComparison.Ordinal)));
        Assert.All(problems, problem => Assert.StartsWith("mappings/forms/a.json:", problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"linkId":"a","text":"A","type":"attachment"}""", ":3:37: Items of type attachment cannot be asked.")]
    [InlineData("""{"linkId":"a","text":"A","type":"choice"}""", "There is nothing to choose from.")]
    [InlineData("""{"linkId":"a","text":"A","type":"choice","answerValueSet":"http://hospital/vs"}""", "The value set is not known here.")]
    [InlineData("""{"linkId":"a","text":"A","type":"group","repeats":true,"item":[{"linkId":"b","text":"B","type":"string"}]}""", "Groups cannot be repeated.")]
    [InlineData("""{"linkId":"pain","text":"A","type":"integer"},{"linkId":"b","text":"B","type":"string","enableWhen":[{"question":"pian","operator":"exists","answerBoolean":true}]}""",
        "The form has no item 'pian'. Did you mean pain?")]
    [InlineData("""{"linkId":"a","text":"A","type":"integer"},{"linkId":"a","text":"B","type":"string"}""", "que-2")]
    [InlineData("""{"linkId":"a","text":"A","type":"decimal","extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression","valueExpression":{"language":"text/fhirpath","expression":"item.where(linkId = 'b').answer.value +"}}]}""",
        "This is not FHIRPath", "The form has no item 'b'.")]
    [InlineData("""{"linkId":"a","text":"A","type":"decimal","extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression","valueExpression":{"language":"text/cql","expression":"1"}}]}""",
        "It must be an expression of FHIRPath.")]
    public void Item_ThatCannotBeAsked_IsRefused(string items, params string[] expected)
    {
        var (forms, problems) = FormSamples.Load(("forms/form.json", FormSamples.Questionnaire(items)));

        Assert.Null(forms);
        Assert.All(expected, part => Assert.Contains(problems, problem => problem.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void Alert_WithoutKeyOrCondition_IsRefused()
    {
        var (_, problems) = FormSamples.Load(("forms/form.json", FormSamples.Questionnaire(
            """{"linkId":"a","text":"A","type":"integer"}""", """
            "extension": [{"url": "urn:integration:form-alert", "extension": [{"url": "key", "valueCode": "k"}]}],
            """)));

        Assert.Contains("An alert has a key", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void TwoForms_OfOneUrl_AreRefused()
    {
        var text = FormSamples.Questionnaire("""{"linkId":"a","text":"A","type":"integer"}""");

        var (_, problems) = FormSamples.Load(("forms/a.json", text), ("forms/b.json", text));

        Assert.Equal("mappings/forms/b.json:1:1: urn:test:form is forms/a.json already. Give each form a url of its own. An edit rises its version.", Assert.Single(problems));
    }

    [Fact]
    public void TenThousandForms_AreReadAndFoundByUrl()
    {
        var items = """{"linkId":"a","text":"疼痛","type":"integer"},{"linkId":"b","text":"B","type":"choice","answerOption":[{"valueCoding":{"code":"x"}}]}""";
        var files = Enumerable.Range(0, 10_000).Select(i => ($"forms/f{i}.json", FormSamples.Questionnaire(items).Replace("urn:test:form", $"urn:test:form:{i}", StringComparison.Ordinal))).ToList();

        var (forms, problems) = FormSamples.Load(files);

        Assert.Empty(problems);
        Assert.Equal("f9999", forms!.Find("urn:test:form:9999|1")!.Name);
        Assert.Null(forms.Find("urn:test:form:9999|2"));
    }
}
