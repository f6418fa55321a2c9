using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Mapping;

namespace Integration.Core.Records;

/// <summary>
/// Whether what the record holds is what a message says, as <see cref="JsonNode.DeepEquals"/> would have it, but for numbers, which must agree in every digit:
/// <c>1.10</c> is more precise than <c>1.1</c> (FHIR R4 §2.24.0.1 decimal). Texts are compared where they lie, without being written out.
/// </summary>
internal static class JsonSameness
{
    public static bool Same(JsonNode? held, DraftNode sent) => held switch
    {
        null => sent.Kind == DraftKind.Null,
        JsonObject members => sent.Kind == DraftKind.Object && SameMembers(members, sent),
        JsonArray entries => sent.Kind == DraftKind.Array && SameEntries(entries, sent),
        _ => SameValue(held.AsValue(), sent),
    };

    private static bool SameMembers(JsonObject held, DraftNode sent)
    {
        var count = 0;
        for (var member = sent.First; member is not null; member = member.Next)
        {
            count++;
            if (!held.TryGetPropertyValue(member.Name!, out var value) || !Same(value, member))
            {
                return false;
            }
        }

        return count == held.Count;
    }

    private static bool SameEntries(JsonArray held, DraftNode sent)
    {
        var i = 0;
        for (var entry = sent.First; entry is not null; entry = entry.Next)
        {
            if (i == held.Count || !Same(held[i++], entry))
            {
                return false;
            }
        }

        return i == held.Count;
    }

    private static bool SameValue(JsonValue held, DraftNode sent) => (held.GetValueKind(), sent.Kind) switch
    {
        (JsonValueKind.String, DraftKind.Text) => held.TryGetValue<JsonElement>(out var read) ? read.ValueEquals(sent.Text) : held.GetValue<string>() == sent.Text,
        (JsonValueKind.Number, DraftKind.Integer or DraftKind.Decimal) => held.ToJsonString() == sent.Text,
        (JsonValueKind.True, DraftKind.Boolean) => sent.Text == "true",
        (JsonValueKind.False, DraftKind.Boolean) => sent.Text == "false",
        _ => false,
    };
}
