using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Messaging.Answers;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Forms;

/// <summary>Answers as they are handed in.</summary>
/// <param name="PatientId">Golden record.</param>
/// <param name="Answers">By linkId: a value, or a list of them.</param>
/// <param name="By">Who wrote them down.</param>
public sealed record FormSubmission(string PatientId, JsonObject Answers, string By)
{
    /// <summary>Makes the answers known again: handed in twice, they are one. Null: they are new.</summary>
    public string? Id { get; init; }

    /// <summary>Id of the due work that asked; null: none did.</summary>
    public string? FollowUp { get; init; }
}

/// <summary>What became of answers. Closed set.</summary>
public abstract record FormResult
{
    private FormResult()
    {
    }

    /// <summary>Durable; they are in the record in a moment.</summary>
    /// <param name="MessageId">The message that carries them.</param>
    /// <param name="Reference"><c>QuestionnaireResponse/id</c> in the record.</param>
    /// <param name="Score">The first number that the form calculates; null: none.</param>
    /// <param name="Alerts">Those that hold.</param>
    public sealed record Taken(string MessageId, string Reference, decimal? Score, IReadOnlyList<FormAlert> Alerts) : FormResult;

    /// <summary>Nothing was stored.</summary>
    public sealed record Wrong(IReadOnlyList<FormProblem> Problems) : FormResult;

    /// <summary>The record has no such patient.</summary>
    public sealed record NoPatient : FormResult;
}

/// <summary>Takes answers in: checked against their form, journaled like any message, and so in the record with everything that a message brings about. Safe for many threads.</summary>
public sealed class FormResponses(IMessageIntake intake, IEnumerable<IHeaderReader> readers, IDocumentStore store, FeedContexts contexts, TimeProvider clock)
{
    /// <summary>The feed that answers come in by; it needs no settings.</summary>
    public const string Feed = "forms";

    /// <summary>System of a response's identifier that is the id of due work.</summary>
    public const string FollowUpSystem = "urn:integration:follow-up";

    private const string Format = "fhir";

    /// <exception cref="StoreUnavailableException">Nothing was stored; try again.</exception>
    public async ValueTask<FormResult> SubmitAsync(Form form, FormSubmission submission, CancellationToken cancellationToken)
    {
        var filling = FormFilling.Of(form, submission.Answers, contexts.DefaultZone);
        if (filling.Problems.Count > 0)
        {
            return new FormResult.Wrong(filling.Problems);
        }

        if (await new RecordSubjects(store).NewestAsync(submission.PatientId, cancellationToken) is not { SourceIdentity: { Length: > 0 } identity })
        {
            return new FormResult.NoPatient();
        }

        var response = Write(form, submission, filling.Items(), identity);
        var raw = Encoding.UTF8.GetBytes(response.ToJsonString());
        var message = readers.First(reader => reader.Format == Format).Read(raw, Feed);
        var taken = await intake.AcceptAsync(message, cancellationToken) switch
        {
            IntakeResult.Accepted accepted => accepted.MessageId,
            IntakeResult.Duplicate duplicate => duplicate.FirstMessageId,
            IntakeResult.Refused refused => throw new StoreUnavailableException(refused.Reason),
            _ => throw new InvalidOperationException("Answers that were just written cannot be read."),
        };
        FormScoring.Apply(form, response);
        var extensions = (response["extension"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        return new FormResult.Taken(
            taken, SourceResources.KeyOf(contexts.Of(Feed).AssigningAuthority, "QuestionnaireResponse", (string)response["id"]!),
            extensions.Find(extension => (string?)extension["url"] == FormExtensions.Score)?["valueDecimal"]?.GetValue<decimal>(),
            [.. form.Alerts.Where(alert => extensions.Exists(extension => FormAlerts.KeyOf(extension) == alert.Key))]);
    }

    private JsonObject Write(Form form, FormSubmission submission, JsonArray items, string identity)
    {
        var response = new JsonObject
        {
            ["resourceType"] = "QuestionnaireResponse",
            ["id"] = submission.Id ?? Guid.CreateVersion7().ToString("N"),
        };
        if (submission.FollowUp is { } work)
        {
            response["identifier"] = new JsonObject { ["system"] = FollowUpSystem, ["value"] = work };
        }

        var at = identity.LastIndexOf('|');
        response["questionnaire"] = form.Canonical;
        response["status"] = "completed";
        response["subject"] = new JsonObject { ["type"] = "Patient", ["identifier"] = new JsonObject { ["system"] = identity[..at], ["value"] = identity[(at + 1)..] } };
        response["authored"] = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        response["author"] = new JsonObject { ["display"] = submission.By };
        if (items.Count > 0)
        {
            response["item"] = items;
        }

        return response;
    }
}
