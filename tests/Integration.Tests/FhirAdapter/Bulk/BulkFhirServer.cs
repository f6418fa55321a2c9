using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Shared.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.FhirAdapter.Bulk;

/// <summary>A server of exports that does what a test tells it to: gives what it was given, waits, forgets, breaks off.</summary>
public sealed class BulkFhirServer : IAsyncDisposable
{
    private readonly FeedWebServer _server = new("source", new FeedListenOptions(new(IPAddress.Loopback, 0), 100, null), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly ConcurrentDictionary<string, string> _files = new();
    private int _jobs;
    private int _looks;

    public string BaseUrl => $"http://127.0.0.1:{_server.LocalEndpoint!.Port}/fhir";

    /// <summary>Method, address and Range of all requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Looks at an export that are answered 202 before it is done.</summary>
    public int LooksBeforeDone { get; set; }

    /// <summary>Answered to the next looks, one each.</summary>
    public Queue<int> StatusWhims { get; } = new();

    /// <summary>Bytes of a file that are given as if they were all, once each.</summary>
    public ConcurrentQueue<int> Cuts { get; } = new();

    /// <summary>Bytes of a file after which the connection is broken off, once each; how many of them arrive is open.</summary>
    public ConcurrentQueue<int> Breaks { get; } = new();

    /// <summary>The server knows no Range.</summary>
    public bool GivesWholeFilesOnly { get; set; }

    /// <summary>Who must be said; empty: nobody.</summary>
    public string Token { get; set; } = "";

    /// <summary>Where the list says that files are; null: here.</summary>
    public string? FilesAt { get; set; }

    public bool RequiresAccessToken { get; set; } = true;

    public string TransactionTime { get; set; } = "2026-03-02T00:00:00.000Z";

    public string LastFileAuthorization { get; private set; } = "";

    public Task StartAsync() => _server.StartAsync(new Application(this), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
    }

    /// <param name="name">Type and what makes it unique, e.g. <c>Patient.1</c>; <c>deleted</c> for deletions.</param>
    public void Put(string name, IEnumerable<string> lines) => _files[name] = string.Concat(lines.Select(line => line.ReplaceLineEndings("") + "\n"));

    public void Clear() => _files.Clear();

    public IEnumerable<string> Asked(string start) => Requests.Where(request => request.StartsWith(start, StringComparison.Ordinal));

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, path) = (context.Request, context.Request.Path.Value!);
        Requests.Enqueue($"{request.Method} {path}{request.QueryString} {request.Headers.Range}".TrimEnd());
        if (path.StartsWith("/fhir/files/", StringComparison.Ordinal))
        {
            await GiveFileAsync(context, path["/fhir/files/".Length..]);
        }
        else if (Token.Length > 0 && request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = 401;
        }
        else if (path.EndsWith("$export", StringComparison.Ordinal))
        {
            context.Response.StatusCode = request.Headers["Prefer"] == "respond-async" ? 202 : 400;
            context.Response.Headers.ContentLocation = $"/fhir/jobs/{Interlocked.Increment(ref _jobs)}";
            _looks = 0;
        }
        else if (HttpMethods.IsDelete(request.Method))
        {
            context.Response.StatusCode = 202;
        }
        else
        {
            await GiveStatusAsync(context);
        }
    }

    private async Task GiveStatusAsync(HttpContext context)
    {
        if (StatusWhims.TryDequeue(out var whim))
        {
            context.Response.StatusCode = whim;
            context.Response.Headers.RetryAfter = "0";
            return;
        }

        if (_looks++ < LooksBeforeDone)
        {
            context.Response.StatusCode = 202;
            context.Response.Headers.RetryAfter = "0";
            return;
        }

        var manifest = new JsonObject
        {
            ["transactionTime"] = TransactionTime,
            ["requiresAccessToken"] = RequiresAccessToken,
            ["output"] = FilesOf(isDeletions: false),
            ["deleted"] = FilesOf(isDeletions: true),
            ["error"] = new JsonArray(),
        };
        await context.Response.WriteAsync(manifest.ToJsonString());
    }

    private JsonArray FilesOf(bool isDeletions) => new([.. _files.Where(file => file.Key == "deleted" == isDeletions).OrderByDescending(file => file.Key, StringComparer.Ordinal)
        .Select(file => new JsonObject { ["type"] = file.Key.Split('.')[0], ["url"] = $"{FilesAt ?? BaseUrl}/files/{file.Key}", ["count"] = file.Value.Count(c => c == '\n') })]);

    private async Task GiveFileAsync(HttpContext context, string name)
    {
        LastFileAuthorization = context.Request.Headers.Authorization.ToString();
        var bytes = Encoding.UTF8.GetBytes(_files[name]);
        var from = GivesWholeFilesOnly ? 0 : (int)(context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0);
        if (from >= bytes.Length)
        {
            context.Response.StatusCode = 416;
            context.Response.Headers.ContentRange = $"bytes */{bytes.Length}";
            return;
        }

        if (from > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
        }

        var rest = Cuts.TryDequeue(out var cut) ? bytes.AsMemory(from, cut) : bytes.AsMemory(from);
        context.Response.ContentType = "application/fhir+ndjson";
        context.Response.ContentLength = rest.Length;
        var isBroken = Breaks.TryDequeue(out var broken);
        await context.Response.Body.WriteAsync(isBroken ? rest[..broken] : rest);
        if (isBroken)
        {
            await context.Response.Body.FlushAsync();
            context.Abort();
        }
    }

    private sealed class Application(BulkFhirServer server) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
            // Nothing is held beside the features.
        }

        public Task ProcessRequestAsync(HttpContext context) => server.AnswerAsync(context);
    }
}
