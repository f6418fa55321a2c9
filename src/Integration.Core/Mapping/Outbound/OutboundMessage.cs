using System.Text.Json.Nodes;

namespace Integration.Core.Mapping.Outbound;

/// <summary>What is to be told to other systems: one change of one resource.</summary>
/// <param name="Trigger">Name of the outbound message map, e.g. <c>ADT_A08</c>.</param>
/// <param name="PatientId">Golden record that the resource belongs to.</param>
/// <param name="Focus">The resource as it is after the change.</param>
/// <param name="Occurred">When it happened, by the source's clock.</param>
/// <param name="Recorded">When this engine recorded it.</param>
public sealed record OutboundSubject(string Trigger, string PatientId, JsonObject Focus, DateTimeOffset Occurred, DateTimeOffset Recorded)
{
    /// <summary>The resource as it was before the change; null for a new one, and where the change is not known any more. What it has lost is told as deleted.</summary>
    public JsonObject? Before { get; init; }
}

/// <summary>A message by its values, before an adapter adds the header and writes it.</summary>
/// <param name="MessageType">MSH-9 with its components: <c>ADT^A08^ADT_A01</c>.</param>
/// <param name="Segments">In order, without MSH.</param>
public sealed record OutboundMessage(string MessageType, IReadOnlyList<OutboundSegment> Segments);

/// <summary>A segment of a message that is to be sent.</summary>
/// <param name="Name">Three characters: <c>PID</c>.</param>
/// <param name="Values">In the order of their places.</param>
public sealed record OutboundSegment(string Name, IReadOnlyList<OutboundValue> Values);

/// <summary>A text and its place; everything counts from 1.</summary>
/// <param name="Text">Not escaped, never empty. Null: the receiver deletes what it has (HL7 null, HL7 v2.5.1 §2.5.3).</param>
public sealed record OutboundValue(int Field, int Repetition, int Component, int Subcomponent, string? Text);
