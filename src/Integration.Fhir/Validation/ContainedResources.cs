using System.Text.Json;

namespace Integration.Fhir.Validation;

/// <summary>The resources contained in one resource, read when the first <c>#id</c> asks for them.</summary>
/// <param name="container">The resource that is in no other's <c>contained</c>; anything else has none.</param>
internal sealed class ContainedResources(JsonElement container)
{
    private Dictionary<string, string?>? _typeById;

    /// <summary>Whether there is a contained resource with that id.</summary>
    /// <param name="typeName">Its resourceType, null when it states none.</param>
    public bool TryFind(string id, out string? typeName) => (_typeById ??= Read()).TryGetValue(id, out typeName);

    private Dictionary<string, string?> Read()
    {
        var typeById = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (container.ValueKind != JsonValueKind.Object)
        {
            return typeById;
        }

        var contained = JsonText.Find(container, "contained"u8);
        if (contained.ValueKind != JsonValueKind.Array)
        {
            return typeById;
        }

        foreach (var resource in contained.EnumerateArray())
        {
            if (resource.ValueKind == JsonValueKind.Object && JsonText.FindString(resource, "id"u8) is { } id)
            {
                typeById[id] = JsonText.FindString(resource, "resourceType"u8);
            }
        }

        return typeById;
    }
}
