using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.Core.Events.Record;

/// <summary>An event that a change of one resource may be.</summary>
/// <param name="Resource">FHIR resource type of the change; null: not read from a single resource, see <see cref="RecordEvents"/>.</param>
/// <param name="Is">Whether a change is this event. Looks at nothing but the two versions.</param>
/// <param name="Properties">What its data is made of.</param>
internal sealed record RecordEventType(EventType Type, string? Resource, Func<RecordChange, bool> Is, IReadOnlyList<RecordProperty> Properties)
{
    /// <summary>Tells the occasions apart at which it may happen to a resource, each only once, whichever messages say so; null: each message may bring it.</summary>
    public Func<RecordChange, string>? Once { get; init; }

    /// <summary>Data of the event; properties without a value are left out.</summary>
    public JsonObject DataOf(RecordChange change)
    {
        var data = new JsonObject();
        foreach (var property in Properties)
        {
            if (property.Read(change) is { } value)
            {
                data[property.Schema.Name] = value;
            }
        }

        return data;
    }
}

/// <summary>One property and where it is read from.</summary>
/// <param name="Read">A new node, without a parent; null when there is no value.</param>
internal sealed record RecordProperty(EventProperty Schema, Func<RecordChange, JsonNode?> Read);
