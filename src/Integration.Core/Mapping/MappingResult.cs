using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Explain;

namespace Integration.Core.Mapping;

/// <summary>One FHIR R4 resource made from a message.</summary>
/// <param name="Type">e.g. <c>Encounter</c>.</param>
/// <param name="Id">
/// Deterministic: made from type, authority and value of the business identifier, so that the same thing gets the same id from
/// every message. Fits FHIR R4 <c>id</c> (A–Z a–z 0–9 - ., at most 64).
/// </param>
/// <param name="Json">
/// The resource with resourceType and id. A property that is present with a JSON null says: the source deleted this value
/// (HL7 null). Only what the source sent is in it; absent means keep.
/// </param>
/// <param name="Source">Where it came from, e.g. <c>PV1[1]</c>.</param>
/// <param name="Rule">Name of the segment map, e.g. <c>PV1-Encounter</c>.</param>
public sealed record MappedResource(string Type, string Id, JsonObject Json, string Source, string Rule)
{
    /// <summary>
    /// Properties of <see cref="Json"/> that the message does not say and that are there because FHIR requires them: the status of an
    /// encounter in a laboratory message. They hold for a new resource; a record that has a value keeps it.
    /// </summary>
    public IReadOnlyList<string> Assumed { get; init; } = [];

    /// <summary>
    /// The message says that this thing belongs to another patient than before (HL7 A44, A45): what is filed under it in the record goes along.
    /// </summary>
    public bool Moves { get; init; }

    /// <summary>Names the resource and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => $"{Type}/{Id}";
}

/// <summary>What mapping made of one message.</summary>
/// <param name="Resources">
/// In mapping order. Exactly one Patient without <c>link.type = replaced-by</c> is the subject. A Patient with such a link is a
/// merge: its identifiers now belong to the patient that the link names.
/// </param>
/// <param name="Issues">Everything worth telling; one of severity Error sends the message to quarantine.</param>
/// <param name="Unread">Places with a value that no rule read, e.g. <c>PID-31</c>, each once, in message order.</param>
/// <param name="MappingVersion">Version of the plan that ran.</param>
public sealed record MappingResult(
    IReadOnlyList<MappedResource> Resources, IReadOnlyList<MessageIssue> Issues, IReadOnlyList<string> Unread, string MappingVersion)
{
    /// <summary>The message is about nobody: a master file, whose departments, staff and prices belong to no patient.</summary>
    public bool IsReferenceData { get; init; }

    /// <summary>Codes that their code maps do not list, each once; those of maps that pass are none.</summary>
    public IReadOnlyList<UnmappedCode> UnmappedCodes { get; init; } = [];
}
