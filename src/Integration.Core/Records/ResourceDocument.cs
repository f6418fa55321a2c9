using System.Text.Json.Nodes;

namespace Integration.Core.Records;

/// <summary>Where a version came from.</summary>
/// <param name="EventTime">When the described thing happened, by the source's clock (UTC).</param>
public sealed record Provenance(string Feed, string MessageId, string MappingVersion, string Rule, string Source, DateTimeOffset EventTime)
{
    /// <summary>When the message arrived (UTC). Of messages that give one event time the last to arrive counts, however often they are replayed.</summary>
    public DateTimeOffset Received { get; init; }
}

/// <summary>A document of <c>resources</c>: one FHIR resource with its envelope.</summary>
public sealed record ResourceDocument
{
    /// <summary><c>Type/id</c>.</summary>
    public required string Id { get; init; }

    public required string Type { get; init; }

    /// <summary>The golden record that owns it now; empty for reference data (departments, staff, prices), which belongs to nobody.</summary>
    public required string PatientId { get; init; }

    /// <summary>Key of the source identity it was sent for (<c>authority|value</c>); decides where it goes in a merge or unmerge.</summary>
    public required string SourceIdentity { get; init; }

    /// <summary>When it applies, for the timeline: start of period, effective, onset, authored. Falls back to the event time.</summary>
    public required DateTimeOffset Effective { get; init; }

    /// <summary>1 for the first; equals <c>meta.versionId</c>.</summary>
    public required int Version { get; init; }

    public required DateTimeOffset LastUpdated { get; init; }

    public required Provenance Provenance { get; init; }

    /// <summary>
    /// Event times of those elements that were last set earlier or later than <see cref="Provenance.EventTime"/>, by path of
    /// object properties (<c>period.start</c>). Older facts never overwrite newer ones, element by element.
    /// </summary>
    public IReadOnlyDictionary<string, DateTimeOffset>? ElementTimes { get; init; }

    /// <summary>FHIR search tokens such as <c>code|system|value</c>; empty until the FHIR facade needs them.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>The FHIR R4 resource, lossless.</summary>
    public required JsonObject Resource { get; init; }

    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}
