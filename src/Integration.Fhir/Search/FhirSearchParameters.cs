using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;

namespace Integration.Fhir.Search;

/// <summary>All official search parameters of R4 4.0.1, read once on first use. Safe for many threads.</summary>
public static class FhirSearchParameters
{
    private const string ResourceName = "FhirR4.search.txt";

    private static readonly Lazy<IReadOnlyList<FhirSearchParameter>> LazyAll = new(Read);

    private static readonly Lazy<FrozenDictionary<string, FhirSearchParameter>> ById =
        new(() => LazyAll.Value.ToFrozenDictionary(p => p.Id, StringComparer.Ordinal));

    private static readonly ConcurrentDictionary<string, IReadOnlyList<FhirSearchParameter>> ByType = new(StringComparer.Ordinal);

    /// <summary>In the order of their ids.</summary>
    public static IReadOnlyList<FhirSearchParameter> All => LazyAll.Value;

    /// <summary>Null when there is no parameter of that id.</summary>
    public static FhirSearchParameter? Find(string id) => ById.Value.GetValueOrDefault(id);

    /// <summary>The parameter of that name in a query on a resource type; null when the type has none.</summary>
    public static FhirSearchParameter? Find(string resourceType, string code) => For(resourceType).FirstOrDefault(p => p.Code == code);

    /// <summary>The parameters of a resource type, those of Resource and DomainResource included; empty for a name that is no resource type.</summary>
    public static IReadOnlyList<FhirSearchParameter> For(string resourceType) =>
        FhirSchema.Find(resourceType) is { Kind: FhirTypeKind.Resource } ? ByType.GetOrAdd(resourceType, Select) : [];

    private static List<FhirSearchParameter> Select(string resourceType)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var name = resourceType; name is not null; name = FhirSchema.Find(name)?.BaseName)
        {
            names.Add(name);
        }

        return [.. All.Where(p => p.Bases.Any(names.Contains))];
    }

    private static List<FhirSearchParameter> Read()
    {
        using var stream = typeof(FhirSearchParameters).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly was built without {ResourceName}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var parameters = new List<FhirSearchParameter>();
        var components = new List<FhirSearchComponent>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var words = line.Split('\t');
            if (line[0] == ' ')
            {
                components.Add(new FhirSearchComponent(words[0][1..], words[1]));
                continue;
            }

            // The list is the parameter's own; what follows it is added there.
            components = [];
            parameters.Add(new FhirSearchParameter(
                words[0],
                words[1],
                Enum.Parse<FhirSearchType>(words[2], ignoreCase: true),
                words[3].Split('|'),
                words[4].Length > 0 ? words[4].Split('|') : [],
                words[5].Length > 0 ? words[5] : null,
                components));
        }

        return parameters;
    }
}
