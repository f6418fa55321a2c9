using System.Text.Json.Nodes;
using Integration.Core.Mapping.Language;
using Integration.Fhir;

namespace Integration.Core.Mapping.Outbound;

/// <summary>
/// A checked path into a FHIR value: <c>name.family</c>, <c>given[1]</c>, <c>extension[patient-religion].valueCodeableConcept</c>; <c>this</c> is
/// the value itself. Lists on the way give all their entries, unless a number (from 1; <c>[2..]</c> is the second and all behind it) or, for extensions,
/// the end of their URL picks some.
/// </summary>
/// <param name="TypeName">FHIR type of what it leads to.</param>
/// <param name="Repeats">May lead to several values.</param>
internal sealed record ElementPath(IReadOnlyList<ElementStep> Steps, string TypeName, bool Repeats)
{
    public const string This = "this";

    /// <summary>Resolves a path against a type; null when it is wrong, which has then been reported.</summary>
    public static ElementPath? Resolve(Word word, FhirType type, ProblemList problems)
    {
        if (word.Text == This)
        {
            return new ElementPath([], type.Name, false);
        }

        var steps = new List<ElementStep>();
        var (current, typeName, repeats, offset) = ((FhirType?)type, type.Name, false, 0);
        foreach (var part in Split(word.Text))
        {
            var position = word.Position.Plus(offset);
            offset += part.Length + 1;
            var bracket = part.IndexOf('[');
            var property = bracket < 0 ? part : part[..bracket];

            // _birthDate holds the extensions of the primitive birthDate. FHIR R4 §2.6.2 (JSON representation of primitive elements).
            var besidePrimitive = property.StartsWith('_');
            if (current?.Element(besidePrimitive ? property[1..] : property) is not { } element)
            {
                problems.AddUnknown(
                    position, $"FHIR R4 {typeName} has no element '{property}'.", property, current?.Elements.SelectMany(e => e.JsonNames) ?? []);
                return null;
            }

            if (ReadStep(property, bracket < 0 ? null : part[bracket..], element, position, problems) is not { } step)
            {
                return null;
            }

            steps.Add(step);
            repeats |= element.IsArray && (step.Number == 0 || step.AndRest);
            typeName = besidePrimitive ? "Element" : element.TypeOf(property);
            current = FhirSchema.Find(typeName);
        }

        return new ElementPath(steps, typeName, repeats);
    }

    /// <summary>Everything the path leads to, in order; JSON null never.</summary>
    public IEnumerable<JsonNode> Select(JsonNode from)
    {
        IEnumerable<JsonNode> found = [from];
        foreach (var step in Steps)
        {
            found = found.SelectMany(step.Select);
        }

        return found;
    }

    private static ElementStep? ReadStep(string property, string? bracket, FhirElement element, SourcePosition position, ProblemList problems)
    {
        if (bracket is null)
        {
            return new ElementStep(property, 0, null);
        }

        var inside = bracket.TrimStart('[').TrimEnd(']');
        if (!element.IsArray || inside.Length == 0 || !bracket.EndsWith(']'))
        {
            problems.Add(position, $"'{property}{bracket}' picks no entry of a list.", "Write a number from 1, e.g. given[1].");
            return null;
        }

        if (int.TryParse(inside, out var number) && number > 0)
        {
            return new ElementStep(property, number, null);
        }

        if (inside.EndsWith("..", StringComparison.Ordinal) && int.TryParse(inside.AsSpan(0, inside.Length - 2), out var first) && first > 0)
        {
            return new ElementStep(property, first, null, AndRest: true);
        }

        if (property is "extension" or "modifierExtension")
        {
            return new ElementStep(property, 0, inside);
        }

        problems.Add(position, $"'{inside}' is no number of an entry.", "Entries count from 1; only extensions are picked by their URL.");
        return null;
    }

    /// <summary>At the dots outside of brackets.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
            if (text[i] == '.' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }
}

/// <param name="Number">Which entry of a list, from 1; 0: all.</param>
/// <param name="Url">For extensions: their URL or the end of it behind a slash; null: all.</param>
/// <param name="AndRest">The entry of that number and all behind it.</param>
internal sealed record ElementStep(string Property, int Number, string? Url, bool AndRest = false)
{
    public IEnumerable<JsonNode> Select(JsonNode from)
    {
        var value = (from as JsonObject)?[Property];
        if (value is not JsonArray list)
        {
            return value is null ? [] : [value];
        }

        var entries = list.OfType<JsonNode>();
        if (Url is not null)
        {
            entries = entries.Where(e => e is JsonObject extension && extension["url"] is JsonValue url && IsNamed((string?)url));
        }

        return Number == 0 ? entries : entries.Skip(Number - 1).Take(AndRest ? int.MaxValue : 1);
    }

    private bool IsNamed(string? url) =>
        url is not null && (url == Url || (url.EndsWith(Url!, StringComparison.Ordinal) && url[^(Url!.Length + 1)] == '/'));
}
