using System.Text.Json.Nodes;
using Integration.Core.Audit;
using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Sweeping;
using Integration.Core.Forms;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Work;

/// <summary>What became of something that a person did. Closed set.</summary>
public abstract record FollowUpActionResult
{
    private FollowUpActionResult()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Work">As it is now.</param>
    public sealed record Done(FollowUpDocument Work) : FollowUpActionResult;

    /// <summary>There is no work of this id.</summary>
    public sealed record NotFound : FollowUpActionResult;

    /// <summary>Not in the state it is in.</summary>
    public sealed record NotAllowed(FollowUpState State) : FollowUpActionResult;

    /// <summary>The answers do not fit the form; nothing was done.</summary>
    public sealed record WrongAnswers(IReadOnlyList<FormProblem> Problems) : FollowUpActionResult;
}

/// <summary>What people do with due work. Each deed is one commit with its audit entry and the events that it raises. Safe for many threads.</summary>
public sealed class FollowUpActions(
    IDocumentStore store, FollowUpStore followUps, FollowUpRuleCatalog catalog, EventOutbox outbox, AuditTrail audit, TimeProvider clock)
{
    private const int MostTries = 20;

    /// <summary>Somebody takes it. Work that somebody else has goes to them only by <see cref="AssignAsync"/>.</summary>
    public ValueTask<FollowUpActionResult> ClaimAsync(string id, string by, string actor, CancellationToken cancellationToken) =>
        ActAsync(id, new AuditNote(actor, AuditActions.ClaimFollowUp, id, ""), work => work.Assignee is { } other && other != by ? null : To(work, FollowUpState.Claimed) is { } claimed
            ? new Deed(claimed with { Assignee = by, NextAt = RuleOf(work) is { AcknowledgedByClaim: true } ? null : claimed.NextAt })
            : null, cancellationToken);

    /// <summary>It is given to somebody, who may have it already.</summary>
    public ValueTask<FollowUpActionResult> AssignAsync(string id, string to, string reason, string actor, CancellationToken cancellationToken) =>
        ActAsync(id, new AuditNote(actor, AuditActions.AssignFollowUp, id, reason), work => To(work, FollowUpState.Claimed) is { } given ? new Deed(given with { Assignee = to }) : null, cancellationToken);

    /// <summary>It is given back to its team.</summary>
    public ValueTask<FollowUpActionResult> ReleaseAsync(string id, string actor, CancellationToken cancellationToken) =>
        ActAsync(id, new AuditNote(actor, AuditActions.ReleaseFollowUp, id, ""), work =>
            work.State is FollowUpState.Claimed or FollowUpState.Attempted ? new Deed(work with { State = FollowUpState.Due, Assignee = null }) : null, cancellationToken);

    /// <summary>A remark, in any state.</summary>
    public ValueTask<FollowUpActionResult> CommentAsync(string id, string by, string text, string actor, CancellationToken cancellationToken) =>
        ActAsync(id, new AuditNote(actor, AuditActions.CommentFollowUp, id, ""), work =>
            new Deed(work with { Comments = [.. work.Comments, new FollowUpComment(clock.GetUtcNow(), by, text)] }), cancellationToken);

    /// <summary>A try that did not end it. After as many as the rule has without reaching anybody, the patient is lost.</summary>
    public ValueTask<FollowUpActionResult> AttemptAsync(string id, string by, string result, bool reached, string note, string actor, CancellationToken cancellationToken) =>
        ActAsync(id, new AuditNote(actor, AuditActions.AttemptFollowUp, id, ""), work => Attempt(work, new FollowUpAttempt(clock.GetUtcNow(), by, result, reached, note)), cancellationToken);

    /// <summary>It ends: done, refused or lost.</summary>
    /// <param name="answers">To the questionnaire, kept as they are; null: none.</param>
    /// <param name="response"><c>QuestionnaireResponse/id</c> that holds them in the record; null: they are only here.</param>
    public ValueTask<FollowUpActionResult> FinishAsync(
        string id, FollowUpState state, string by, string note, JsonObject? answers, string actor, CancellationToken cancellationToken, string? response = null) =>
        ActAsync(id, new AuditNote(actor, AuditActions.FinishFollowUp, id, state.ToString()), work =>
            state is FollowUpState.Done or FollowUpState.Refused or FollowUpState.Lost && To(work, state) is { } ended
                ? Ended(ended with { Assignee = work.Assignee ?? by, Outcome = new FollowUpOutcome(clock.GetUtcNow(), by, note, answers) { Response = response } })
                : null, cancellationToken);

    /// <summary>Nobody needs it.</summary>
    public ValueTask<FollowUpActionResult> CancelAsync(string id, string reason, string actor, CancellationToken cancellationToken) =>
        ActAsync(id, new AuditNote(actor, AuditActions.CancelFollowUp, id, reason), work => To(work, FollowUpState.Cancelled) is { } ended
            ? Ended(ended with { Reason = FollowUpReasons.Person })
            : null, cancellationToken);

    /// <summary>What was lost, cancelled or dead is taken up again.</summary>
    public ValueTask<FollowUpActionResult> ReopenAsync(string id, string reason, string actor, CancellationToken cancellationToken) =>
        ActAsync(id, new AuditNote(actor, AuditActions.ReopenFollowUp, id, reason), work => !work.IsOpen && To(work, FollowUpState.Due) is { } open
            ? new Deed(open with { Reason = null, Outcome = null, ClosedAt = null, Mode = FollowUpMode.Remind, DueSince = clock.GetUtcNow() })
            : null, cancellationToken);

    private FollowUpRule? RuleOf(FollowUpDocument work) => catalog.Current.Rules.All.GetValueOrDefault(work.Rule);

    private static FollowUpDocument? To(FollowUpDocument work, FollowUpState state) => FollowUpLifecycle.Allows(work.State, state) ? work with { State = state } : null;

    private Deed? Attempt(FollowUpDocument work, FollowUpAttempt attempt)
    {
        if (To(work, FollowUpState.Attempted) is not { } tried)
        {
            return null;
        }

        var rule = RuleOf(work);
        tried = tried with { Attempts = [.. work.Attempts, attempt], Assignee = work.Assignee ?? attempt.By };
        var byPeople = tried.Attempts.Where(a => a.Channel is null).ToList();
        if (!attempt.Reached && byPeople.Count >= (rule?.MaxAttempts ?? 1) && byPeople.TrueForAll(a => !a.Reached))
        {
            return Ended(tried with { State = FollowUpState.Lost, Reason = FollowUpReasons.AttemptsUsedUp });
        }

        var calendar = catalog.Current.Calendar;
        return new Deed(tried with { NextAt = rule is null ? null : calendar.Forward(rule.RetryAfter.After(attempt.Time, calendar), rule.Allowed) });
    }

    private Deed Ended(FollowUpDocument work)
    {
        var now = clock.GetUtcNow();
        var ended = work with { NextAt = null, ClosedAt = now };
        var rule = RuleOf(work);
        var type = ended.State switch
        {
            FollowUpState.Done => FollowUpEvents.Done,
            FollowUpState.Refused => FollowUpEvents.Refused,
            FollowUpState.Lost => FollowUpEvents.Lost,
            _ => FollowUpEvents.Cancelled,
        };
        return new Deed(ended)
        {
            Event = FollowUpEvents.Of(type, ended, rule, now, now.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            Next = rule is null || ended.State is not (FollowUpState.Done or FollowUpState.Lost) ? null : FollowUpRepeats.Next(rule, ended, catalog.Current.Calendar, now),
        };
    }

    /// <summary>TRANSACTION: the deed, its audit entry, its event and what follows it.</summary>
    private async ValueTask<FollowUpActionResult> ActAsync(string id, AuditNote note, Func<FollowUpDocument, Deed?> act, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            if (await followUps.GetAsync(id, cancellationToken) is not var (work, version))
            {
                return new FollowUpActionResult.NotFound();
            }

            if (act(work) is not { } deed)
            {
                return new FollowUpActionResult.NotAllowed(work.State);
            }

            var raised = RaisedEvents.None;
            var result = await audit.CommitAsync(note, async batch =>
            {
                batch.Add(Collections.FollowUps.Put(deed.Work, version));
                if (deed.Next is { } next && await followUps.GetAsync(next.Id, cancellationToken) is null)
                {
                    batch.Add(Collections.FollowUps.Put(next, expectedVersion: 0));
                }

                raised = await outbox.RaiseAsync(batch, deed.Event is null ? [] : [deed.Event], cancellationToken);
                return await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
            }, cancellationToken);
            if (result is CommitResult.Committed)
            {
                outbox.Committed(raised);
                return new FollowUpActionResult.Done(deed.Work);
            }

            if (i >= MostTries)
            {
                return new FollowUpActionResult.NotAllowed(work.State);
            }
        }
    }

    private sealed record Deed(FollowUpDocument Work)
    {
        public EventDocument? Event { get; init; }

        public FollowUpDocument? Next { get; init; }
    }
}
