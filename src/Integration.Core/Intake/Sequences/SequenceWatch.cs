using System.Globalization;
using Integration.Core.Diagnostics;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Intake.Sequences;

/// <summary>
/// Keeps the count of every sender that numbers its messages, in the same commit as the message, so that a gap is known as surely as
/// the message that revealed it and nothing about it is held in memory. Safe for many threads.
/// </summary>
/// <remarks>
/// Messages of one sender are committed one after another, as a sender that counts sends them; those of different senders side by side.
/// </remarks>
public sealed partial class SequenceWatch(IDocumentStore store, MessageJournal journal, ILogger<SequenceWatch> logger)
{
    private static readonly DocumentField Feed = Collections.SenderSequences.Field("feed");
    private static readonly DocumentField MissingCount = Collections.SenderSequences.Field("missingCount");

    // A sender has always the same one; two senders may share one, which costs time and nothing else.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>The number that a message counts by; null when it does not count.</summary>
    public static long? NumberOf(InboundMessage message, GapDetection detection) => detection switch
    {
        GapDetection.SequenceNumber => message.SequenceNumber is > 0 ? message.SequenceNumber : null,
        GapDetection.ControlId => long.TryParse(message.ControlId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null,
        _ => null,
    };

    /// <summary>Appends a message that has a number. It gets a warning when numbers before it are missing.</summary>
    /// <returns>False when the message's id is taken, see <see cref="MessageJournal.AppendAsync(JournaledMessage, CancellationToken)"/>.</returns>
    public async ValueTask<bool> AppendAsync(JournaledMessage message, long number, CancellationToken cancellationToken)
    {
        var id = SenderSequence.IdOf(message.Feed, message.Sender);
        var turn = _turns[Convert.ToInt32(id[..2], 16) % _turns.Length];
        await turn.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var stored = await store.GetAsync(Collections.SenderSequences, id, withPayload: false, cancellationToken);
                var (sequence, step) = stored is null
                    ? (SenderSequence.First(message.Feed, message.Sender, number, message.Received), new SequenceStep.Expected())
                    : Collections.SenderSequences.Read(stored).Take(number, message.Received, message.Id);
                var batch = new WriteBatch();
                batch.Add(Collections.SenderSequences.Put(sequence, stored?.Version ?? 0));
                switch (await journal.AppendAsync(step is SequenceStep.Gap gap ? Warned(message, gap.Missing) : message, batch, cancellationToken))
                {
                    case CommitResult.Committed:
                        Log(message, step);
                        return true;
                    case CommitResult.Conflict conflict when conflict.Collection == Collections.Messages.Name:
                        return false;
                }
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Counts of the senders of a feed.</summary>
    /// <param name="limit">1 to 500.</param>
    /// <param name="after">Token of the previous page.</param>
    public async ValueTask<(IReadOnlyList<SenderSequence> Senders, string? Next)> ListAsync(
        string feed, int limit, string? after, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.SenderSequences)
        {
            Where = [new DocumentFilter.Equal(Feed, feed)],
            OrderBy = [new DocumentSort(MissingCount, Descending: true)],
            Limit = limit,
            After = after,
        }, cancellationToken);
        return ([.. page.Documents.Select(Collections.SenderSequences.Read)], page.Next);
    }

    private static JournaledMessage Warned(JournaledMessage message, MissingRange missing) => message with
    {
        Issues = [.. message.Issues, MessageIssue.Warning(IntegrationErrorCode.SequenceGap, "", $"Missing {missing.Numbers} of this sender's count.")],
    };

    private void Log(JournaledMessage message, SequenceStep step)
    {
        switch (step)
        {
            case SequenceStep.Gap gap:
                LogGap(message.Feed, message.Sender, gap.Missing.Numbers, message.Id);
                break;
            case SequenceStep.Restart:
                LogRestart(message.Feed, message.Sender, message.Id);
                break;
        }
    }

    [LoggerMessage(1011, LogLevel.Warning, "Feed {Feed}: sender {Sender} counts its messages, and {Missing} did not arrive; noticed by message {MessageId}")]
    private partial void LogGap(string feed, string sender, string missing, string messageId);

    [LoggerMessage(1012, LogLevel.Information, "Feed {Feed}: sender {Sender} counts anew since message {MessageId}")]
    private partial void LogRestart(string feed, string sender, string messageId);
}
