using System.Collections.Concurrent;
using System.Security.Cryptography;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake.Sequences;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Intake;

/// <summary>Journal first, then acknowledge: returns only when the message is durable.</summary>
/// <remarks>
/// <para>1. A header that cannot be read → journaled as Failed.</para>
/// <para>2. The same sender's control id seen before on this feed, within its duplicate window: same content → journaled as Duplicate; other
/// content → marked as conflict and processed.</para>
/// <para>3. Everything else → journaled as Waiting, and the pipeline is woken. Where the sender counts its messages, its count goes with it.</para>
/// </remarks>
public sealed partial class MessageIntake(
    MessageJournal journal, SequenceWatch sequences, IntakeSettings settings, FeedActivity activity, IntakePressure pressure, EngineMetrics metrics,
    TimeProvider clock, ILogger<MessageIntake> logger) : IMessageIntake
{
    // Two copies that arrive at the same moment would both find no predecessor: the second waits for the first here.
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _beingAccepted = new(StringComparer.Ordinal);

    public async ValueTask<IntakeResult> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        activity.Received(message.Feed);
        pressure.Enter();
        IntakeResult result;
        try
        {
            result = await JournalAsync(message, cancellationToken);
        }
        finally
        {
            pressure.Leave();
        }

        metrics.Received(message.Feed, result);
        metrics.Acknowledged(message.Feed, clock.GetElapsedTime(began));
        return result;
    }

    private async ValueTask<IntakeResult> JournalAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var watched = settings.Of(message.Feed);
            var entry = ToEntry(message, watched);
            if (message.HeaderIssues.Count > 0)
            {
                await AppendAsync(entry with
                {
                    State = MessageState.Failed,
                    Issues = message.HeaderIssues,
                    Cause = FailureCause.Of("intake", message.HeaderIssues, null),
                }, cancellationToken);
                return new IntakeResult.Quarantined(entry.Id, message.HeaderIssues);
            }

            return message.ControlId.Length == 0 || watched.DuplicateWindow == TimeSpan.Zero
                ? await AppendAsync(entry, cancellationToken)
                : await AcceptOnceAsync(entry, watched.DuplicateWindow, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            LogRefused(message.Feed, e.Message);
            return new IntakeResult.Refused(e.Message);
        }
    }

    private async ValueTask<IntakeResult> AcceptOnceAsync(JournaledMessage entry, TimeSpan window, CancellationToken cancellationToken)
    {
        DateTimeOffset? since = window < entry.Received - DateTimeOffset.UnixEpoch ? entry.Received - window : null;
        var key = $"{entry.Feed}\n{entry.Sender}\n{entry.ControlId}";
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!_beingAccepted.TryAdd(key, mine))
        {
            if (_beingAccepted.TryGetValue(key, out var other))
            {
                await other.Task.WaitAsync(cancellationToken);
            }
        }

        try
        {
            return await journal.FindByControlIdAsync(entry.Feed, entry.Sender, entry.ControlId, since, cancellationToken) is { Count: > 0 } earlier
                ? await AppendRepeatedAsync(entry, earlier, cancellationToken)
                : await AppendAsync(entry, cancellationToken);
        }
        finally
        {
            _beingAccepted.TryRemove(key, out _);
            mine.SetResult();
        }
    }

    private async ValueTask<IntakeResult> AppendRepeatedAsync(
        JournaledMessage entry, IReadOnlyList<JournaledMessage> earlier, CancellationToken cancellationToken)
    {
        if (earlier.FirstOrDefault(m => m.ContentHash == entry.ContentHash) is { } same)
        {
            var first = same.State == MessageState.Duplicate ? same.RelatesTo! : same.Id;
            await AppendAsync(entry with { State = MessageState.Duplicate, RelatesTo = first, Finished = entry.Received }, cancellationToken);
            return new IntakeResult.Duplicate(entry.Id, first);
        }

        var other = earlier.FirstOrDefault(m => m.State != MessageState.Duplicate) ?? earlier[0];
        var issue = MessageIssue.Warning(IntegrationErrorCode.ControlIdReused, "MSH-10", "This sender used the same control id for other content before.");
        return await AppendAsync(entry with { RelatesTo = other.Id, Issues = [issue], Marks = [MessageMarks.Conflict] }, cancellationToken);
    }

    private async ValueTask<IntakeResult> AppendAsync(JournaledMessage entry, CancellationToken cancellationToken) =>
        await (entry is { SequenceNumber: { } number, State: not MessageState.Duplicate }
            ? sequences.AppendAsync(entry, number, cancellationToken)
            : journal.AppendAsync(entry, cancellationToken))
            ? new IntakeResult.Accepted(entry.Id)
            : new IntakeResult.Refused("The journal already holds a message of this id; send again.");

    private JournaledMessage ToEntry(InboundMessage message, FeedIntakeSettings watched)
    {
        var now = clock.GetUtcNow();
        return new JournaledMessage
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Feed = message.Feed,
            Received = now,
            Format = message.Format,
            MessageType = message.MessageType,
            ControlId = message.ControlId,
            Sender = message.Sender,
            SequenceNumber = SequenceWatch.NumberOf(message, watched.GapDetection),
            ContentHash = Convert.ToHexStringLower(SHA256.HashData(message.Raw.Span)),
            PatientKey = message.PatientKey,
            RawBytes = message.Raw.Length,
            Raw = message.Raw,
        };
    }

    [LoggerMessage(1010, LogLevel.Warning, "Feed {Feed}: a message was refused, since the store cannot take it: {Reason}")]
    private partial void LogRefused(string feed, string reason);
}
