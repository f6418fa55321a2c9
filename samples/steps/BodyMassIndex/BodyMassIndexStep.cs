using System.Text.Json.Nodes;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Steps;

namespace BodyMassIndex;

/// <summary>
/// Adds the body mass index (LOINC 39156-5, kg/m2) to check-up reports that hold height in cm and weight in kg. A message about the same report, sent
/// again or corrected, changes the same Observation.
/// </summary>
public sealed class BodyMassIndexStep : IMappingStep
{
    private const string Loinc = "http://loinc.org";

    public void Run(MappedMessage message)
    {
        var height = Find(message, "SG", "身高");
        var weight = Find(message, "TZ", "体重");
        if (height is null || weight is null)
        {
            return;
        }

        if (Number(height) is not (> 50 and < 250) || Number(weight) is not (> 2 and < 500))
        {
            message.Warn(weight.Source, "Height in cm or weight in kg is no possible value; the body mass index is left out.");
            return;
        }

        var metres = Number(height)!.Value / 100;
        var index = message.Add("Observation", "body-mass-index", weight.Id).Json;
        index["status"] = weight.Json["status"]?.DeepClone() ?? "final";
        index["code"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = Loinc, ["code"] = "39156-5", ["display"] = "体质指数" }) };
        index["subject"] = weight.Json["subject"]?.DeepClone();
        if (weight.Json["effectiveDateTime"] is { } when)
        {
            index["effectiveDateTime"] = when.DeepClone();
        }

        index["valueQuantity"] = new JsonObject
        {
            ["value"] = Math.Round(Number(weight)!.Value / (metres * metres), 1),
            ["unit"] = "kg/m2",
            ["system"] = "http://unitsofmeasure.org",
            ["code"] = "kg/m2",
        };
        index["derivedFrom"] = new JsonArray(Reference(height), Reference(weight));
    }

    private static MappedResource? Find(MappedMessage message, params string[] names) => message.Resources.FirstOrDefault(resource =>
        resource.Type == "Observation" && resource.Json["code"]?["coding"]?.AsArray()
            .Any(coding => names.Contains((string?)coding!["code"]) || names.Contains((string?)coding["display"])) == true);

    private static decimal? Number(MappedResource observation) => (decimal?)observation.Json["valueQuantity"]?["value"];

    private static JsonObject Reference(MappedResource resource) => new() { ["reference"] = resource.ToString() };
}
