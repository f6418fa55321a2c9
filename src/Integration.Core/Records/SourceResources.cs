using Integration.Core.Mapping.Fhir;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>What the record holds of a FHIR source, by what the source calls it. Safe for many threads.</summary>
public sealed class SourceResources(IDocumentStore store)
{
    /// <summary>Resources that a condition may meet before it is ambiguous: the second makes it so.</summary>
    private const int Enough = 2;

    private static readonly DocumentField Identifiers = Collections.Resources.Field("sourceIdentifiers");

    /// <summary>The ids at the source of its resources of a type with a business identifier; two at most, since two are too many for a condition.</summary>
    /// <param name="authority">See <see cref="Mapping.FeedContext.AssigningAuthority"/>.</param>
    public async ValueTask<IReadOnlyList<string>> FindAsync(string authority, string type, string system, string value, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Resources)
        {
            Where = [new DocumentFilter.Equal(Identifiers, Key(authority, type, system, value))],
            Limit = Enough,
        }, cancellationToken);
        return [.. page.Documents.Select(Collections.Resources.Read).Select(resource => IdOf(resource, authority)).OfType<string>()];
    }

    /// <summary>The version of a resource in the record; 0 when it is not there.</summary>
    public async ValueTask<int> VersionAsync(string authority, string type, string sourceId, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Resources, KeyOf(authority, type, sourceId), withPayload: false, cancellationToken) is { } stored
            ? Collections.Resources.Read(stored).Version
            : 0;

    /// <summary><c>Type/id</c> in the record of what a source calls by its own id.</summary>
    public static string KeyOf(string authority, string type, string sourceId) => $"{type}/{new SourceReferences(authority, []).IdOf(type, sourceId)}";

    /// <summary>Keys by which a resource of a FHIR source is found; none for all others.</summary>
    internal static IReadOnlyList<string> KeysOf(ResourceDocument resource) => resource.Provenance.Rule != FhirMapping.Rule
        ? []
        : [.. resource.Resource.Objects("identifier")
            .Select(i => (System: i.Text("system"), Value: i.Text("value")))
            .Where(i => !string.IsNullOrEmpty(i.System) && !string.IsNullOrEmpty(i.Value))
            .Select(i => Key(AuthorityOf(resource), resource.Type, i.System!, i.Value!)).Distinct(StringComparer.Ordinal)];

    private static string Key(string authority, string type, string system, string value) => $"{authority.TrimEnd('/')}/{type}?{system}|{value}";

    private static string? IdOf(ResourceDocument resource, string authority)
    {
        var start = $"{authority.TrimEnd('/')}/{resource.Type}/";
        return resource.Provenance.Source.StartsWith(start, StringComparison.Ordinal) ? resource.Provenance.Source[start.Length..].Split('/')[0] : null;
    }

    // Provenance names the address at the source: authority/Type/id.
    private static string AuthorityOf(ResourceDocument resource)
    {
        var at = resource.Provenance.Source.LastIndexOf($"/{resource.Type}/", StringComparison.Ordinal);
        return at > 0 ? resource.Provenance.Source[..at] : "";
    }
}
