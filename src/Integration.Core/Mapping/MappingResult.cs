using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Identity;
using Integration.Core.Mapping.Explain;

namespace Integration.Core.Mapping;

/// <summary>One FHIR R4 resource made from a message.</summary>
/// <remarks>For one thread at a time: its JSON is made when it is first asked for.</remarks>
public sealed record MappedResource
{
    private JsonObject? _json;

    internal MappedResource(string type, string id, DraftNode draft, string source, string rule) =>
        (Type, Id, Draft, Source, Rule) = (type, id, draft, source, rule);

    /// <summary>e.g. <c>Encounter</c>.</summary>
    public string Type { get; }

    /// <summary>
    /// Deterministic: made from type, authority and value of the business identifier, so that the same thing gets the same id from
    /// every message. Fits FHIR R4 <c>id</c> (A–Z a–z 0–9 - ., at most 64).
    /// </summary>
    public string Id { get; }

    /// <summary>Where it came from, e.g. <c>PV1[1]</c>.</summary>
    public string Source { get; }

    /// <summary>Name of the segment map, e.g. <c>PV1-Encounter</c>.</summary>
    public string Rule { get; }

    /// <summary>
    /// The resource with resourceType and id. A property that is present with a JSON null says: the source deleted this value
    /// (HL7 null). Only what the source sent is in it; absent means keep.
    /// </summary>
    public JsonObject Json => _json ??= Draft.ToJson()!.AsObject();

    /// <summary><see cref="Json"/> if somebody asked for it, and may have changed it; else null.</summary>
    internal JsonObject? MadeJson => _json;

    /// <summary>The same as mapping made it; most resources only repeat what is known, and are never more than this.</summary>
    internal DraftNode Draft { get; private init; }

    /// <summary>
    /// Properties of <see cref="Json"/> that the message does not say and that are there because FHIR requires them: the status of an
    /// encounter in a laboratory message. They hold for a new resource; a record that has a value keeps it.
    /// </summary>
    public IReadOnlyList<string> Assumed { get; init; } = [];

    /// <summary>
    /// The message says that this thing belongs to another patient than before (HL7 A44, A45): what is filed under it in the record goes along.
    /// </summary>
    public bool Moves { get; init; }

    /// <summary>The source says all there is to say: what the record holds beside it goes. False: absent means keep.</summary>
    public bool IsWhole { get; init; }

    /// <summary>It is one of many that follow each other and of which the record has the newest only: the one before is not kept in its history.</summary>
    public bool IsRunning { get; init; }

    /// <summary>The source does not have it any more; <see cref="Json"/> is then empty.</summary>
    public bool IsDeletion { get; init; }

    /// <summary>Its source tells what it does not have any more: this may be something that was deleted before and is there again.</summary>
    public bool MayReturn { get; init; }

    /// <summary>When this resource was as it says (UTC), where that differs from the message; null: the event time of the message.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Of a Patient: an identity that does not stand among its identifiers, the id that its source gave the resource. Null: none.</summary>
    public PatientIdentifier? SourceIdentity { get; init; }

    /// <summary>The same resource with other content.</summary>
    internal MappedResource With(DraftNode draft) => this with { Draft = draft, _json = null };

    /// <summary>The same resource about whom an identity names, as a logical reference (FHIR R4 <c>Reference.identifier</c>).</summary>
    /// <param name="identity"><c>authority|value</c>.</param>
    internal MappedResource WithSubject(string identity)
    {
        var at = identity.LastIndexOf('|');
        var json = Json.DeepClone().AsObject();
        json["subject"] = new JsonObject { ["type"] = "Patient", ["identifier"] = new JsonObject { ["system"] = identity[..at], ["value"] = identity[(at + 1)..] } };
        return With(DraftNode.From(json));
    }

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

    /// <summary>Whose resources these are, where the message names the patient and brings no Patient resource; null when it brings one, or is about nobody.</summary>
    public PatientIdentifier? About { get; init; }

    /// <summary>
    /// What the message says of the second person that it is about (HL7 A17, A24, A37, A43), as if it had come in a message of its own. Its issues and
    /// unread places stand in this result. A FHIR Bundle may be about many: each has the next behind it, and what is about nobody comes last.
    /// </summary>
    public MappingResult? SecondPatient { get; init; }

    /// <summary>What the message says of the two; <see cref="PatientRelation.None"/> when it is about one.</summary>
    public PatientRelation Relation { get; init; }

    /// <summary>Codes that their code maps do not list, each once; those of maps that pass are none.</summary>
    public IReadOnlyList<UnmappedCode> UnmappedCodes { get; init; } = [];
}

/// <summary>What a message about two people says of them.</summary>
public enum PatientRelation
{
    /// <summary>They are two, and both have news (HL7 A17: they change beds).</summary>
    None,

    /// <summary>They may be one person, or belong together as mother and child do (HL7 A24).</summary>
    Linked,

    /// <summary>They are two people after all (HL7 A37).</summary>
    Unlinked,

    /// <summary>A number of the second belongs to the first (HL7 A43).</summary>
    Moved,
}
