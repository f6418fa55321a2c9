using System.Text.Json;
using Integration.Fhir.FhirPath.Values;
using Integration.Fhir.Validation;

namespace Integration.Fhir.FhirPath;

/// <summary>
/// Follows references (FHIR R4 references.html, bundle.html §2.36.4): <c>#id</c> within the container, others to the entries of the Bundle.
/// One that leads outside and names its type gives an element of that type of which nothing else is known, so that
/// <c>resolve() is Patient</c> can be asked of a resource by itself. For one thread.
/// </summary>
/// <param name="bundle">The Bundle around the resource; undefined when there is none.</param>
internal sealed class ReferenceResolver(JsonElement bundle)
{
    /// <summary>For resources that are in no Bundle.</summary>
    public static readonly ReferenceResolver NoBundle = new(default);

    private Dictionary<string, JsonElement>? _entries;

    /// <param name="item">A Reference, or a canonical, uri or url.</param>
    /// <param name="container">The resource whose <c>contained</c> is looked in.</param>
    /// <returns>Null when it leads nowhere.</returns>
    public PathItem? Resolve(in PathItem item, PathItem? container)
    {
        var isReference = item.Type.Type.Name == "Reference";
        var url = isReference ? (item.Json.ValueKind == JsonValueKind.Object ? JsonText.FindString(item.Json, "reference"u8) : null) : SystemValues.TextOf(item);
        if (url is ['#', ..])
        {
            return container is { } root ? Contained(root, url[1..]) : null;
        }

        if (url is not null && Find(url) is { } target)
        {
            return target;
        }

        var typeName = url is null ? null : References.TypeOf(url);
        typeName ??= isReference && item.Json.ValueKind == JsonValueKind.Object ? JsonText.FindString(item.Json, "type"u8) : null;
        return typeName is not null && FhirSchema.Find(typeName) is { Kind: FhirTypeKind.Resource, IsAbstract: false }
            ? PathItem.Element(default, default, TypePlan.Of(typeName))
            : null;
    }

    private static PathItem? Contained(in PathItem root, string id)
    {
        if (id.Length == 0)
        {
            return root;
        }

        var contained = JsonText.Find(root.Json, "contained"u8);
        if (contained.ValueKind == JsonValueKind.Array)
        {
            foreach (var resource in contained.EnumerateArray())
            {
                if (resource.ValueKind == JsonValueKind.Object && JsonText.FindString(resource, "id"u8) == id)
                {
                    return ItemOf(resource);
                }
            }
        }

        return null;
    }

    private static PathItem? ItemOf(JsonElement resource) =>
        TypePlan.OfResource(resource) is { } type ? PathItem.Element(resource, default, type) : null;

    private PathItem? Find(string url)
    {
        if (bundle.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var version = url.IndexOf("/_history/", StringComparison.Ordinal);
        return (_entries ??= Index()).TryGetValue(version < 0 ? url : url[..version], out var resource) ? ItemOf(resource) : null;
    }

    /// <summary>Resources by full URL and by <c>Type/id</c>; the first of a name counts.</summary>
    private Dictionary<string, JsonElement> Index()
    {
        var index = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var entries = JsonText.Find(bundle, "entry"u8);
        if (entries.ValueKind != JsonValueKind.Array)
        {
            return index;
        }

        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || JsonText.Find(entry, "resource"u8) is not { ValueKind: JsonValueKind.Object } resource)
            {
                continue;
            }

            if (JsonText.FindString(entry, "fullUrl"u8) is { } fullUrl)
            {
                index.TryAdd(fullUrl, resource);
            }

            if (JsonText.FindString(resource, "resourceType"u8) is { } type && JsonText.FindString(resource, "id"u8) is { } id)
            {
                index.TryAdd($"{type}/{id}", resource);
            }
        }

        return index;
    }
}
