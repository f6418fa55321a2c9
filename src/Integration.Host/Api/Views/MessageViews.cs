using System.ComponentModel;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Host.Api.Views;

/// <summary>A message in a list.</summary>
internal sealed record MessageListEntry(
    string Id,
    string Feed,
    DateTimeOffset Received,
    MessageState State,
    [property: Description("As the source names it, e.g. ADT^A01; empty when the header could not be read.")] string MessageType,
    [property: Description("HL7 MSH-10; empty when there is none.")] string ControlId,
    [property: Description("Sending application and facility.")] string Sender,
    [property: Description("The record it belongs to; null until identified.")] string? PatientId,
    [property: Description("How often it was run, replays included.")] int Attempts,
    [property: Description("Issues of its last run.")] int IssueCount,
    int RawBytes,
    [property: Description("When its last run ended; null before.")] DateTimeOffset? Finished,
    [property: Description("Where the run is that is under way now; null when none is.")] ProcessingView? Processing)
{
    public static MessageListEntry Of(JournaledMessage message, RunningMessage? run = null) => new(
        message.Id, message.Feed, message.Received, message.State, message.MessageType, message.ControlId, message.Sender, message.PatientId,
        message.Attempts, message.Issues.Count, message.RawBytes, message.Finished, ProcessingView.Of(run));
}

/// <summary>How far the run of a message is.</summary>
internal sealed record ProcessingView(
    [property: Description("The stage it is in, commit, or retry while it waits for the store or a peer.")] string Stage,
    [property: Description("Seconds since the run began.")] double Seconds,
    [property: Description("Seconds since the stage began.")] double StageSeconds)
{
    public static ProcessingView? Of(RunningMessage? run) => run is null
        ? null
        : new ProcessingView(run.Stage, Math.Round(run.Elapsed.TotalSeconds, 3), Math.Round(run.ElapsedInStage.TotalSeconds, 3));
}

/// <summary>What this start found.</summary>
internal sealed record EngineView(
    DateTimeOffset Started,
    [property: Description("When the process before was started; null for the first.")] DateTimeOffset? PreviousStarted,
    [property: Description("When it was stopped in order; null when it died, and for the first.")] DateTimeOffset? PreviousStopped,
    [property: Description("Whether it ended without being stopped.")] bool PreviousDied,
    [property: Description("Messages acknowledged and not finished then; all of them were run, or are.")] long Unfinished,
    [property: Description("Those that had waited longest, at most 100.")] IReadOnlyList<string> UnfinishedIds)
{
    public static EngineView Of(StartFindings findings) => new(
        findings.Started, findings.PreviousStarted, findings.PreviousStopped, findings.PreviousDied, findings.Unfinished, findings.UnfinishedIds);
}

/// <summary>One message with everything the engine knows of it.</summary>
internal sealed record MessageView(
    string Id,
    string Feed,
    DateTimeOffset Received,
    MessageState State,
    [property: Description("Parser that reads it, e.g. hl7v2.")] string Format,
    string MessageType,
    string ControlId,
    string Sender,
    [property: Description("Patient identifiers seen in it.")] IReadOnlyList<string> Identifiers,
    string? PatientId,
    [property: Description("Duplicate: the first message. Conflict: the earlier message. Correction: the corrected message, and the other way round. Else null.")] string? RelatesTo,
    [property: Description("What is special about it: conflict, correction, corrected, discarded.")] IReadOnlyList<string> Marks,
    [property: Description("Why an operator discarded or corrected it; null when none did.")] string? Reason,
    [property: Description("The last operation on many messages that took hold of it; null when none did.")] string? Operation,
    int Attempts,
    DateTimeOffset? Finished,
    [property: Description("Version of the mappings of the last run; null before.")] string? MappingVersion,
    IReadOnlyList<IssueView> Issues,
    [property: Description("Stages of the last run in order, with their time in microseconds.")] IReadOnlyList<StageTiming> Stages,
    [property: Description("Places that hold a value and that no mapping read, e.g. PID-31.")] IReadOnlyList<string> Unread,
    [property: Description("What the last run changed.")] IReadOnlyList<MessageChange> Changes,
    [property: Description("SHA-256 of the raw bytes, hex.")] string ContentHash,
    [property: Description("Where the run is that is under way now; null when none is.")] ProcessingView? Processing,
    int RawBytes,
    [property: Description("The bytes as received, base64; null when there is more than 1 MiB: fetch /raw.")] byte[]? Raw,
    [property: Description("The message as a person reads it, decoded; null when no parser of its format is installed.")] string? Text)
{
    public static MessageView Of(JournaledMessage message, string? text, RunningMessage? run) => new(
        message.Id, message.Feed, message.Received, message.State, message.Format, message.MessageType, message.ControlId, message.Sender,
        message.Identifiers, message.PatientId, message.RelatesTo, message.Marks, message.Reason, message.Operation, message.Attempts, message.Finished, message.MappingVersion,
        [.. message.Issues.Select(IssueView.Of)], message.Stages, message.Unread, message.Changes, message.ContentHash,
        ProcessingView.Of(run), message.RawBytes,
        LongContent.IsLong(message.RawBytes) ? null : message.Raw.ToArray(), text);
}

/// <summary>One thing that is wrong with a message, and what to do about it.</summary>
internal sealed record IssueView(
    [property: Description("Never reused: 1xxx intake, 2xxx parsing, 3xxx mapping, 4xxx identity, 5xxx record, 9xxx ours.")] int Code,
    [property: Description("The code's name, e.g. CodeNotMapped.")] string Name,
    IssueSeverity Severity,
    [property: Description("Where in the message, e.g. PID-3[2].4; empty when the whole message is meant.")] string Place,
    string Text,
    string Title,
    string Remedy,
    string TitleZh,
    string RemedyZh)
{
    public static IssueView Of(MessageIssue issue)
    {
        var known = IntegrationErrors.All[issue.Code];
        return new IssueView((int)issue.Code, issue.Code.ToString(), issue.Severity, issue.Place, issue.Text,
            known.Title, known.Remedy, known.TitleZh, known.RemedyZh);
    }
}

/// <summary>A correction that was taken.</summary>
internal sealed record CorrectionView(
    [property: Description("The new message.")] string Id, MessageState State, [property: Description("The message it corrects.")] string Corrects);

/// <summary>A replay that was asked for.</summary>
internal sealed record ReplayView(string Id, MessageState State);
