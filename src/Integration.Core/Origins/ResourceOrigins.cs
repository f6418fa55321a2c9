using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Integration.Core.DryRuns;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Explain;
using Integration.Core.Mapping.Versions;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Origins;

/// <summary>
/// Tells for each value of a stored resource which message brought it, where it stands there and which rule wrote it. Nothing of this is stored:
/// versions of the resource say which message, and that message is mapped again with the mappings of its time. Safe for many threads.
/// </summary>
public sealed partial class ResourceOrigins(
    PatientRecordStore records, MessageJournal journal, MessageExplainer explainer, MappingCatalog catalog, MappingVersionStore versions)
{
    /// <summary>Every primitive of the resource in its order, without <c>resourceType</c>, <c>id</c> and <c>meta</c>.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now.</exception>
    public async ValueTask<IReadOnlyList<OriginOfValue>> OfAsync(ResourceDocument current, CancellationToken cancellationToken)
    {
        IReadOnlyList<ResourceDocument> all = [current, .. await records.HistoryAsync(current.Id, cancellationToken)];
        var holds = all.Select(version => ValuesOf(version).Select(KeyOf).ToHashSet()).ToList();
        var explanations = new Dictionary<int, (ILookup<ValueKey, ExplainedValue>? Values, UnexplainedValue Why)>();
        var origins = new List<OriginOfValue>();
        foreach (var (path, value) in ValuesOf(current))
        {
            var key = KeyOf((path, value));
            var first = 0;
            while (first + 1 < all.Count && holds[first + 1].Contains(key))
            {
                first++;
            }

            var version = all[first];
            if (!explanations.TryGetValue(version.Version, out var explanation))
            {
                explanations[version.Version] = explanation = await ExplainAsync(version, cancellationToken);
            }

            var alike = explanation.Values?[key] ?? [];
            var explained = alike.FirstOrDefault(other => other.Path == path) ?? alike.FirstOrDefault();
            origins.Add(new OriginOfValue(path, value, version.Version, version.Provenance, explained, explained is null ? explanation.Why : null));
        }

        return origins;
    }

    private async ValueTask<(ILookup<ValueKey, ExplainedValue>? Values, UnexplainedValue Why)> ExplainAsync(
        ResourceDocument version, CancellationToken cancellationToken)
    {
        var provenance = version.Provenance;
        if (await journal.GetAsync(provenance.MessageId, withRaw: true, cancellationToken) is not ({ Raw.IsEmpty: false } message, _))
        {
            return (null, UnexplainedValue.MessageGone);
        }

        var mapper = catalog.Current.VersionOf(message.Feed) == provenance.MappingVersion ? catalog.Current
            : await versions.CompileAsync(provenance.MappingVersion, cancellationToken);
        if (mapper is null)
        {
            return (null, UnexplainedValue.MappingsGone);
        }

        var made = explainer.Explain(message.Raw, message.Format, message.Feed, mapper).Resources
            .FirstOrDefault(made => $"{made.Resource.Type}/{made.Resource.Id}" == version.Id);
        var written = made?.Values.Where(value => value is { Value: not null, Rules.Count: > 0 }) ?? [];
        return (written.ToLookup(value => KeyOf((value.Path, value.Value!))), UnexplainedValue.NotMapped);
    }

    private static IEnumerable<(string Path, JsonNode Value)> ValuesOf(ResourceDocument version) =>
        ElementDifferences.Of(version.Type, null, version.Resource)
            .Where(value => value.After is not null && value.Path != $"{version.Type}.id").Select(value => (value.Path, value.After!));

    /// <summary>A list may have grown in front of a value, so that its place in the list says nothing about whether it is the same.</summary>
    private static ValueKey KeyOf((string Path, JsonNode Value) value) =>
        new(PlaceInList().Replace(value.Path, ""), value.Value.ToString());

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex PlaceInList();

    private readonly record struct ValueKey(string Path, string Value);
}
