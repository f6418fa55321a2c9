using System.ComponentModel;
using System.Text.Json.Nodes;
using Integration.Core.Mapping.Explain;
using Integration.Core.Origins;
using Integration.Core.Records;

namespace Integration.Host.Api.Views;

/// <summary>Where the values of a resource are from.</summary>
internal sealed record ResourceOriginsView(
    [property: Description("`Type/id`.")] string Reference,
    int Version,
    [property: Description("Every primitive in the order of the resource, without id and meta.")] IReadOnlyList<OriginView> Values);

/// <summary>One value and where it is from.</summary>
internal sealed record OriginView(
    [property: Description("FHIRPath, e.g. Patient.name[0].family.")] string Path,
    [property: Description("A JSON primitive.")] JsonNode Value,
    [property: Description("The version since which it is so, as far back as versions are kept.")] int Version,
    [property: Description("Of that version: the message that brought the value, its feed, the mappings, the time.")] Provenance Provenance,
    [property: Description("message, constant (stands in the mapping), reference (to another resource of the message) or step; null when it cannot be told.")] ValueOrigin? Origin,
    [property: Description("Where it was read.")] IReadOnlyList<SourcePlace> Sources,
    [property: Description("The innermost rule first: that of a datatype map, then that of the segment map that called it.")] IReadOnlyList<MappingRule> Rules,
    [property: Description("The code map it went through; null for none.")] string? CodeMap,
    [property: Description("Why sources and rules are not told: messageGone, mappingsGone or notMapped; null when they are.")] UnexplainedValue? Unexplained)
{
    public static OriginView Of(OriginOfValue origin) => new(
        origin.Path, origin.Value.DeepClone(), origin.Version, origin.Provenance, origin.Explained?.Origin, origin.Explained?.Sources ?? [], origin.Explained?.Rules ?? [],
        origin.Explained?.CodeMap, origin.Unexplained);
}
