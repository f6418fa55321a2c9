using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;
using Integration.Fhir;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Mapping.Compilation;

/// <summary>Turns a constant of a mapping file into JSON and checks it against the FHIR type it is to be.</summary>
internal sealed class ConstantCompiler(ProblemList problems, string file)
{
    public ConstantValue? Compile(YamlNode node, TargetStep step, string path)
    {
        if (node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "~" or "" })
        {
            if (step.Element.Min > 0 || step.IsArray)
            {
                problems.Add(YamlBlock.PositionOf(node, file), $"{path} cannot be cleared: {(step.IsArray ? "it repeats" : "FHIR requires it")}.");
                return null;
            }

            return new ConstantValue(null);
        }

        var before = problems.Count;
        var json = Convert(node, step, path);
        return problems.Count == before ? new ConstantValue(json) : null;
    }

    private JsonNode? Convert(YamlNode node, TargetStep step, string path)
    {
        var position = YamlBlock.PositionOf(node, file);
        if (FhirPrimitive.Find(step.TypeName) is not null)
        {
            return Primitive(node, step, path, position);
        }

        if (node is not YamlMappingNode mapping)
        {
            problems.Add(position, $"{path} is a {step.TypeName}, which is a block of its elements.");
            return null;
        }

        var type = FhirSchema.Find(step.TypeName)!;
        var json = new JsonObject();
        foreach (var (keyNode, value) in mapping.Children)
        {
            var name = (keyNode as YamlScalarNode)?.Value ?? "";
            if (type.Element(name) is not { } element)
            {
                problems.AddUnknown(
                    YamlBlock.PositionOf(keyNode, file), $"FHIR R4 {type.Name} has no element '{name}'.", name, type.Elements.SelectMany(e => e.JsonNames));
                continue;
            }

            json[name] = Element(value, new TargetStep(name, element, element.TypeOf(name), element.IsArray), $"{path}.{name}");
        }

        return json;
    }

    private JsonNode? Element(YamlNode node, TargetStep step, string path)
    {
        if (!step.IsArray)
        {
            return Convert(node, step, path);
        }

        if (node is not YamlSequenceNode sequence)
        {
            problems.Add(YamlBlock.PositionOf(node, file), $"{path} repeats, so its value is a list.", "Put it in square brackets.");
            return null;
        }

        return new JsonArray([.. sequence.Children.Select(child => Convert(child, step, path))]);
    }

    private JsonNode? Primitive(YamlNode node, TargetStep step, string path, SourcePosition position)
    {
        var text = (node as YamlScalarNode)?.Value;
        if (string.IsNullOrWhiteSpace(text))
        {
            problems.Add(position, $"{path} is a {step.TypeName}, which is a single value.");
            return null;
        }

        JsonNode? value = step.TypeName switch
        {
            "boolean" => text is "true" or "false" ? JsonValue.Create(text == "true") : null,
            "decimal" => FhirPrimitive.Number(text) is { } number ? JsonValue.Create(number) : null,
            "integer" or "positiveInt" or "unsignedInt" =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole) : null,
            _ => JsonValue.Create(text),
        };
        if (value is null)
        {
            problems.Add(position, $"'{text}' is no {step.TypeName}.");
        }
        else if (step.Element.RequiredValueSet is { } valueSet && FhirSchema.RequiredCodes(valueSet) is { } codes && !codes.Contains(text))
        {
            problems.AddUnknown(position, $"'{text}' is not a code that FHIR R4 allows for {path}.", text, codes);
        }

        return value;
    }
}
