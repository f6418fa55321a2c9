using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Adapters.Fhir.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>Takes Bundles: a transaction and a document as one message, all or nothing; a batch entry by entry. FHIR R4 §3.1.0.11.</summary>
internal sealed class FhirBundleReceiver(FhirReceiver receiver, FhirEndpointOptions options)
{
    /// <summary>Entries of a batch that are under way at once; they do not depend on each other.</summary>
    private const int AtOnce = 16;

    /// <summary>What the sender of a Bundle is answered.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">A transaction or batch response, or an OperationOutcome.</param>
    public sealed record Reply(int Status, JsonObject Body);

    public async Task<Reply> TakeAsync(byte[] body, string requestId, CancellationToken cancellationToken)
    {
        var text = FhirText.Read(body);
        if (text.Root is not { } root)
        {
            return ReplyOf(new FhirAnswer(400, [text.Issue!]));
        }

        if (text.Type != "Bundle")
        {
            return ReplyOf(FhirAnswer.Refuse(400, IntegrationErrorCode.NotFhir, "resourceType", "Only a Bundle is sent to the base address. Send the resource to the address of its type."));
        }

        return FhirBundle.Text(root, "type") switch
        {
            "transaction" => await TakeTransactionAsync(root, body.Length, requestId, cancellationToken),
            "batch" => await TakeBatchAsync(root, requestId, cancellationToken),
            "document" or "message" or "collection" => await TakeWholeAsync(root, body, requestId, cancellationToken),
            _ => ReplyOf(FhirAnswer.Refuse(
                400, IntegrationErrorCode.InteractionUnsupported, "Bundle.type", "Bundles of type transaction, batch, document, message and collection are taken in.")),
        };
    }

    private async Task<Reply> TakeWholeAsync(JsonElement root, byte[] body, string requestId, CancellationToken cancellationToken)
    {
        if (receiver.Validate(root) is { } refused)
        {
            return ReplyOf(refused);
        }

        return ReplyOf((await receiver.HandOverAsync(body, requestId, cancellationToken)).Answer);
    }

    private async Task<Reply> TakeTransactionAsync(JsonElement root, int length, string requestId, CancellationToken cancellationToken)
    {
        if (receiver.Validate(root) is { } refused)
        {
            return ReplyOf(refused);
        }

        var unusable = new List<MessageIssue>();
        FhirBundle.Entries(root, "Bundle", unusable);
        if (unusable.Count > 0)
        {
            return ReplyOf(new FhirAnswer(400, unusable));
        }

        var decided = new List<(FhirRequest Request, FhirDecision Decision)>();
        foreach (var (entry, index) in EntriesOf(root))
        {
            var place = PlaceOf(index);
            var request = FhirRequest.Read(entry.GetProperty("request"))!;
            var ifMatch = FhirBundle.Text(entry.GetProperty("request"), "ifMatch");

            // What its fullUrl calls it needs no other name.
            var newId = request.IdOf(entry) is null ? FhirReceiver.NewId(requestId.Length == 0 ? "" : $"{requestId}#{index}") : null;
            var decision = await receiver.Conditions.DecideAsync(request, newId, ifMatch, place, cancellationToken);
            if (decision.Problem is not null)
            {
                return ReplyOf(decision.Problem);
            }

            decided.Add((request, decision with { Id = decision.Id ?? (request.Method == "DELETE" ? null : request.IdOf(entry)) }));
        }

        var (answer, finished) = await receiver.HandOverAsync(FhirEnvelope.Write(root, decided, length), requestId, cancellationToken);
        if (finished is null)
        {
            return ReplyOf(answer);
        }

        var answers = decided.Select(d => d.Decision.Id is { } id ? receiver.Of(finished, d.Request, id) with { Outcome = [] } : new FhirAnswer(204, [])).ToList();
        return new(200, ResponseOf("transaction-response", answers, answer));
    }

    private async Task<Reply> TakeBatchAsync(JsonElement root, string requestId, CancellationToken cancellationToken)
    {
        var entries = EntriesOf(root).ToList();
        var answers = new FhirAnswer[entries.Count];
        await Parallel.ForEachAsync(entries, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (item, stop) =>
        {
            var (entry, index) = item;
            answers[index] = await TakeEntryAsync(entry, PlaceOf(index), requestId.Length == 0 ? "" : $"{requestId}#{index}", stop);
        });
        return new(200, ResponseOf("batch-response", answers, null));
    }

    private async ValueTask<FhirAnswer> TakeEntryAsync(JsonElement entry, string place, string requestId, CancellationToken cancellationToken)
    {
        if (!entry.TryGetProperty("request", out var asked) || FhirRequest.Read(asked) is not { } request)
        {
            return FhirAnswer.Refuse(400, IntegrationErrorCode.InteractionUnsupported, $"{place}.request", "The entry does not say what is to be done.");
        }

        var resource = entry.TryGetProperty("resource", out var sent) ? Encoding.UTF8.GetBytes(sent.GetRawText()) : [];
        return await receiver.TakeAsync(request, resource, requestId, FhirBundle.Text(asked, "ifMatch"), place, cancellationToken);
    }

    private JsonObject ResponseOf(string type, IReadOnlyList<FhirAnswer> answers, FhirAnswer? whole)
    {
        var entries = new JsonArray();
        foreach (var answer in answers)
        {
            var response = new JsonObject { ["status"] = answer.Status.ToString(CultureInfo.InvariantCulture) };
            if (answer.Location is { } location)
            {
                response["location"] = $"{options.Path}/{location}";
                response["etag"] = answer.ETag;
            }

            response["outcome"] = (whole is null ? answer : answer with { Outcome = whole.Outcome, MessageId = whole.MessageId }).ToOutcome();
            entries.Add((JsonNode)new JsonObject { ["response"] = response });
        }

        return new JsonObject { ["resourceType"] = "Bundle", ["type"] = type, ["entry"] = entries };
    }

    private static Reply ReplyOf(FhirAnswer answer) => new(answer.Status, answer.ToOutcome());

    private static IEnumerable<(JsonElement Entry, int Index)> EntriesOf(JsonElement root) =>
        root.TryGetProperty("entry", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select((entry, index) => (entry, index)) : [];

    private static string PlaceOf(int index) => string.Create(CultureInfo.InvariantCulture, $"Bundle.entry[{index}]");
}
