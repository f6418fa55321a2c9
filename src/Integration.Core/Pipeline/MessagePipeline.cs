using Integration.Core.Diagnostics;
using Integration.Core.FollowUps;
using Integration.Core.Identity;
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
/// <para>2. <see cref="RecoveryPolicy"/> turns the outcome into an action.</para>
/// <para>3. Commit everything the stages wrote together with the message's new state, atomically.</para>
/// <para>4. Another lane wrote first: run again from identify, on what it wrote.</para>
/// </remarks>
public sealed partial class MessagePipeline(
    ParseStage parse, MappingStage map, IdentityStage identify, RecordStage record, FollowUpStage followUp,
    MessageJournal journal, FeedContexts feeds, RunningMessages running, EngineMetrics metrics, TimeProvider clock, ILogger<MessagePipeline> logger)
{
    private const int MaxConflicts = 20;

    /// <summary>The last step of a run, behind the stages.</summary>
    public const string CommitStage = "commit";

    private readonly IMessageStage[] _stages = [parse, map, identify, record, followUp];   // the whole flow, in order

    /// <summary>The stages in the order they run, for the console.</summary>
    public IReadOnlyList<IMessageStage> Stages => _stages;

    /// <summary>Runs one waiting message until it is finished: its state is then committed, or the token was cancelled and it still waits.</summary>
    public async Task RunAsync(WaitingMessage waiting, CancellationToken cancellationToken)
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
        var waiting = run.Waiting;
        var context = new MessageContext(waiting.Message, waiting.Version, feeds.Of(waiting.Message.Feed));
        context.Issues.AddRange(waiting.Message.Issues.Where(i => i.Code is IntegrationErrorCode.ControlIdReused or IntegrationErrorCode.SequenceGap));
        var timings = new List<StageTiming>(_stages.Length + 1);
        var start = 0;
        var issuesAfterMapping = 0;
        for (var conflicts = 0; ; conflicts++)
        {
            var outcome = await RunStagesAsync(context, run, start, timings, issues => issuesAfterMapping = issues, cancellationToken);
            var stage = outcome is StageOutcome.Continue ? CommitStage : timings[^1].Name;
            if (outcome is StageOutcome.Continue && conflicts >= MaxConflicts)
            {
                outcome = new StageOutcome.Quarantine(
                    [MessageIssue.Error(IntegrationErrorCode.TooManyConflicts, "", $"Other messages changed the record at each of {MaxConflicts} tries.")]);
            }

            var action = RecoveryPolicy.Decide(outcome, failedRuns);
            if (action is not RecoveryAction.Finish finish)
            {
                LogRetry(waiting.Message.Id, ((StageOutcome.Retry)outcome).Reason);
                return action;
            }

            run.Enter(CommitStage);
            switch (await CommitAsync(context, finish, stage, timings, cancellationToken))
            {
                case CommitResult.Committed:
                    metrics.Finished(waiting.Message.Feed, finish.State, waiting.Message.Attempts == 0 ? clock.GetUtcNow() - waiting.Message.Received : null);
                    return finish;
                case CommitResult.Conflict conflict when conflict.Collection == Collections.Messages.Name:
                    return finish;   // finished by another run of the same message, e.g. before a restart took effect
                case null:
                    return RecoveryPolicy.Decide(new StageOutcome.Retry("The store is away."), failedRuns);
                default:
                    context.RewindToIdentity(issuesAfterMapping);
                    start = Array.IndexOf(_stages, identify);
                    break;
            }
        }
    }

    private async Task<StageOutcome> RunStagesAsync(
        MessageContext context, RunningMessage run, int start, List<StageTiming> timings, Action<int> onMapped, CancellationToken cancellationToken)
    {
        timings.RemoveRange(start, timings.Count - start);
        for (var i = start; i < _stages.Length; i++)
        {
            if (_stages[i] == identify)
            {
                onMapped(context.Issues.Count);
            }

            run.Enter(_stages[i].Name);
            var began = clock.GetTimestamp();
            var outcome = await RunStageAsync(_stages[i], context, cancellationToken);
            var took = clock.GetElapsedTime(began);
            timings.Add(new StageTiming(_stages[i].Name, (long)took.TotalMicroseconds));
            metrics.StageRan(_stages[i].Name, took);
            if (outcome is not StageOutcome.Continue)
            {
                return outcome;
            }
        }

        return StageOutcome.Next;
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

    /// <param name="stage">Where the run ended.</param>
    /// <returns>Null when the store is away.</returns>
    private async Task<CommitResult?> CommitAsync(
        MessageContext context, RecoveryAction.Finish finish, string stage, List<StageTiming> timings, CancellationToken cancellationToken)
    {
        var failed = finish.State != MessageState.Done;
        var effects = failed ? new WriteBatch() : context.Batch;
        List<MessageIssue> issues = [.. context.Issues, .. finish.Issues.Where(i => !context.Issues.Contains(i))];
        var message = context.Message with
        {
            State = finish.State,
            Attempts = context.Message.Attempts + 1,
            Issues = issues,
            Cause = finish.State == MessageState.Failed ? FailureCause.Of(stage, finish.Issues, context.Mapping?.MappingVersion) : null,
            Stages = [.. timings],
            Changes = failed ? [] : [.. context.Changes],
            Unread = context.Mapping?.Unread ?? [],
            PatientId = failed ? context.Message.PatientId : context.Identity is { IsNobody: false } identity ? identity.PatientId : context.Message.PatientId,
            Identifiers = IdentityStage.SearchKeysOf(context.Mapping),
            MappingVersion = context.Mapping?.MappingVersion,
            Finished = clock.GetUtcNow(),
        };
        try
        {
            return await journal.FinishAsync(message, context.MessageVersion, effects, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            LogRetry(message.Id, e.Message);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException && !failed)
        {
            LogFault(CommitStage, message.Id, e.GetType().Name, e.StackTrace);
            var fault = MessageIssue.Error(IntegrationErrorCode.InternalFault, "", $"{e.GetType().Name} while committing.");
            return await CommitAsync(context, new RecoveryAction.Finish(MessageState.Failed, [fault]), CommitStage, timings, cancellationToken);
        }
    }

    [LoggerMessage(2001, LogLevel.Error, "Stage {Stage} failed on message {MessageId}: {ExceptionType}\n{StackTrace}")]
    private partial void LogFault(string stage, string messageId, string exceptionType, string? stackTrace);

    [LoggerMessage(2002, LogLevel.Warning, "Message {MessageId} waits and runs again: {Reason}")]
    private partial void LogRetry(string messageId, string reason);
}
