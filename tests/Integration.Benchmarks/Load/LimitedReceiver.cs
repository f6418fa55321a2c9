using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Integration.Benchmarks.Load;

/// <summary>A receiver of events on loopback that takes so many a second and answers 429 to all others, as gateways do.</summary>
internal sealed class LimitedReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TokenBucketRateLimiter _limiter;
    private long _taken;
    private long _refused;

    private LimitedReceiver(WebApplication app, int perSecond)
    {
        _app = app;
        _limiter = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond / 10,
            TokensPerPeriod = perSecond / 10,
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
            AutoReplenishment = true,
            QueueLimit = 0,
        });
    }

    public long Taken => Interlocked.Read(ref _taken);

    public long Refused => Interlocked.Read(ref _refused);

    public static async Task<LimitedReceiver> StartAsync(int port, int perSecond)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var receiver = new LimitedReceiver(builder.Build(), perSecond);
        receiver._app.Run(receiver.AnswerAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _limiter.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        using var lease = _limiter.AttemptAcquire();
        if (lease.IsAcquired)
        {
            Interlocked.Increment(ref _taken);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            Interlocked.Increment(ref _refused);
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        }
    }
}
