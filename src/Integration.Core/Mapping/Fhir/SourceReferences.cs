using Integration.Core.Mapping.Runtime;
using Integration.Core.Parsing;
using Integration.Fhir;

namespace Integration.Core.Mapping.Fhir;

/// <summary>
/// What references of one message mean in the record. A resource has the record id that follows from its source, its type and its id at the source,
/// whether it has come or not: a reference to what has not come yet resolves by itself when it comes.
/// </summary>
internal sealed class SourceReferences
{
    private const string Uuid = "urn:uuid:";

    private readonly string _authority;
    private readonly Dictionary<string, string> _byUrl = new(StringComparer.Ordinal);   // fullUrl → Type/record id
    private readonly HashSet<string> _bases = new(StringComparer.Ordinal);

    /// <param name="authority">Who gives the source's ids: its base URL, or a name.</param>
    public SourceReferences(string authority, IReadOnlyList<FhirEntry> entries)
    {
        _authority = authority.TrimEnd('/');
        _bases.Add(_authority);
        foreach (var entry in entries)
        {
            if (entry.FullUrl is not { Length: > 0 } url)
            {
                continue;
            }

            _byUrl[url] = $"{entry.Type}/{IdOf(entry)}";
            if (BaseOf(url, entry.Type) is { } start)
            {
                _bases.Add(start);
            }
        }
    }

    /// <summary>The record id of a resource by its id at the source.</summary>
    public string IdOf(string type, string sourceId) => IdMaker.Make(type, [_authority, sourceId]);

    /// <summary>The record id of an entry. One without an id is known by its fullUrl, by its first business identifier, or by what it says.</summary>
    public string IdOf(FhirEntry entry) => IdOf(entry.Type, SourceIdOf(entry));

    /// <summary>What stands for the id at the source.</summary>
    public static string SourceIdOf(FhirEntry entry) =>
        entry.Id
        ?? (entry.FullUrl?.StartsWith(Uuid, StringComparison.Ordinal) == true ? entry.FullUrl[Uuid.Length..] : null)
        ?? FhirJsonElement.FirstIdentifier(entry.Resource)
        ?? entry.Resource.GetRawText();

    /// <summary>Where an entry came from, for provenance: its address at the source with the version, as far as they were sent.</summary>
    public string SourceOf(FhirEntry entry)
    {
        var version = FhirJsonElement.Text(entry.Resource, "meta", "versionId");
        var id = entry.Id ?? entry.FullUrl;
        return id is null ? entry.Place : $"{_authority}/{(entry.Id is null ? id : $"{entry.Type}/{id}")}{(version is null ? "" : $"/_history/{version}")}";
    }

    /// <summary>The identity of a Patient by the id that the source gave it, beside the identifiers in the resource.</summary>
    public Identity.PatientIdentifier PatientIdentity(string sourceId) =>
        new(_authority.Contains("://", StringComparison.Ordinal) ? $"{_authority}/Patient" : $"urn:fhir-source:{_authority}/Patient", sourceId, null);

    /// <summary>A literal reference as the record knows it.</summary>
    /// <returns>
    /// <c>Type/id</c> of the record; null where the reference stays as it is: contained, of another source, or a urn that no entry has.
    /// </returns>
    public string? Resolve(string reference)
    {
        if (_byUrl.TryGetValue(reference, out var known))
        {
            return known;
        }

        return Split(reference) is var (type, id) ? $"{type}/{IdOf(type, id)}" : null;
    }

    /// <summary>Type and id at this source; null for anything else.</summary>
    public (string Type, string Id)? Split(string reference)
    {
        var path = reference;
        if (reference.Contains(':', StringComparison.Ordinal))
        {
            var own = _bases.FirstOrDefault(start => reference.Length > start.Length + 1 && reference[start.Length] == '/' && reference.StartsWith(start, StringComparison.Ordinal));
            if (own is null)
            {
                return null;
            }

            path = reference[(own.Length + 1)..];
        }

        return path.Split('/') switch
        {
            [var type, { Length: > 0 } id] when IsResource(type) => (type, id),
            [var type, { Length: > 0 } id, "_history", _] when IsResource(type) => (type, id),
            _ => null,
        };
    }

    /// <summary>The business identifier that a conditional reference asks for (FHIR R4 §3.1.0.11.3): <c>Patient?identifier=system|value</c>.</summary>
    /// <returns>Null when it is none, or asks for anything else.</returns>
    public static (string Type, string System, string Value)? Conditional(string reference)
    {
        var mark = reference.IndexOf('?', StringComparison.Ordinal);
        if (mark <= 0 || !IsResource(reference[..mark]))
        {
            return null;
        }

        var query = reference[(mark + 1)..];
        const string Parameter = "identifier=";
        if (!query.StartsWith(Parameter, StringComparison.Ordinal) || query.Contains('&', StringComparison.Ordinal))
        {
            return null;
        }

        return Uri.UnescapeDataString(query[Parameter.Length..]).Split('|', 2) is [{ Length: > 0 } system, { Length: > 0 } value] ? (reference[..mark], system, value) : null;
    }

    private static bool IsResource(string type) => FhirSchema.Find(type) is { Kind: FhirTypeKind.Resource, IsAbstract: false };

    /// <summary>What stands before <c>/Type/id</c> of an absolute address; null for a urn.</summary>
    private static string? BaseOf(string url, string type)
    {
        var at = url.LastIndexOf($"/{type}/", StringComparison.Ordinal);
        return at > 0 && url.Contains("://", StringComparison.Ordinal) ? url[..at] : null;
    }
}
