using System.Text.Json;
using Integration.Adapters.Fhir.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Records;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>
/// Takes requests about one resource: decides its condition, writes request and resource down as a transaction of one entry, hands that to intake, and
/// tells how it ended in the record. Safe for many threads.
/// </summary>
internal sealed class FhirReceiver(string feed, FhirEndpointOptions options, IMessageIntake intake, FhirConditions conditions, TimeProvider time)
{
    public FhirConditions Conditions => conditions;

    /// <param name="body">The resource; empty for DELETE.</param>
    /// <param name="requestId">What makes a repetition known again; empty when the sender gave none.</param>
    /// <param name="ifMatch">See <see cref="FhirConditions.DecideAsync"/>.</param>
    /// <param name="place">Of the request within its Bundle; empty when it came alone.</param>
    public async Task<FhirAnswer> TakeAsync(
        FhirRequest request, ReadOnlyMemory<byte> body, string requestId, string? ifMatch, string place, CancellationToken cancellationToken)
    {
        if (request.Method is not ("POST" or "PUT" or "DELETE"))
        {
            return FhirAnswer.Refuse(405, IntegrationErrorCode.InteractionUnsupported, place, "Only POST, PUT and DELETE are taken in; reads are answered by the FHIR facade.");
        }

        if (request.Method != "DELETE" && Check(request, body, place) is { } problem)
        {
            return problem;
        }

        var decision = await conditions.DecideAsync(request, NewId(requestId), ifMatch, place, cancellationToken);
        if (decision.Problem is not null)
        {
            return decision.Problem;
        }

        if (request.Method == "POST" && decision.Exists || decision.Id is null)
        {
            // Conditional create of what is there; conditional delete of what is not.
            return await KnownAsync(request, decision, cancellationToken);
        }

        var message = FhirEnvelope.Write(request with { Id = request.Method == "POST" ? null : decision.Id, Condition = request.Method == "POST" ? request.Condition : null }, decision.Id!, body);
        var (answer, finished) = await HandOverAsync(message, requestId, cancellationToken);
        return finished is null ? answer : Of(finished, request.Type!, decision.Id!);
    }

    /// <summary>Hands a message to intake and waits for its end.</summary>
    /// <returns>The message when it is in the record; else the answer that says why not, or not yet.</returns>
    public async Task<(FhirAnswer Answer, JournaledMessage? Finished)> HandOverAsync(ReadOnlyMemory<byte> raw, string requestId, CancellationToken cancellationToken)
    {
        var message = FhirHeaderReader.MessageOf(feed, raw, options.AssigningAuthority);
        var result = await intake.AcceptAsync(
            message with { ControlId = requestId.Length > 0 ? requestId : message.ControlId, WatchCompletion = true }, cancellationToken);
        switch (result)
        {
            case IntakeResult.Accepted accepted:
                return await EndOfAsync(accepted.MessageId, accepted.Completion, cancellationToken);
            case IntakeResult.Duplicate duplicate:
                return await EndOfAsync(duplicate.FirstMessageId, duplicate.Completion, cancellationToken);
            case IntakeResult.Quarantined quarantined:
                return (new FhirAnswer(422, quarantined.Issues) { MessageId = quarantined.MessageId }, null);
            default:
                return (FhirAnswer.Refuse(503, IntegrationErrorCode.StoreUnavailable, "", "Nothing was stored, since the store cannot take it now. Send it again."), null);
        }
    }

    /// <summary>What a finished message did with one resource.</summary>
    public FhirAnswer Of(JournaledMessage message, string type, string id)
    {
        var key = SourceResources.KeyOf(conditions.Authority, type, id);
        var change = message.Changes.LastOrDefault(c => c.Id == key);
        return new FhirAnswer(change?.Action switch { "created" => 201, "deleted" => 204, _ => 200 }, message.Issues)
        {
            Reference = $"{type}/{id}",
            Version = change is null or { Action: "deleted" } ? 0 : change.Version,
            MessageId = message.Id,
        };
    }

    /// <summary>The id of what is created by a request that names none: that of the first try, where a repetition can be known.</summary>
    public static string NewId(string requestId) => requestId.Length == 0 ? Guid.CreateVersion7().ToString("N") : FhirRequest.IdOfCondition("request", requestId);

    private FhirAnswer? Check(FhirRequest request, ReadOnlyMemory<byte> body, string place)
    {
        var text = FhirText.Read(body);
        if (text.Root is not { } root)
        {
            return new FhirAnswer(400, [text.Issue!]);
        }

        if (text.Type != request.Type)
        {
            return FhirAnswer.Refuse(400, IntegrationErrorCode.NotFhir, $"{place}.resourceType".TrimStart('.'), "The resource is of another type than the address.");
        }

        if (request is { Method: "PUT", Id: { } id } && FhirBundle.Text(root, "id") != id)
        {
            return FhirAnswer.Refuse(400, IntegrationErrorCode.NotFhir, $"{text.Type}.id", "The resource must have the id of the address (FHIR R4 §3.1.0.4).");
        }

        return Validate(root);
    }

    /// <summary>The refusal of what breaks a rule, where the feed refuses that; else null.</summary>
    public FhirAnswer? Validate(JsonElement root)
    {
        if (options.Validation != FhirValidationPolicy.Reject)
        {
            return null;
        }

        var issues = new List<MessageIssue>();
        FhirParser.Check(root, options.Validation, issues);
        return issues.Exists(issue => issue.Severity == IssueSeverity.Error) ? new FhirAnswer(422, issues) : null;
    }

    private async ValueTask<FhirAnswer> KnownAsync(FhirRequest request, FhirDecision decision, CancellationToken cancellationToken) => decision.Id is not { } id
        ? new FhirAnswer(204, [])
        : new FhirAnswer(200, []) { Reference = $"{request.Type}/{id}", Version = await conditions.VersionAsync(request.Type!, id, cancellationToken) };

    private async Task<(FhirAnswer Answer, JournaledMessage? Finished)> EndOfAsync(string messageId, CompletionWatch? watch, CancellationToken cancellationToken)
    {
        using (watch)
        {
            try
            {
                if (watch is not null && options.AnswerTimeout > TimeSpan.Zero)
                {
                    var finished = await watch.Finished.WaitAsync(options.AnswerTimeout, time, cancellationToken);
                    return finished.State == MessageState.Done
                        ? (new FhirAnswer(200, finished.Issues) { MessageId = finished.Id }, finished)
                        : (new FhirAnswer(422, finished.Issues) { MessageId = finished.Id }, null);
                }
            }
            catch (TimeoutException)
            {
                // Durable, and not finished: the sender learns just that.
            }
        }

        return (new FhirAnswer(202, []) { MessageId = messageId }, null);
    }
}
