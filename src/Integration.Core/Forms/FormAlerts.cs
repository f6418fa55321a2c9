using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.Core.Forms;

/// <summary>Reads of a QuestionnaireResponse what its form made of it.</summary>
internal static class FormAlerts
{
    /// <summary>Keys of the alerts that hold, in the order of the form.</summary>
    public static IReadOnlyList<string> KeysOf(JsonObject response) => [.. response.Objects("extension").Select(KeyOf).OfType<string>()];

    /// <summary>The worst severity; null: no alert holds.</summary>
    public static string? SeverityOf(JsonObject response)
    {
        var severities = response.Objects("extension").Where(extension => KeyOf(extension) is not null).Select(extension => Part(extension, "severity", "valueCode")).ToList();
        return severities.Contains("critical") ? "critical" : severities.FirstOrDefault();
    }

    /// <summary>What the form's first calculated number came to; null: it calculates none.</summary>
    public static JsonNode? ScoreOf(JsonObject response) =>
        response.Objects("extension").FirstOrDefault(extension => extension["url"].Text() == FormExtensions.Score)?["valueDecimal"];

    /// <summary>The key of an alert; null for another extension.</summary>
    public static string? KeyOf(JsonObject extension) => extension["url"].Text() == FormExtensions.Alert ? Part(extension, "key", "valueCode") : null;

    private static string? Part(JsonObject extension, string name, string property) =>
        extension.Objects("extension").Where(part => part["url"].Text() == name).Select(part => part[property].Text()).FirstOrDefault();
}
