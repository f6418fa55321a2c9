using System.Globalization;
using System.Text.Json;

namespace Integration.Core.Mapping.Fhir;

/// <summary>Makes a draft of a resource as it was sent: everything in it, with the record's id and with references that name resources of the record.</summary>
internal sealed class SourceDraft(SourceReferences references)
{
    private readonly List<(string Name, int Index)> _path = [];   // where it reads now, below the resource; index -1: not in an array
    private bool _isLong;

    /// <summary>References that name an entry of the message that is not there, by their FHIRPath.</summary>
    public List<string> Unresolved { get; } = [];

    /// <param name="resource">A resource object.</param>
    /// <param name="id">Its id in the record.</param>
    /// <param name="place">FHIRPath of the resource.</param>
    public DraftNode Of(JsonElement resource, string id, string place)
    {
        _isLong = FhirAttachment.IsLong(resource);
        var draft = DraftNode.Object();
        draft.Set("resourceType", DraftNode.Of(FhirJsonElement.Text(resource, "resourceType")!));
        draft.Set("id", DraftNode.Of(id));
        foreach (var member in resource.EnumerateObject())
        {
            if (member.Name is not ("resourceType" or "id"))
            {
                draft.Append(member.Name, Value(member.Name, -1, member.Value, place));
            }
        }

        return draft;
    }

    private DraftNode Value(string name, int index, JsonElement value, string place)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                _path.Add((name, index));
                var members = ObjectOf(value, place);
                _path.RemoveAt(_path.Count - 1);
                return members;
            case JsonValueKind.Array:
                var array = DraftNode.Array();
                var at = 0;
                foreach (var entry in value.EnumerateArray())
                {
                    array.Add(Value(name, at++, entry, place));
                }

                return array;
            case JsonValueKind.String:
                var text = value.GetString()!;
                return DraftNode.Of(name == "url" ? AddressOf(text) : text);
            case JsonValueKind.Number:
                return DraftNode.Number(value.GetRawText());
            case JsonValueKind.True or JsonValueKind.False:
                return DraftNode.Of(value.GetBoolean());
            default:
                return DraftNode.Null();
        }
    }

    private DraftNode ObjectOf(JsonElement value, string place)
    {
        var members = DraftNode.Object();
        if (_isLong && FhirAttachment.Of(value) is { Reference: var kept })
        {
            foreach (var member in value.EnumerateObject().Where(member => member.Name is not ("data" or "url" or "size" or "hash")))
            {
                members.Append(member.Name, Value(member.Name, -1, member.Value, place));
            }

            members.Append("url", DraftNode.Of(kept.Url));
            members.Append("size", DraftNode.Of((int)kept.Size));
            members.Append("hash", DraftNode.Of(kept.Sha1));
            return members;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (member.Name == "reference" && member.Value.ValueKind == JsonValueKind.String)
            {
                Refer(members, member.Value.GetString()!, value, place);
            }
            else
            {
                members.Append(member.Name, Value(member.Name, -1, member.Value, place));
            }
        }

        return members;
    }

    private void Refer(DraftNode members, string reference, JsonElement around, string place)
    {
        if (SourceReferences.Conditional(reference) is var (type, system, value))
        {
            // What it asks for may come later, from any source: a logical reference says the same and stays true.
            if (!around.TryGetProperty("type", out _))
            {
                members.Append("type", DraftNode.Of(type));
            }

            if (!around.TryGetProperty("identifier", out _))
            {
                var identifier = DraftNode.Object();
                identifier.Set("system", DraftNode.Of(system));
                identifier.Set("value", DraftNode.Of(value));
                members.Append("identifier", identifier);
            }

            return;
        }

        var known = references.Resolve(reference);
        if (known is null && reference.StartsWith("urn:", StringComparison.Ordinal))
        {
            Unresolved.Add($"{place}{string.Concat(_path.Select(step => step.Index < 0 ? $".{step.Name}" : string.Create(CultureInfo.InvariantCulture, $".{step.Name}[{step.Index}]")))}.reference");
        }

        members.Append("reference", DraftNode.Of(known ?? reference));
    }

    /// <summary>Attachments name what another entry holds, or a Binary of the source; other addresses are not ours to change.</summary>
    private string AddressOf(string url) =>
        url.StartsWith("urn:", StringComparison.Ordinal) || url.StartsWith("Binary/", StringComparison.Ordinal) || url.Contains("/Binary/", StringComparison.Ordinal)
            ? references.Resolve(url) ?? url
            : url;
}
