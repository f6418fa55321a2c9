using System.Text;
using System.Text.Json;

namespace Integration.Fhir.Validation;

/// <summary>Literal references: <c>#id</c> and <c>Type/id</c> name a resource type that the element allows. FHIR R4 references.html.</summary>
internal static class References
{
    private const string StructureDefinitions = "http://hl7.org/fhir/StructureDefinition/";

    /// <param name="reference">An object of type Reference.</param>
    public static void Check(ResourceWalk walk, FhirElement element, JsonElement reference)
    {
        if (JsonText.FindString(reference, "type"u8) is { Length: > 0 } stated)
        {
            walk.Path.Push("type");
            CheckTarget(walk, element, stated.StartsWith(StructureDefinitions, StringComparison.Ordinal) ? stated[StructureDefinitions.Length..] : stated);
            walk.Path.Pop();
        }

        if (JsonText.FindString(reference, "reference"u8) is { Length: > 0 } literal)
        {
            walk.Path.Push("reference");
            CheckLiteral(walk, element, literal);
            walk.Path.Pop();
        }
    }

    private static void CheckLiteral(ResourceWalk walk, FhirElement element, string literal)
    {
        if (literal[0] == '#')
        {
            CheckContained(walk, element, literal[1..]);
        }
        else if (literal.Contains("://", StringComparison.Ordinal))
        {
            // Of an absolute URL only what looks like the RESTful form is known to name a type.
            if (TypeOf(literal) is { } type)
            {
                CheckTarget(walk, element, type);
            }
        }
        else if (!literal.Contains(':', StringComparison.Ordinal))
        {
            if (IsRelative(literal) && TypeOf(literal) is { } type)
            {
                CheckTarget(walk, element, type);
            }
            else
            {
                walk.Error("value", "A relative reference has the form Type/id with a resource type of FHIR R4.");
            }
        }
    }

    private static void CheckContained(ResourceWalk walk, FhirElement element, string id)
    {
        // "#" alone is the container itself.
        if (id.Length == 0)
        {
            return;
        }

        // Whether it is there at all is ref-1's to say.
        if (walk.Contained.TryFind(id, out var type) && type is not null)
        {
            CheckTarget(walk, element, type);
        }
    }

    private static void CheckTarget(ResourceWalk walk, FhirElement element, string type)
    {
        if (element.ReferenceTargets.Count > 0 && IsResource(type) && !element.ReferenceTargets.Contains(type))
        {
            walk.Error("value", $"The reference is to type {type}; the element allows {string.Join(", ", element.ReferenceTargets)}.");
        }
    }

    private static bool IsResource(string type) => FhirSchema.Find(type) is { Kind: FhirTypeKind.Resource, IsAbstract: false };

    /// <summary><c>Type/id</c>, <c>Type/id/_history/version</c>, or in a transaction the conditional <c>Type?query</c>.</summary>
    private static bool IsRelative(string literal)
    {
        if (literal.Contains('?', StringComparison.Ordinal))
        {
            return true;
        }

        var parts = literal.Split('/', 5);
        return parts.Length switch
        {
            2 => IsId(parts[1]),
            4 => IsId(parts[1]) && parts[2] == "_history" && IsId(parts[3]),
            _ => false,
        };
    }

    private static bool IsId(string text) => PrimitiveFormat.IsId(Encoding.UTF8.GetBytes(text));

    /// <summary>The resource type in <c>…/Type/id</c>, <c>…/Type/id/_history/version</c> or <c>…/Type?query</c>; null when there is none.</summary>
    public static string? TypeOf(string literal)
    {
        var query = literal.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? literal : literal[..query];
        var history = path.IndexOf("/_history/", StringComparison.Ordinal);
        if (history >= 0)
        {
            path = path[..history];
        }

        if (query < 0)
        {
            var idStart = path.LastIndexOf('/');
            path = idStart < 0 ? path : path[..idStart];
        }

        var type = path[(path.LastIndexOf('/') + 1)..];
        return IsResource(type) ? type : null;
    }
}
