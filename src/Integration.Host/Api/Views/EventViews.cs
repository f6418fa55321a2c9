using System.ComponentModel;
using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.Records;

namespace Integration.Host.Api.Views;

/// <summary>Changes since a cursor.</summary>
internal sealed record ChangesView(
    IReadOnlyList<ChangeView> Items,
    [property: Description("Send it as `since` next time; keep it where the copy is kept.")] string Cursor,
    [property: Description("There was nothing more when this was read.")] bool CaughtUp);

/// <summary>One change of the record.</summary>
internal sealed record ChangeView(
    [property: Description("resource, deleted or patientMerged.")] string Kind,
    [property: Description("`Type/id`; of patientMerged `patients/ID` of the record that was merged away.")] string Reference,
    [property: Description("The golden record that it belongs to now; empty for reference data.")] string PatientId,
    [property: Description("Of the resource, or of its deletion; null for patientMerged.")] int? Version,
    DateTimeOffset Time,
    string? Feed,
    [property: Description("Message that brought it.")] string MessageId,
    [property: Description("The FHIR R4 resource; null where there is none, or with content=none.")] JsonObject? Resource)
{
    public static ChangeView Of(FeedChange change, bool full) => change switch
    {
        FeedChange.Resource { Document: var r } => new(
            "resource", r.Id, r.PatientId, r.Version, r.LastUpdated, r.Provenance.Feed, r.Provenance.MessageId, full ? r.Resource : null),
        FeedChange.Deleted { Note: var d } => new("deleted", d.Id, d.PatientId, d.Version, d.Received, d.Feed, d.MessageId, null),
        FeedChange.Merged { Event: var e } => new(
            "patientMerged", $"patients/{(string?)e.Data["mergedPatientId"]}", e.PatientId ?? "", null, e.Recorded, e.Feed, e.Cause, null),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change.GetType().Name, "Unknown change."),
    };
}

/// <summary>Events since a cursor.</summary>
internal sealed record EventsView(
    IReadOnlyList<EventView> Items,
    [property: Description("Send it as `since` next time.")] string Cursor,
    [property: Description("There was nothing more when this was read.")] bool CaughtUp);

/// <summary>One event.</summary>
internal sealed record EventView(
    string Id,
    [property: Description("One of /event-types.")] string Type,
    int SchemaVersion,
    [property: Description("What it is about, e.g. Appointment/ID.")] string Subject,
    [property: Description("Null for what is about no patient.")] string? PatientId,
    [property: Description("When it happened, by the source's clock.")] DateTimeOffset Time,
    [property: Description("When it was committed.")] DateTimeOffset Recorded,
    [property: Description("Message, follow-up or incident that brought it.")] string Cause,
    string? Feed,
    [property: Description("As the JSON schema of the type says, with every category of data.")] JsonObject Data)
{
    public static EventView Of(EventDocument e) => new(e.Id, e.Type, e.SchemaVersion, e.Subject, e.PatientId, e.Time, e.Recorded, e.Cause, e.Feed, e.Data);
}

/// <summary>One type of event.</summary>
internal sealed record EventTypeView(
    string Name,
    int SchemaVersion,
    string Title,
    string TitleZh,
    [property: Description("What the subject of such an event names.")] string Subject,
    IReadOnlyList<EventPropertyView> Data)
{
    public static EventTypeView Of(EventType type) => new(
        type.Name, type.SchemaVersion, type.Title, type.ChineseTitle, type.Subject,
        [.. type.Data.Select(p => new EventPropertyView(p.Name, EventSchema.NameOf(p.Category), p.IsRequired, p.Title))]);
}

/// <summary>One property of an event's data.</summary>
internal sealed record EventPropertyView(
    string Name, [property: Description("plain, identifying, clinical or financial: the grant that a destination needs to get it.")] string Category, bool Required, string Title);
