using System.Net.Mime;
using System.Text.Json;
using Integration.Core.Intake;
using Integration.Core.Mapping.Versions;
using Integration.Core.Operations;
using Integration.Core.Parsing;
using Integration.Core.Pipeline;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>The journal: every message that came in, from raw bytes to what it changed.</summary>
internal static class MessagesApi
{
    private static readonly Dictionary<string, MessageState> States =
        Enum.GetValues<MessageState>().ToDictionary(state => JsonNamingPolicy.CamelCase.ConvertName(state.ToString()));

    public static void MapMessages(this RouteGroupBuilder api)
    {
        var messages = api.MapGroup("/messages").WithTags("Messages");
        messages.MapGet("", SearchAsync).WithName("searchMessages").WithSummary("Find messages, newest first")
            .WithDescription("All that is sent must hold. Without any condition: the newest messages of all feeds.")
            .TakesQuery(
                QueryParameter.Text("feed", "Name of a feed.", "a feed's name"),
                QueryParameter.Choice("state", "Where the message stands.", [.. States.Keys]),
                QueryParameter.Choice("mark", "What is special about it. `conflict`: its control id was used for other content before.",
                    MessageMarks.Conflict, MessageMarks.Correction, MessageMarks.Corrected, MessageMarks.Discarded),
                QueryParameter.Text("cause", "Failed messages of one cause: the `cause` of a dead-letter group.", "a cause, unchanged"),
                QueryParameter.Text("type", "Message type, e.g. ADT^A01.", "a whole message type"),
                QueryParameter.Text("search",
                    "One box for all feeds and states: a message id, a control id, a patient id, a patient identifier with or without `authority|`, a name (also its "
                    + "beginning) or its pinyin initials, a phone or its last four digits, the number of a visit, order, specimen, report or study (accession). "
                    + "Case, width and spaces do not matter, save in the first three.", "what somebody would type to find a message"),
                QueryParameter.Time("from", "Received at or after this time."),
                QueryParameter.Time("below", "Received before this time."),
                QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        messages.MapGet("/{id}", GetAsync).WithName("getMessage").WithSummary("One message with raw bytes, issues, stages and changes")
            .ProducesProblem(StatusCodes.Status404NotFound);
        messages.MapGet("/{id}/raw", RawAsync).WithName("getRawMessage").WithSummary("The bytes as received")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypeNames.Application.Octet).ProducesProblem(StatusCodes.Status404NotFound);
        messages.MapPost("/{id}/replay", ReplayAsync).RequireAuthorization(Policies.Operate)
            .WithName("replayMessage").WithSummary("Run a message again with the mappings of now")
            .WithDescription("Answers at once; the message is `waiting` until it has run. Replaying twice changes nothing more.")
            .TakesQuery(QueryParameter.Text("mappingVersion", "Run it with earlier mappings: a version that messages name. Default: the mappings of now.", "a version"))
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        messages.MapPost("/{id}/discard", DiscardAsync).RequireAuthorization(Policies.Operate)
            .WithName("discardMessage").WithSummary("Filter a failed message: it shall have no effect. Its bytes are kept")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        messages.MapPut("/{id}/correction", CorrectAsync).RequireAuthorization(Policies.Operate)
            .WithName("correctMessage").WithSummary("Put corrected bytes in the place of a failed message")
            .WithDescription("The body is one message without framing. It becomes a new message, which runs; the original is kept as it came, filtered.")
            .Accepts<byte[]>(MediaTypeNames.Application.Octet)
            .TakesQuery(QueryParameter.Text("reason", "What was corrected and why, for the audit. Required.", "a text"))
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<Page<MessageListEntry>>, ProblemHttpResult>> SearchAsync(
        QueryValues query, HttpContext context, MessageJournal journal, RunningMessages running, CancellationToken cancellationToken)
    {
        if (query.Time("from") >= query.Time("below"))
        {
            return ApiProblem.InvalidParameters(context, [new("below", "It must be later than `from`.")]);
        }

        var page = await journal.SearchAsync(
            new MessageSearch(query.Text("feed"), query.Text("state") is { } state ? States[state] : null, query.Text("search"),
                query.Time("from"), query.Time("below"), query.Limit, query.After, query.Text("type"), query.Text("mark"), query.Text("cause")),
            cancellationToken);
        return TypedResults.Ok(new Page<MessageListEntry>([.. page.Messages.Select(m => MessageListEntry.Of(m, running.Find(m.Id)))], page.Next));
    }

    private static async Task<Results<Ok<MessageView>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, MessageJournal journal, RunningMessages running, IEnumerable<IMessageParser> parsers, CancellationToken cancellationToken)
    {
        if (await journal.GetAsync(id, withRaw: true, cancellationToken) is not var (message, _))
        {
            return NoMessage(context);
        }

        var parser = parsers.FirstOrDefault(p => p.Format == message.Format);
        return TypedResults.Ok(MessageView.Of(message, parser?.Display(message.Raw, message.Feed), running.Find(id)));
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> RawAsync(
        string id, HttpContext context, MessageJournal journal, CancellationToken cancellationToken) =>
        await journal.GetAsync(id, withRaw: true, cancellationToken) is var (message, _)
            ? TypedResults.File(message.Raw.ToArray(), MediaTypeNames.Application.Octet, message.Id + ".bin")
            : NoMessage(context);

    private static async Task<Results<Accepted<ReplayView>, ProblemHttpResult>> ReplayAsync(
        string id, QueryValues query, HttpContext context, MessageActions actions, MappingVersionStore versions, CancellationToken cancellationToken)
    {
        var mappingVersion = query.Text("mappingVersion");
        if (mappingVersion is not null && await versions.CompileAsync(mappingVersion, cancellationToken) is null)
        {
            return ApiProblem.InvalidParameters(context, [new("mappingVersion", "There are no usable mappings of this version; /api/v1/mappings/versions lists them.")]);
        }

        return await actions.ReplayAsync(id, mappingVersion, Actor.Of(context), "", cancellationToken) switch
        {
            ActionResult.Done => TypedResults.Accepted($"/api/v1/messages/{id}", new ReplayView(id, MessageState.Waiting)),
            ActionResult.NotNow notNow => ApiProblem.NotReplayable(context, notNow.Why),
            _ => NoMessage(context),
        };
    }

    private static async Task<Results<Ok<MessageListEntry>, ProblemHttpResult>> DiscardAsync(
        string id, ReasonRequest request, HttpContext context, MessageActions actions, CancellationToken cancellationToken)
    {
        if (request.Reason is not { Length: <= 500 } reason || string.IsNullOrWhiteSpace(reason))
        {
            return ApiProblem.InvalidBody(context, [new("reason", "Say in at most 500 characters why it shall have no effect.")]);
        }

        return await actions.DiscardAsync(id, Actor.Of(context), reason.Trim(), cancellationToken) switch
        {
            ActionResult.Done done => TypedResults.Ok(MessageListEntry.Of(done.Message)),
            ActionResult.NotNow notNow => ApiProblem.NotNow(context, notNow.Why),
            _ => NoMessage(context),
        };
    }

    private static async Task<Results<Accepted<CorrectionView>, ProblemHttpResult>> CorrectAsync(
        string id, QueryValues query, HttpContext context, MessageActions actions, CancellationToken cancellationToken)
    {
        if (query.Text("reason") is not { } reason)
        {
            return ApiProblem.InvalidParameters(context, [new("reason", "Say what was corrected and why.")]);
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        return await actions.CorrectAsync(id, body.ToArray(), Actor.Of(context), reason, cancellationToken) switch
        {
            ActionResult.Done done => TypedResults.Accepted($"/api/v1/messages/{done.Message.Id}", new CorrectionView(done.Message.Id, MessageState.Waiting, id)),
            ActionResult.NotNow notNow => ApiProblem.NotNow(context, notNow.Why),
            ActionResult.Unreadable unreadable => ApiProblem.Unreadable(context, [.. unreadable.Issues.Select(IssueView.Of)]),
            _ => NoMessage(context),
        };
    }

    private static ProblemHttpResult NoMessage(HttpContext context) => ApiProblem.NotFound(context, "There is no message of this id.");
}
