using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.FollowUps;
using Integration.Core.Identity;
using Integration.Core.Identity.Unmerging;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Parsing;
using Integration.Core.Records;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Pipeline;

/// <summary>
/// The walk of one message, from journaled bytes to the committed record. READ THIS FIRST: the stages stand here in order, each in its own
/// file; <see cref="Intake.MessageIntake"/> comes before them, <see cref="PatientLanes"/> decides when a message runs.
/// </summary>
/// <remarks>
/// <para>1. Run the stages in order; each reads what earlier ones set on the <see cref="MessageContext"/>.</para>
/// <para>A message about two patients goes from identify to deliver twice, once for each, and is committed once.</para>
/// <para>2. <see cref="RecoveryPolicy"/> turns the outcome into an action.</para>
/// <para>3. Commit everything the stages wrote together with the message's new state, atomically.</para>
/// <para>4. Another lane wrote first: run again, on what it wrote.</para>
/// </remarks>
public sealed partial class MessagePipeline(
    ParseStage parse, MappingStage map, IdentityStage identify, RecordStage record, FollowUpStage followUp, DeliveryStage deliver,
    MessageJournal journal, IdentityMoves moves, FeedContexts feeds, RunningMessages running, EngineMetrics metrics, TimeProvider clock, ILogger<MessagePipeline> logger)
{
    private const int MaxConflicts = 20;

    /// <summary>The last step of a run, behind the stages.</summary>
    public const string CommitStage = "commit";

    /// <summary>From this length on, messages run one at a time, whatever their lanes: each needs its length in memory.</summary>
    private const int LongMessageBytes = 4 * 1024 * 1024;

    /// <summary>Stages before this one read the message, from here on each is about one patient.</summary>
    private const int FirstStageOfPatient = 2;

    private readonly SemaphoreSlim _longMessage = new(1);

    private readonly IMessageStage[] _stages = [parse, map, identify, record, followUp, deliver];   // the whole flow, in order

    /// <summary>The stages in the order they run, for the console.</summary>
    public IReadOnlyList<IMessageStage> Stages => _stages;

    /// <summary>Runs one waiting message until it is finished: its state is then committed, or the token was cancelled and it still waits.</summary>
    public async Task RunAsync(WaitingMessage waiting, CancellationToken cancellationToken)
    {
        if (waiting.Message.RawBytes < LongMessageBytes)
        {
            await RunToEndAsync(waiting, cancellationToken);
            return;
        }

        await _longMessage.WaitAsync(cancellationToken);
        try
        {
            await RunToEndAsync(waiting, cancellationToken);
        }
        finally
        {
            _longMessage.Release();
        }
    }

    private async Task RunToEndAsync(WaitingMessage waiting, CancellationToken cancellationToken)
    {
        var run = running.Begin(waiting);
        try
        {
            for (var failedRuns = 0; ; failedRuns++)
            {
                switch (await RunOnceAsync(run, failedRuns, cancellationToken))
                {
                    case RecoveryAction.RunAgain again:
                        run.Enter(RunningMessage.Pausing);
                        await Task.Delay(again.After, clock, cancellationToken);
                        break;
                    default:
                        return;
                }
            }
        }
        finally
        {
            running.End(run);
        }
    }

    private async Task<RecoveryAction> RunOnceAsync(RunningMessage run, int failedRuns, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            var moment = moves.Moment;
            var (action, finished) = await RunStagesAsync(run, failedRuns, conflicts, cancellationToken);
            if (finished is null)
            {
                return action;
            }

            if (moves.HappenedSince(moment))
            {
                conflicts--;   // nobody wrote first: whose the numbers are may be another's now
                continue;
            }

            run.Enter(CommitStage);
            switch (await CommitAsync(finished, run.Waiting, cancellationToken))
            {
                case CommitResult.Committed:
                    return action;
                case CommitResult.Conflict conflict when conflict.Collection == Collections.Messages.Name:
                    return action;   // finished by another run of the same message, e.g. before a restart took effect
                case null:
                    return RecoveryPolicy.Decide(new StageOutcome.Retry("The store is away."), failedRuns);
            }
        }
    }

    /// <returns>What to do, and what to commit when the run came to an end.</returns>
    private async Task<(RecoveryAction Action, FinishedRun? Finished)> RunStagesAsync(
        RunningMessage run, int failedRuns, int conflicts, CancellationToken cancellationToken)
    {
        var waiting = run.Waiting;
        var context = new MessageContext(waiting.Message, feeds.Of(waiting.Message.Feed));
        context.Issues.AddRange(waiting.Message.Issues.Where(i => i.Code is IntegrationErrorCode.ControlIdReused or IntegrationErrorCode.SequenceGap));
        var timings = new List<StageTiming>(_stages.Length);
        StageOutcome outcome = StageOutcome.Next;
        var at = "";
        for (var i = 0; i < _stages.Length && outcome is StageOutcome.Continue; i++)
        {
            at = _stages[i].Name;
            run.Enter(at);
            var began = clock.GetTimestamp();
            outcome = await RunStageAsync(_stages[i], context, cancellationToken);
            var took = clock.GetElapsedTime(began);
            AddTiming(timings, _stages[i].Name, took);
            metrics.StageRan(_stages[i].Name, took);
            if (i == _stages.Length - 1 && outcome is StageOutcome.Continue && context.TakeSecondPatient())
            {
                i = FirstStageOfPatient - 1;
            }
        }

        if (outcome is StageOutcome.Continue && context.Entanglement() is { } entanglement)
        {
            outcome = new StageOutcome.Quarantine([entanglement]);
        }

        var stage = outcome is StageOutcome.Continue ? CommitStage : at;
        if (outcome is StageOutcome.Continue && conflicts >= MaxConflicts)
        {
            outcome = new StageOutcome.Quarantine(
                [MessageIssue.Error(IntegrationErrorCode.TooManyConflicts, "", $"Other messages changed the record at each of {MaxConflicts} tries.")]);
        }

        var action = RecoveryPolicy.Decide(outcome, failedRuns);
        if (action is RecoveryAction.Finish finish)
        {
            return (action, FinishedRun.Of(context, finish, stage, timings, clock.GetUtcNow()));
        }

        LogRetry(waiting.Message.Id, ((StageOutcome.Retry)outcome).Reason);
        return (action, null);
    }

    /// <summary>A stage that runs for two patients has one time.</summary>
    private static void AddTiming(List<StageTiming> timings, string stage, TimeSpan took)
    {
        var microseconds = (long)took.TotalMicroseconds;
        var at = timings.FindIndex(t => t.Name == stage);
        if (at < 0)
        {
            timings.Add(new StageTiming(stage, microseconds));
        }
        else
        {
            timings[at] = timings[at] with { DurationUs = timings[at].DurationUs + microseconds };
        }
    }

    private async ValueTask<StageOutcome> RunStageAsync(IMessageStage stage, MessageContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await stage.RunAsync(context, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            return new StageOutcome.Retry(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Our bug, not the message's: kept with its bytes, and the lane lives on. The exception's text stays out of the log: it may quote data.
            LogFault(stage.Name, context.Message.Id, e.GetType().Name, e.StackTrace);
            return new StageOutcome.Quarantine([MessageIssue.Error(IntegrationErrorCode.InternalFault, "", $"{e.GetType().Name} in stage {stage.Name}.")]);
        }
    }

    /// <returns>Null when the store is away.</returns>
    private async Task<CommitResult?> CommitAsync(FinishedRun finished, WaitingMessage waiting, CancellationToken cancellationToken)
    {
        var message = finished.Message;
        try
        {
            CrashPoints.Reach(CrashPoints.StagesRun);
            using var move = finished.MovesIdentities ? moves.Begin() : null;
            var result = await journal.FinishAsync(message, waiting.Version, finished.Batch, cancellationToken);
            CrashPoints.Reach(CrashPoints.Committed);
            if (result is CommitResult.Committed)
            {
                deliver.Committed(finished.Deliveries);
                metrics.IssuesFound(message.Feed, message.Issues);
                metrics.Finished(message.Feed, message.State, waiting.Message.Attempts == 0 ? clock.GetUtcNow() - message.Received : null);
            }

            return result;
        }
        catch (StoreUnavailableException e)
        {
            LogRetry(message.Id, e.Message);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException && message.State == MessageState.Done)
        {
            LogFault(CommitStage, message.Id, e.GetType().Name, e.StackTrace);
            var fault = MessageIssue.Error(IntegrationErrorCode.InternalFault, "", $"{e.GetType().Name} while committing.");
            return await CommitAsync(finished.AsFault(fault, waiting.Message), waiting, cancellationToken);
        }
    }

    [LoggerMessage(2001, LogLevel.Error, "Stage {Stage} failed on message {MessageId}: {ExceptionType}\n{StackTrace}")]
    private partial void LogFault(string stage, string messageId, string exceptionType, string? stackTrace);

    [LoggerMessage(2002, LogLevel.Warning, "Message {MessageId} waits and runs again: {Reason}")]
    private partial void LogRetry(string messageId, string reason);
}
