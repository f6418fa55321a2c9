using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Integration.Fhir;
using Integration.Fhir.FhirPath;
using Integration.Fhir.Search;

namespace Integration.SystemTests.Fhir;

/// <summary>One expression to be asked of both evaluators.</summary>
/// <param name="Name">What it is: a constraint's key, a search parameter's id, or the expression itself.</param>
/// <param name="ResourceType">Only resources of that type are asked; null: all.</param>
internal sealed partial record SharedExpression(string Name, string? ResourceType, string Text)
{
    /// <summary>
    /// As the peer is asked. Two things that the official expressions need are not in FHIRPath itself and the peer refuses or ignores them:
    /// <c>as</c> of several items, asked as ofType, and <c>Resource.</c> at the beginning for any resource.
    /// </summary>
    public string PeerText => AsFunction().Replace(AsOperator().Replace(BaseName().Replace(Text, ""), "$1.ofType($2)"), "ofType(");

    [GeneratedRegex(@"^(?:Resource|DomainResource)\.")]
    private static partial Regex BaseName();

    [GeneratedRegex(@"\(([\w.]+) as (\w+)\)")]
    private static partial Regex AsOperator();

    [GeneratedRegex(@"\bas\(")]
    private static partial Regex AsFunction();
}

/// <summary>The expressions that the official definitions have, written so that they begin at a resource.</summary>
internal static class SharedExpressions
{
    public static IEnumerable<SharedExpression> Invariants()
    {
        foreach (var type in FhirSchema.TypeNames.Select(name => FhirSchema.Find(name)!))
        {
            var inherited = type.BaseName is { } baseName ? FhirSchema.Find(baseName)!.Constraints : [];
            foreach (var constraint in type.Constraints.Except(inherited))
            {
                yield return At(type, "", constraint);
            }

            foreach (var element in type.Elements)
            {
                foreach (var constraint in element.Constraints)
                {
                    yield return At(type, $".`{element.Name}`", constraint);
                }
            }
        }
    }

    /// <summary>One per resource type of a parameter.</summary>
    public static IEnumerable<SharedExpression> SearchParameters() => FhirSearchParameters.All.Where(p => p.Expression is not null)
        .SelectMany(p => p.Bases.Select(b => new SharedExpression(p.Id, b is "Resource" or "DomainResource" ? null : b, p.Expression!)));

    private static SharedExpression At(FhirType type, string element, FhirConstraint constraint)
    {
        var root = type.Name.Split('.')[0];
        var isOfResource = FhirSchema.Find(root) is { Kind: FhirTypeKind.Resource, IsAbstract: false };
        var path = type switch
        {
            _ when isOfResource || type.Kind == FhirTypeKind.Resource => type.Name + element,
            { Kind: FhirTypeKind.Backbone } => $"descendants().where($this is {root}).{type.Name[(root.Length + 1)..]}{element}",

            // The peer does not know an extension's type within a Bundle.
            { Name: "Extension" } => "descendants().extension",
            _ => $"descendants().where($this is {type.Name}){element}",
        };
        return new SharedExpression($"{type.Name}{element} {constraint.Key}", isOfResource ? root : null, $"{path}.select(({constraint.Expression}))");
    }
}

/// <summary>Results of both evaluators in one form.</summary>
internal static class PeerResults
{
    public static JsonNode Ours(JsonElement resource, string expression)
    {
        try
        {
            // A primitive that has only extensions is an item that the peer leaves out when it gives values.
            return new JsonArray([.. FhirPathExpression.Compile(expression).Evaluate(resource).Select(ToNode).OfType<JsonNode>()]);
        }
        catch (FhirPathException exception)
        {
            return new JsonObject { ["error"] = exception.Message };
        }
    }

    /// <summary>Errors are alike whatever they say; numbers are equal when eight places are; objects have members in any order.</summary>
    public static bool AreEqual(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (null, null) => true,
        (JsonObject a, JsonObject b) when a.ContainsKey("error") || b.ContainsKey("error") => a.ContainsKey("error") && b.ContainsKey("error"),
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(p => b.ContainsKey(p.Key) && AreEqual(p.Value, b[p.Key])),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) => AreEqual(a, b),
        _ => false,
    };

    private static bool AreEqual(JsonValue left, JsonValue right)
    {
        if (left.GetValueKind() != right.GetValueKind())
        {
            return false;
        }

        return left.GetValueKind() != JsonValueKind.Number
            ? left.ToJsonString() == right.ToJsonString()
            : Math.Abs(double.Parse(left.ToJsonString(), CultureInfo.InvariantCulture) - double.Parse(right.ToJsonString(), CultureInfo.InvariantCulture)) < 1e-8;
    }

    private static JsonNode? ToNode(FhirPathValue value)
    {
        if (!value.TypeName.StartsWith("System.", StringComparison.Ordinal) && value.Json.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        if (value.Json.ValueKind != JsonValueKind.Undefined)
        {
            return JsonNode.Parse(value.Json.GetRawText());
        }

        return value.TypeName switch
        {
            "System.Boolean" => value.Text == "true",
            "System.Integer" or "System.Decimal" => JsonNode.Parse(value.Text!),
            _ => value.Text,
        };
    }
}
