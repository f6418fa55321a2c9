using System.Text.Json;
using Integration.Core.Attachments;
using Integration.Core.Mapping.Fhir;

namespace Integration.Core.Parsing;

/// <summary>A parsed message whose values are FHIR R4 resources already: no field map reads it, see <see cref="Mapping.Fhir.FhirMapping"/>. It has no segments.</summary>
/// <remarks>Immutable; may be read from many threads.</remarks>
public interface IFhirDocument : ISourceDocument
{
    /// <summary>What the message says, in the order sent.</summary>
    IReadOnlyList<FhirEntry> Entries { get; }

    IReadOnlyList<ISourceAttachment> ISourceDocument.Attachments => FhirAttachment.AllOf(Entries);
}

/// <summary>One resource of a message as its source says it.</summary>
/// <param name="Type">e.g. <c>Observation</c>; a type of FHIR R4.</param>
/// <param name="Resource">The resource; <c>Undefined</c> for a deletion.</param>
/// <param name="Place">FHIRPath of the resource in the message, e.g. <c>Bundle.entry[2].resource</c>, or its type when it is the message.</param>
public sealed record FhirEntry(string Type, JsonElement Resource, string Place)
{
    /// <summary>Its id at the source; null when the source gave none.</summary>
    public string? Id { get; init; }

    /// <summary>What other entries call it: <c>Bundle.entry.fullUrl</c>; null outside of a Bundle.</summary>
    public string? FullUrl { get; init; }

    /// <summary>
    /// When its source wrote this version (<c>meta.lastUpdated</c>, UTC); null when it does not say, and for what a sender asks us to do, which
    /// counts when it arrives.
    /// </summary>
    public DateTimeOffset? LastUpdated { get; init; }

    /// <summary>The record has it already and nothing is to be done: it stands here for what refers to it.</summary>
    public bool IsKnown { get; init; }

    /// <summary>The source does not have it any more.</summary>
    public bool IsDeletion => Resource.ValueKind == JsonValueKind.Undefined;
}
