using Integration.Core.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace Integration.Host.Api;

/// <summary>The last resort for a request: a problem with a correlation id outside, the cause with the same id in the log.</summary>
internal sealed partial class UnhandledFaults(ILogger<UnhandledFaults> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case StoreUnavailableException:
                LogStoreAway(logger, httpContext.TraceIdentifier, exception.Message);
                httpContext.Response.Headers.RetryAfter = "5";
                await ApiProblem.StoreUnavailable(httpContext).AnswerAsync(httpContext);
                break;
            case BadHttpRequestException bad:
                await ApiProblem.OfStatus(httpContext, bad.StatusCode).AnswerAsync(httpContext);
                break;
            default:
                LogFault(logger, httpContext.TraceIdentifier, RouteOf(httpContext), exception);
                await ApiProblem.Fault(httpContext).AnswerAsync(httpContext);
                break;
        }

        return true;
    }

    // The route's pattern, not the path and never the query: those may name a patient.
    private static string RouteOf(HttpContext context) =>
        (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    [LoggerMessage(EventId = 7001, Level = LogLevel.Error, Message = "Request {CorrelationId} on {Route} failed")]
    private static partial void LogFault(ILogger logger, string correlationId, string route, Exception exception);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Warning, Message = "Request {CorrelationId} could not be served: {Reason}")]
    private static partial void LogStoreAway(ILogger logger, string correlationId, string reason);
}
