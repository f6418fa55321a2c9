namespace Integration.Host.Console.Views;

/// <summary>The status of a page that explains why there is nothing to show.</summary>
internal static class PageStatus
{
    /// <summary>
    /// Answers 404 together with the page. Set when the answer starts, since Blazor sends no body at all for a component that has
    /// set 404 by then.
    /// </summary>
    public static void SetNotFound(this HttpContext context) => context.Response.OnStarting(static state =>
    {
        ((HttpResponse)state).StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }, context.Response);
}
