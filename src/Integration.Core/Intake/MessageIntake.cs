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
/// <para>0. The same place of a source handed over again (<see cref="InboundMessage.Id"/>) → answered as before.</para>
/// <para>1. A header that cannot be read → journaled as Failed.</para>
/// <para>2. The same sender's control id seen before on this feed, within its duplicate window: same content → journaled as Duplicate; other
/// content → marked as conflict and processed.</para>
/// <para>3. Everything else → journaled as Waiting, and the pipeline is woken. Where the sender counts its messages, its count goes with it.</para>
/// </remarks>
public sealed partial class MessageIntake(
    MessageJournal journal, SequenceWatch sequences, IntakeSettings settings, FeedActivity activity, IntakePressure pressure, IntakeRefusals refusals,
    EngineMetrics metrics, TimeProvider clock, ILogger<MessageIntake> logger) : IMessageIntake, IBulkIntake
{
    // Two copies that arrive at the same moment would both find no predecessor: the second waits for the first here.
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _beingAccepted = new(StringComparer.Ordinal);

    private readonly Outage _outage = new(clock);   // guarded by itself
    private bool _isRefusing;

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

        if (result is not IntakeResult.Refused && Volatile.Read(ref _isRefusing))
        {
            TellRecovery();
        }

        metrics.Received(message.Feed, result);
        metrics.Acknowledged(message.Feed, clock.GetElapsedTime(began));
        return result;
    }

    public async ValueTask<IntakeResult.Refused?> AcceptAllAsync(
        IReadOnlyList<InboundMessage> messages, IReadOnlyList<DocumentWrite> with, CancellationToken cancellationToken)
    {
        if (messages.Any(message => message.Id is null || message.ControlId.Length > 0 || message.SequenceNumber is not null))
        {
            throw new ArgumentException("Only messages with an id of their place, without control id and count, can be taken together.", nameof(messages));
        }

        var began = clock.GetTimestamp();
        pressure.Enter();
        try
        {
            await journal.AppendAllAsync([.. messages.Select(ToEntry)], with, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            TellRefusal(e.Message);
            return new IntakeResult.Refused(e.Message);
        }
        finally
        {
            pressure.Leave();
        }

        if (Volatile.Read(ref _isRefusing))
        {
            TellRecovery();
        }

        var took = clock.GetElapsedTime(began);
        foreach (var message in messages)
        {
            activity.Received(message.Feed);
            metrics.IssuesFound(message.Feed, message.HeaderIssues);
            metrics.Received(message.Feed, message.HeaderIssues.Count == 0 ? new IntakeResult.Accepted(message.Id!) : new IntakeResult.Quarantined(message.Id!, message.HeaderIssues));
            metrics.Acknowledged(message.Feed, took);
        }

        return null;
    }

    private async ValueTask<IntakeResult> JournalAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        try
        {
            if (message.Id is not null && await journal.GetAsync(message.Id, withRaw: false, cancellationToken) is var (known, _))
            {
                return AnswerAgain(known, message);
            }

            var entry = ToEntry(message);
            if (entry.State == MessageState.Failed)
            {
                await AppendAsync(entry, watched: false, cancellationToken);
                metrics.IssuesFound(message.Feed, message.HeaderIssues);
                return new IntakeResult.Quarantined(entry.Id, message.HeaderIssues);
            }

            var window = settings.Of(message.Feed).DuplicateWindow;
            return message.ControlId.Length == 0 || window == TimeSpan.Zero
                ? await AppendAsync(entry, message.WatchCompletion, cancellationToken)
                : await AcceptOnceAsync(entry, window, message.WatchCompletion, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            TellRefusal(e.Message);
            return new IntakeResult.Refused(e.Message);
        }
    }

    private async ValueTask<IntakeResult> AcceptOnceAsync(JournaledMessage entry, TimeSpan window, bool watched, CancellationToken cancellationToken)
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
                ? await AppendRepeatedAsync(entry, earlier, watched, cancellationToken)
                : await AppendAsync(entry, watched, cancellationToken);
        }
        finally
        {
            _beingAccepted.TryRemove(key, out _);
            mine.SetResult();
        }
    }

    private async ValueTask<IntakeResult> AppendRepeatedAsync(
        JournaledMessage entry, IReadOnlyList<JournaledMessage> earlier, bool watched, CancellationToken cancellationToken)
    {
        if (earlier.FirstOrDefault(m => m.ContentHash == entry.ContentHash) is { } same)
        {
            var first = same.State == MessageState.Duplicate ? same.RelatesTo! : same.Id;
            await AppendAsync(entry with { State = MessageState.Duplicate, RelatesTo = first, Finished = entry.Received }, watched: false, cancellationToken);
            return new IntakeResult.Duplicate(entry.Id, first) { Completion = watched ? await journal.WatchAsync(first, cancellationToken) : null };
        }

        var other = earlier.FirstOrDefault(m => m.State != MessageState.Duplicate) ?? earlier[0];
        var issue = MessageIssue.Warning(IntegrationErrorCode.ControlIdReused, "MSH-10", "This sender used the same control id for other content before.");
        return await AppendAsync(entry with { RelatesTo = other.Id, Issues = [issue], Marks = [MessageMarks.Conflict] }, watched, cancellationToken);
    }

    private static IntakeResult AnswerAgain(JournaledMessage known, InboundMessage message) =>
        message.HeaderIssues.Count > 0 ? new IntakeResult.Quarantined(known.Id, message.HeaderIssues)
        : known.State == MessageState.Duplicate ? new IntakeResult.Duplicate(known.Id, known.RelatesTo!)
        : new IntakeResult.Accepted(known.Id);

    private async ValueTask<IntakeResult> AppendAsync(JournaledMessage entry, bool watched, CancellationToken cancellationToken)
    {
        // Watched before it is appended: the pipeline may have finished it before the append returns here.
        var watch = watched ? journal.WatchNew(entry.Id) : null;
        try
        {
            var appended = entry is { SequenceNumber: { } number, State: not MessageState.Duplicate }
                ? await sequences.AppendAsync(entry, number, cancellationToken)
                : await journal.AppendAsync(entry, cancellationToken);
            if (!appended)
            {
                return new IntakeResult.Refused("The journal already holds a message of this id; send again.");
            }

            var accepted = new IntakeResult.Accepted(entry.Id) { Completion = watch };
            watch = null;
            return accepted;
        }
        finally
        {
            watch?.Dispose();
        }
    }

    /// <summary>Failed when its header cannot be read, else waiting.</summary>
    private JournaledMessage ToEntry(InboundMessage message)
    {
        var now = clock.GetUtcNow();
        var entry = new JournaledMessage
        {
            Id = message.Id ?? Guid.CreateVersion7(now).ToString("N"),
            Feed = message.Feed,
            Received = now,
            Format = message.Format,
            MessageType = message.MessageType,
            ControlId = message.ControlId,
            Sender = message.Sender,
            SequenceNumber = SequenceWatch.NumberOf(message, settings.Of(message.Feed).GapDetection),
            ContentHash = Convert.ToHexStringLower(SHA256.HashData(message.Raw.Span)),
            PatientKey = message.PatientKey,
            RawBytes = message.Raw.Length,
            Raw = message.Raw,
        };
        return message.HeaderIssues.Count == 0 ? entry : entry with
        {
            State = MessageState.Failed,
            Issues = message.HeaderIssues,
            Cause = FailureCause.Of("intake", message.HeaderIssues, null),
        };
    }

    private void TellRefusal(string reason)
    {
        refusals.Refused(reason, clock.GetUtcNow());
        lock (_outage)
        {
            Volatile.Write(ref _isRefusing, true);
            if (_outage.Failed(reason))
            {
                LogRefused(reason);
            }
        }
    }

    private void TellRecovery()
    {
        refusals.Taken();
        lock (_outage)
        {
            Volatile.Write(ref _isRefusing, false);
            if (_outage.Over() is var (duration, failures))
            {
                LogRecovered(duration, failures);
            }
        }
    }

    [LoggerMessage(1010, LogLevel.Warning, "Messages are refused, since the store cannot take them: {Reason} Their senders keep them. Not logged again until it is over.")]
    private partial void LogRefused(string reason);

    [LoggerMessage(1013, LogLevel.Information, "Messages are taken again after {Duration}; {Refused} were refused.")]
    private partial void LogRecovered(TimeSpan duration, int refused);
}
