using Integration.Adapters.Device;
using Integration.Core.Forms;
using Integration.Host.Api.Views;
using Integration.Host.Fhir;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>
/// Every error of the API as RFC 9457 problem details. <c>type</c> is a URN that never changes, for programs; <c>detail</c> says in
/// one sentence what to do, for people. Nothing of the request but its path is repeated: a query may hold a patient's name.
/// </summary>
internal static class ApiProblem
{
    public static ProblemHttpResult InvalidParameters(HttpContext context, IReadOnlyList<ParameterError> errors) =>
        Create(context, StatusCodes.Status400BadRequest, "invalid-parameter", "A query parameter cannot be used",
            string.Join(' ', errors.Select(error => $"{error.Parameter}: {error.Detail}")),
            new() { ["errors"] = errors });

    public static ProblemHttpResult InvalidBody(HttpContext context, IReadOnlyList<ParameterError> errors) =>
        Create(context, StatusCodes.Status400BadRequest, "invalid-body", "The request body cannot be used",
            string.Join(' ', errors.Select(error => $"{error.Parameter}: {error.Detail}")),
            new() { ["errors"] = errors });

    public static ProblemHttpResult NotFound(HttpContext context, string what) =>
        Create(context, StatusCodes.Status404NotFound, "not-found", "Not found", what);

    public static ProblemHttpResult NotReplayable(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status409Conflict, "not-replayable", "The message cannot be replayed now", detail);

    public static ProblemHttpResult NotRetryable(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status409Conflict, "not-retryable", "The delivery cannot be sent again", detail);

    public static ProblemHttpResult NotNow(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status409Conflict, "not-now", "Not possible as the message stands now", detail);

    public static ProblemHttpResult FollowUpNotNow(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status409Conflict, "follow-up-not-now", "Not possible as the work stands now", detail);

    /// <summary>Corrected bytes that no header can be read from.</summary>
    public static ProblemHttpResult Unreadable(HttpContext context, IReadOnlyList<IssueView> issues) =>
        Create(context, StatusCodes.Status422UnprocessableEntity, "unreadable-message", "The message cannot be read",
            string.Join(' ', issues.Select(issue => issue.Text)), new() { ["issues"] = issues });

    /// <summary>Readings of which none can be used.</summary>
    public static ProblemHttpResult NoReading(HttpContext context, IReadOnlyList<ReadingError> errors) =>
        Create(context, StatusCodes.Status422UnprocessableEntity, "no-reading", "None of the readings can be used",
            "Each entry of errors names a place by JSON pointer and says what is needed.", new() { ["errors"] = errors });

    /// <summary>Answers that do not fit their form; nothing was stored.</summary>
    public static ProblemHttpResult WrongAnswers(HttpContext context, IReadOnlyList<FormProblem> problems) =>
        Create(context, StatusCodes.Status422UnprocessableEntity, "wrong-answers", "The answers do not fit the form",
            string.Join(' ', problems.Select(problem => $"{problem.LinkId}: {problem.Text}")),
            new() { ["errors"] = problems.Select(problem => new ParameterError(problem.LinkId, problem.Text)).ToList() });

    public static ProblemHttpResult TooLong(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status413PayloadTooLarge, "too-long", "The request is too long", detail);

    /// <summary>The sender keeps what it has and sends it again.</summary>
    public static ProblemHttpResult NotTaken(HttpContext context, string reason) =>
        Create(context, StatusCodes.Status503ServiceUnavailable, "store-unavailable", "Nothing can be taken now", $"{reason} Keep the readings and post all of them again.",
            new() { ["correlationId"] = context.TraceIdentifier });

    public static ProblemHttpResult NotMerged(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status409Conflict, "not-merged", "There is no merge of these numbers to take back", detail);

    public static ProblemHttpResult DeviceNotNow(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status409Conflict, "device-not-now", "Not possible as the device is bound now", detail);

    /// <summary>Mappings that would not be valid with what was asked for.</summary>
    public static ProblemHttpResult MappingsInvalid(HttpContext context, IReadOnlyList<ProblemView> problems) =>
        Create(context, StatusCodes.Status422UnprocessableEntity, "invalid-mappings", "The mappings would not be valid",
            string.Join(' ', problems.Select(problem => $"{problem.File}: {problem.Text}")), new() { ["problems"] = problems });

    /// <summary>A provider's callback that does not prove where it comes from.</summary>
    public static ProblemHttpResult NotProved(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status401Unauthorized, "callback-not-proved", "Nothing proves where this comes from", detail);

    /// <summary>A provider's callback about messages that were never sent.</summary>
    public static ProblemHttpResult UnknownMessages(HttpContext context, int unknown, int all) =>
        Create(context, StatusCodes.Status404NotFound, "unknown-message", "Nothing that was sent fits",
            $"{unknown} of {all} entries name a message or an address that nothing was sent to by this gateway; the others were taken.", new() { ["unknown"] = unknown, ["all"] = all });

    public static ProblemHttpResult KeyNeeded(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status401Unauthorized, "key-needed", "An API key is needed", detail);

    public static ProblemHttpResult Forbidden(HttpContext context, string detail) =>
        Create(context, StatusCodes.Status403Forbidden, "forbidden", "Not allowed", detail);

    public static ProblemHttpResult TooManyFailures(HttpContext context) =>
        Create(context, StatusCodes.Status429TooManyRequests, "too-many-failures", "Too many wrong keys from this address",
            "Wait as long as Retry-After says, then send a valid key.");

    public static ProblemHttpResult StoreUnavailable(HttpContext context) =>
        Create(context, StatusCodes.Status503ServiceUnavailable, "store-unavailable", "The store cannot be read now",
            "Try again shortly; /health/ready tells when it answers.", new() { ["correlationId"] = context.TraceIdentifier });

    public static ProblemHttpResult Fault(HttpContext context) =>
        Create(context, StatusCodes.Status500InternalServerError, "fault", "The engine failed on this request",
            "Report it with the correlation id, which stands beside the cause in the log.",
            new() { ["correlationId"] = context.TraceIdentifier });

    /// <summary>Writes the answer; below <c>/fhir</c> as an OperationOutcome, which is all that FHIR clients understand.</summary>
    public static Task AnswerAsync(this ProblemHttpResult problem, HttpContext context) => context.Request.Path.StartsWithSegments(FhirRequests.Root)
        ? FhirAnswers.WriteProblemAsync(context, problem.StatusCode, IssueTypeOf(problem.StatusCode), problem.StatusCode switch
        {
            StatusCodes.Status404NotFound => "There is nothing at this address. /fhir/metadata lists what there is.",
            StatusCodes.Status405MethodNotAllowed => "The record is read here, not written; the Allow header lists the methods of this address.",
            _ => problem.ProblemDetails.Detail ?? problem.ProblemDetails.Title ?? "The request cannot be served.",
        })
        : problem.ExecuteAsync(context);

    /// <summary>For answers that the framework leaves empty, such as 405.</summary>
    public static ProblemHttpResult OfStatus(HttpContext context, int status) => status switch
    {
        StatusCodes.Status404NotFound => NotFound(context, "There is nothing at this address. /openapi/v1.json lists what there is."),
        StatusCodes.Status405MethodNotAllowed => Create(context, status, "method-not-allowed", "Method not allowed",
            "The Allow header lists the methods of this address."),
        _ => Create(context, status, "http-" + status, "The request cannot be served", "See /openapi/v1.json for what is accepted."),
    };

    /// <summary>FHIR R4 IssueType.</summary>
    private static string IssueTypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "login",
        StatusCodes.Status403Forbidden => "forbidden",
        StatusCodes.Status404NotFound => "not-found",
        StatusCodes.Status405MethodNotAllowed => "not-supported",
        StatusCodes.Status429TooManyRequests => "throttled",
        StatusCodes.Status503ServiceUnavailable => "transient",
        >= 500 => "exception",
        _ => "invalid",
    };

    private static ProblemHttpResult Create(
        HttpContext context, int status, string kind, string title, string detail, Dictionary<string, object?>? more = null) =>
        TypedResults.Problem(detail, context.Request.Path, status, title, "urn:integration:problem:" + kind, more);
}

/// <summary>One query parameter that cannot be used.</summary>
/// <param name="Detail">What is wrong and what is allowed. Never the value that was sent.</param>
/// <param name="Allowed">The values or names that are allowed; null where they cannot be listed.</param>
internal sealed record ParameterError(string Parameter, string Detail, IReadOnlyList<string>? Allowed = null);
