using System.Text.Json.Nodes;

namespace Integration.Core.DryRuns;

/// <summary>Compares two versions of a resource value by value.</summary>
public static class ElementDifferences
{
    /// <param name="type">What paths begin with.</param>
    /// <param name="before">Null: there is none yet.</param>
    /// <param name="after">Null: there is none any more.</param>
    public static IReadOnlyList<ElementDifference> Of(string type, JsonNode? before, JsonNode? after)
    {
        var differences = new List<ElementDifference>();
        Compare(type, before, after, differences);
        return differences;
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, List<ElementDifference> differences)
    {
        switch (before ?? after)
        {
            case null:
                break;
            case JsonObject when before is null or JsonObject && after is null or JsonObject:
                var (left, right) = (before as JsonObject, after as JsonObject);
                var names = (right?.Select(p => p.Key) ?? []).Concat(left?.Select(p => p.Key) ?? []).Distinct();
                foreach (var name in names.Where(name => name is not ("resourceType" or "meta")))
                {
                    Compare($"{path}.{name}", left?[name], right?[name], differences);
                }

                break;
            case JsonArray when before is null or JsonArray && after is null or JsonArray:
                var (old, now) = (before as JsonArray, after as JsonArray);
                for (var i = 0; i < Math.Max(old?.Count ?? 0, now?.Count ?? 0); i++)
                {
                    Compare($"{path}[{i}]", i < old?.Count ? old[i] : null, i < now?.Count ? now[i] : null, differences);
                }

                break;
            default:
                if (!JsonNode.DeepEquals(before, after))
                {
                    differences.Add(new ElementDifference(path, before, after));
                }

                break;
        }
    }
}
