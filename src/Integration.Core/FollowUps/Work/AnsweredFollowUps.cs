using System.Text.Json.Nodes;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Forms;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Work;

/// <summary>
/// Ends due work with answers. Where the rule's questionnaire is a form of ours, they are checked against it and become a QuestionnaireResponse of
/// the record; else they are kept with the work as they were sent. Safe for many threads.
/// </summary>
public sealed class AnsweredFollowUps(FollowUpStore followUps, FollowUpRuleCatalog rules, FormCatalog forms, FormResponses responses, FollowUpActions actions)
{
    /// <summary>The form that a piece of work asks; null: none, or one that is not ours.</summary>
    public Form? FormOf(FollowUpDocument work) => rules.Current.Rules.All.GetValueOrDefault(work.Rule)?.Questionnaire is { } canonical ? forms.Current.Find(canonical) : null;

    /// <summary>
    /// Answers first, then the end of the work: whoever is cut off between the two does it again, and the answers are the same ones, since their id is the work's.
    /// </summary>
    /// <param name="answers">By linkId; null: none.</param>
    /// <exception cref="StoreUnavailableException">The store is away: the work has not ended.</exception>
    public async ValueTask<FollowUpActionResult> FinishAsync(
        string id, FollowUpState state, string by, string note, JsonObject? answers, string actor, CancellationToken cancellationToken)
    {
        string? response = null;
        if (answers is not null && await followUps.GetAsync(id, cancellationToken) is var (work, _) && FormOf(work) is { } form)
        {
            if (!FollowUpLifecycle.Allows(work.State, state))
            {
                return new FollowUpActionResult.NotAllowed(work.State);
            }

            switch (await responses.SubmitAsync(form, new FormSubmission(work.PatientId, answers, by) { Id = id, FollowUp = id }, cancellationToken))
            {
                case FormResult.Taken taken:
                    response = taken.Reference;
                    break;
                case FormResult.Wrong wrong:
                    return new FollowUpActionResult.WrongAnswers(wrong.Problems);
                default:
                    return new FollowUpActionResult.NotFound();   // the patient went, and the work with them
            }
        }

        return await actions.FinishAsync(id, state, by, note, answers, actor, cancellationToken, response);
    }
}
