using Integration.Core.Feeds;
using Integration.Core.Storage;

namespace Integration.Host.Api;

/// <summary>For load balancers and process supervisors; the only addresses of the API that need no key.</summary>
internal static class HealthApi
{
    public static void MapHealth(this RouteGroupBuilder root)
    {
        var health = root.MapGroup("/health").AllowAnonymous().WithTags("Operations");
        health.MapGet("/live", () => TypedResults.Ok(new Liveness("live"))).WithName("getLiveness")
            .WithSummary("200 as long as the process serves requests");
        health.MapGet("/ready", ReadyAsync).WithName("getReadiness").WithSummary("200 when the store answers and every feed runs, else 503 with reasons")
            .Produces<ReadinessReport>().Produces<ReadinessReport>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> ReadyAsync(Readiness readiness, CancellationToken cancellationToken)
    {
        var report = await readiness.CheckAsync(cancellationToken);
        return TypedResults.Json(report, statusCode: report.Status == "ready" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private sealed record Liveness(string Status);
}

/// <param name="Status"><c>ready</c> or <c>notReady</c>.</param>
internal sealed record ReadinessReport(string Status, IReadOnlyList<ReadinessCheck> Checks);

/// <param name="Name"><c>store</c>, or <c>feed:</c> with the feed's name.</param>
/// <param name="Reason">One line that says why not; null when ok.</param>
internal sealed record ReadinessCheck(string Name, bool Ok, string? Reason);

/// <summary>Finds out whether the engine can do its work. Safe for many threads.</summary>
internal sealed class Readiness(IDocumentStore store, IFeedBoard board, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Anyone may ask, so that asking often must not cost the store anything.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private Answer? _last;

    public async ValueTask<ReadinessReport> CheckAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _last) is { } last && clock.GetElapsedTime(last.At) < Freshness)
        {
            return last.Report;
        }

        var checks = new List<ReadinessCheck> { await CheckStoreAsync(cancellationToken) };
        if (checks[0].Ok)
        {
            checks.AddRange((await board.GetAsync(cancellationToken)).Select(feed => new ReadinessCheck("feed:" + feed.Name, feed.State == "running",
                feed.State == "running" ? null : feed.Problem ?? $"It is {feed.State}.")));
        }

        var report = new ReadinessReport(checks.All(check => check.Ok) ? "ready" : "notReady", checks);
        Volatile.Write(ref _last, new Answer(report, clock.GetTimestamp()));
        return report;
    }

    private async ValueTask<ReadinessCheck> CheckStoreAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await store.GetAsync(Collections.Feeds, "readiness", withPayload: false, patience.Token);
            return new ReadinessCheck("store", true, null);
        }
        catch (StoreUnavailableException e)
        {
            return new ReadinessCheck("store", false, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ReadinessCheck("store", false, $"It did not answer within {Patience.TotalSeconds} seconds.");
        }
    }

    private sealed record Answer(ReadinessReport Report, long At);
}
