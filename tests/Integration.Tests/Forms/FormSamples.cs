using System.Text.Json.Nodes;
using Integration.Core.Forms;
using Integration.Core.Mapping.Versions;

namespace Integration.Tests.Forms;

/// <summary>Forms for tests: the shipped ones, and small ones made of a few items.</summary>
internal static class FormSamples
{
    public static FormSet Shipped { get; } = FormLoader.Load(MappingFiles.Read(Path.Combine(RepositoryRoot.Path, "mappings"))).Forms!;

    /// <param name="items">JSON of the items.</param>
    /// <param name="more">Further properties, each with a comma behind it.</param>
    public static string Questionnaire(string items, string more = "", string version = "1") => $$"""
        {
          "resourceType": "Questionnaire", "url": "urn:test:form", "version": "{{version}}", "title": "Form", "status": "active", {{more}}
          "item": [{{items}}]
        }
        """;

    /// <summary>What loading says of one file.</summary>
    public static (FormSet? Forms, IReadOnlyList<string> Problems) Load(params IReadOnlyList<(string Path, string Text)> files)
    {
        var (forms, problems) = FormLoader.Load(new MappingFiles("mappings", [.. files.Select(file => new MappingText(file.Path, file.Text))]));
        return (forms, [.. problems.Select(problem => problem.ToString())]);
    }

    public static Form Of(string items, string more = "")
    {
        var (forms, problems) = Load(("forms/form.json", Questionnaire(items, more)));
        Assert.Empty(problems);
        return forms!.All["form"];
    }

    /// <summary>Fills a form in and gives back what the engine makes of it.</summary>
    public static JsonObject Answered(Form form, string answers)
    {
        var filling = FormFilling.Of(form, JsonNode.Parse(answers)!.AsObject(), TimeZoneInfo.Utc);
        Assert.Empty(filling.Problems);
        var response = new JsonObject
        {
            ["resourceType"] = "QuestionnaireResponse",
            ["questionnaire"] = form.Canonical,
            ["status"] = "completed",
            ["item"] = filling.Items(),
        };
        Assert.Empty(FormScoring.Apply(form, response));
        return response;
    }
}
