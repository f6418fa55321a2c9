using System.Text.Json.Nodes;
using Integration.Fhir;

namespace Integration.Tests.Fhir;

/// <summary>
/// Resources of any type made from the element tables by a seeded chance: known elements with plausible values, any of them present or not,
/// so that invariants hold in some and are broken in others.
/// </summary>
internal sealed class RandomResource(Random random)
{
    private const int MaxDepth = 4;

    private static readonly Dictionary<string, string[]> Texts = new(StringComparer.Ordinal)
    {
        ["string"] = ["a", "Abc", "x.y", "*", "1", "2", "é ü", "男", "Name_1", "a b"],
        ["markdown"] = ["*a*", "b"],
        ["code"] = ["a", "entered-in-error", "home", "reference", "string", "exists", "1"],
        ["uri"] = ["http://unitsofmeasure.org", "urn:iso:std:iso:4217", "http://a.example/b", "urn:oid:1.2.3"],
        ["url"] = ["http://a.example/b", "http://a.example/_history/1"],
        ["canonical"] = ["http://a.example/b|1", "#c1"],
        ["oid"] = ["urn:oid:1.2.3"],
        ["uuid"] = ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
        ["id"] = ["a1", "b-2"],
        ["base64Binary"] = ["YQ=="],
        ["date"] = ["2026", "2026-03", "2026-03-01", "2025-12-31"],
        ["dateTime"] = ["2026", "2026-03-01", "2026-03-01T10:00:00+08:00", "2026-03-01T03:00:00Z"],
        ["instant"] = ["2026-03-01T10:00:00.5+08:00", "2026-03-01T02:00:00Z"],
        ["time"] = ["10:00:00", "23:59:59"],
        ["xhtml"] = ["<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a</p></div>"],
        ["decimal"] = ["0", "1.10", "-1", "99.5", "100", "250"],
        ["integer"] = ["0", "1", "-1", "7"],
        ["unsignedInt"] = ["0", "1", "7"],
        ["positiveInt"] = ["1", "3"],
        ["boolean"] = ["true", "false"],
    };

    /// <param name="typeName">A resource type that has instances.</param>
    public JsonObject Make(string typeName)
    {
        var resource = Object(typeName, 0);
        resource.Insert(0, "resourceType", typeName);
        resource["id"] = "r1";
        if (resource.ContainsKey("contained") || random.Next(8) == 0 && FhirSchema.Find(typeName)!.Element("contained") is not null)
        {
            resource["contained"] = new JsonArray(new JsonObject { ["resourceType"] = "Organization", ["id"] = "c1", ["name"] = "a" });
        }

        return resource;
    }

    private JsonObject Object(string typeName, int depth)
    {
        var result = new JsonObject();
        foreach (var element in FhirSchema.Find(typeName)!.Elements)
        {
            var chance = element.Min > 0 ? 95 : element.Name is "extension" or "modifierExtension" or "contained" or "id" ? 3 : 40 - (9 * depth);
            if (random.Next(100) < chance)
            {
                Add(result, element, depth);
            }
        }

        return result;
    }

    private void Add(JsonObject owner, FhirElement element, int depth)
    {
        var which = random.Next(element.JsonNames.Count);
        var (name, type) = (element.JsonNames[which], element.Types[which]);
        var isPrimitive = FhirSchema.Find(type)!.Kind == FhirTypeKind.Primitive;
        if (type == "Resource" || (!isPrimitive && depth >= MaxDepth))
        {
            return;
        }

        var hasSibling = isPrimitive && type != "xhtml" && element.Name != "id" && random.Next(25) == 0;
        if (hasSibling)
        {
            var sibling = new JsonObject { ["extension"] = new JsonArray(new JsonObject { ["url"] = "urn:e", ["valueCode"] = "x" }) };
            owner["_" + name] = element.IsArray ? new JsonArray(sibling) : sibling;
        }

        if (hasSibling && random.Next(2) == 0)
        {
            return;
        }

        if (!element.IsArray)
        {
            Set(owner, name, Value(element, type, depth));
            return;
        }

        var items = Enumerable.Range(0, hasSibling ? 1 : random.Next(1, 4)).Select(_ => Value(element, type, depth)).OfType<JsonNode>().ToArray();
        if (items.Length > 0)
        {
            owner[name] = new JsonArray(items);
        }
    }

    private static void Set(JsonObject owner, string name, JsonNode? value)
    {
        if (value is not null)
        {
            owner[name] = value;
        }
    }

    /// <summary>Null for an object that came out without members.</summary>
    private JsonNode? Value(FhirElement element, string type, int depth)
    {
        if (FhirSchema.Find(type)!.Kind == FhirTypeKind.Primitive)
        {
            if (element.RequiredValueSet is { } url && FhirSchema.RequiredCodes(url) is { } codes)
            {
                return codes.Order(StringComparer.Ordinal).ElementAt(random.Next(codes.Count));
            }

            var text = Texts[type][random.Next(Texts[type].Length)];
            return type is "decimal" or "integer" or "unsignedInt" or "positiveInt" or "boolean" ? JsonNode.Parse(text) : text;
        }

        if (type == "Reference")
        {
            var target = element.ReferenceTargets.Count > 0 ? element.ReferenceTargets[random.Next(element.ReferenceTargets.Count)] : "Patient";
            return new JsonObject { ["reference"] = random.Next(8) switch { 0 => "#c1", 1 => $"http://a.example/{target}/1", 2 => "urn:oid:1.2", _ => $"{target}/1" } };
        }

        var result = Object(type, depth + 1);
        return result.Count > 0 ? result : null;
    }
}
