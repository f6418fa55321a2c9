using System.ComponentModel;
using System.Text.Json.Serialization;
using Integration.Core.Audit;
using Integration.Core.Diagnostics;
using Integration.Core.Operations;

namespace Integration.Host.Api.Views;

/// <summary>Work on many messages and how far it is.</summary>
internal sealed record OperationView(
    string Id,
    OperationKind Kind,
    OperationState State,
    [property: Description("Name of the key that asked for it.")] string Actor,
    string Reason,
    DateTimeOffset Created,
    [property: Description("Null while it runs.")] DateTimeOffset? Finished,
    [property: Description("Messages it is about; in the end done + failed + skipped.")] long Total,
    [property: Description("Ended well.")] long Done,
    [property: Description("Ran and failed again.")] long Failed,
    [property: Description("Left alone: no longer what the operation is for when their turn came.")] long Skipped,
    SelectionView Selection)
{
    public static OperationView Of(MessageOperation operation) => new(
        operation.Id, operation.Kind, operation.State, operation.Actor, operation.Reason, operation.Created, operation.Finished, operation.Total,
        operation.Done, operation.Failed, operation.Skipped,
        new SelectionView(operation.Selection.Ids?.Count, operation.Selection.Feed, operation.Selection.MessageType, operation.Selection.Cause,
            operation.Selection.From, operation.Selection.Below));
}

/// <summary>What an operation was asked for.</summary>
internal sealed record SelectionView(
    [property: Description("How many messages were named one by one; null when none was.")] int? Ids,
    string? Feed, string? Type, string? Cause, DateTimeOffset? From, DateTimeOffset? Below);

/// <summary>Failed messages that failed alike.</summary>
internal sealed record DeadLetterView(
    [property: Description("Send it as `cause` to list, retry or discard them.")] string Cause,
    long Count,
    [property: Description("Where they stopped: intake, a stage, or commit.")] string Stage,
    [property: Description("Their first error; 0 when it is not known.")] int Code,
    string? Name,
    string? Title,
    string? Remedy,
    string? TitleZh,
    string? RemedyZh,
    [property: Description("Where in the message, without the numbers of repetitions.")] string Place,
    [property: Description("Version of the mappings they failed with; null where they stopped before.")] string? MappingVersion,
    DateTimeOffset? FirstReceived,
    DateTimeOffset? LastReceived,
    [property: Description("The first of them, at most three.")] IReadOnlyList<string> Samples)
{
    public static DeadLetterView Of(DeadLetterGroup group)
    {
        var text = group.Cause.Code is { } code ? IntegrationErrors.All[code] : null;
        return new DeadLetterView(
            group.Key, group.Count, group.Cause.Stage, (int?)group.Cause.Code ?? 0, group.Cause.Code?.ToString(), text?.Title, text?.Remedy, text?.TitleZh,
            text?.RemedyZh, group.Cause.Place, group.Cause.MappingVersion, group.First, group.Last, [.. group.Samples.Select(m => m.Id)]);
    }
}

/// <summary>Which messages, and why. All that is sent must hold.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SelectionRequest
{
    [Description("These messages, at most 1000; alone, without other conditions.")]
    public IReadOnlyList<string>? Ids { get; init; }

    [Description("The cause of a dead-letter group.")]
    public string? Cause { get; init; }

    public string? Feed { get; init; }

    [Description("Message type, e.g. ADT^A01.")]
    public string? Type { get; init; }

    [Description("Received at or after this time.")]
    public DateTimeOffset? From { get; init; }

    [Description("Received before this time.")]
    public DateTimeOffset? Below { get; init; }

    [Description("For the audit, at most 500 characters.")]
    public string? Reason { get; init; }

    public MessageSelection ToSelection() => new(Ids, Feed, Type, Cause, From, Below);
}

/// <summary>A reason, for the audit.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReasonRequest
{
    [Description("At most 500 characters.")]
    public string? Reason { get; init; }
}

/// <summary>One deed.</summary>
internal sealed record AuditView(
    long Number,
    DateTimeOffset Time,
    [property: Description("Name of the key that did it.")] string Actor,
    string Action,
    [property: Description("Id of the message or operation.")] string Target,
    string Reason,
    [property: Description("SHA-256 over this entry and the hash before.")] string Hash)
{
    public static AuditView Of(AuditEntry entry) => new(entry.Number, entry.Time, entry.Actor, entry.Action, entry.Target, entry.Reason, entry.Hash);
}

/// <summary>Whether the chain of the audit trail is whole.</summary>
internal sealed record AuditCheckView(
    bool Intact,
    [property: Description("Entries looked at.")] long Entries,
    [property: Description("Number of the first entry that was altered or whose predecessor is missing; null when none.")] long? BrokenAt);
