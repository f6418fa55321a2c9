using System.Text.Json.Nodes;
using Integration.Core.Mapping.Explain;
using Integration.Core.Records;

namespace Integration.Core.Origins;

/// <summary>One value of a stored resource and what it came from.</summary>
/// <param name="Path">FHIRPath: <c>Patient.name[0].family</c>.</param>
/// <param name="Value">The primitive.</param>
/// <param name="Version">The version of the resource since which it is so, as far back as versions are kept.</param>
/// <param name="Provenance">Of that version: the message that brought the value, its feed, the mappings, the time.</param>
/// <param name="Explained">Rules and places in the message, as its mappings give them today; null when they cannot be told, see <see cref="Unexplained"/>.</param>
/// <param name="Unexplained">Why rules and places are not told; null when they are.</param>
public sealed record OriginOfValue(
    string Path, JsonNode Value, int Version, Provenance Provenance, ExplainedValue? Explained, UnexplainedValue? Unexplained);

/// <summary>Why nobody can say where in its message a value stands.</summary>
public enum UnexplainedValue
{
    /// <summary>The message is not kept any more.</summary>
    MessageGone,

    /// <summary>The mappings of that time are not kept, or this release cannot use them.</summary>
    MappingsGone,

    /// <summary>No rule wrote it: the source sent it as FHIR, or the engine made it (a reference between resources).</summary>
    NotMapped,
}
