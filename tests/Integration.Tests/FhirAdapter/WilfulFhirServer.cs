using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Shared.Web;
using Integration.Core.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.FhirAdapter;

/// <summary>A FHIR R4 server that searches by _lastUpdated in pages, and at a request that is chosen does something else.</summary>
/// <param name="tls">Null: no TLS.</param>
public sealed class WilfulFhirServer(TlsOptions? tls = null) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, JsonNode> _resources = new();
    private readonly Dictionary<int, Whim> _whims = [];
    private readonly FeedWebServer _server = new("source", new FeedListenOptions(new(IPAddress.Loopback, 0), 100, tls), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly Lock _lock = new();
    private string _token = "";

    /// <summary>What it does instead of giving the page.</summary>
    public enum Whim
    {
        /// <summary>The page ends in mid-resource.</summary>
        CutPage,

        /// <summary>The connection ends in mid-page.</summary>
        BreakOff,

        /// <summary>429 with Retry-After of a second.</summary>
        TooMany,

        /// <summary>503 with Retry-After as a date.</summary>
        Unavailable,
        InternalError,
        Gone,
        Forbidden,

        /// <summary>401, and a new token is wanted from now on.</summary>
        TokenEnds,
        NextElsewhere,
        NextInACircle,
    }

    public string BaseUrl => $"http{(tls is null ? "" : "s")}://127.0.0.1:{_server.LocalEndpoint!.Port}/fhir";

    public string TokenUrl => $"http{(tls is null ? "" : "s")}://127.0.0.1:{_server.LocalEndpoint!.Port}/token";

    /// <summary>Addresses asked for, those for tokens not counted.</summary>
    public IList<string> Requests { get; } = [];

    /// <summary>When each of <see cref="Requests"/> came.</summary>
    public IList<DateTimeOffset> Times { get; } = [];

    public string LastAuthorization { get; private set; } = "";

    public bool WantsToken { get; set; }

    public bool IgnoresSort { get; set; }

    public int TokensGiven { get; private set; }

    public (string Authorization, IReadOnlyDictionary<string, string> Form) LastTokenRequest { get; private set; } = ("", new Dictionary<string, string>());

    public Task StartAsync() => _server.StartAsync(new Application(this), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
    }

    public void Put(string json)
    {
        var resource = JsonNode.Parse(json)!;
        _resources[(string)resource["id"]!] = resource;
    }

    /// <param name="request">From 1.</param>
    public void At(int request, Whim whim) => _whims[request] = whim;

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/token")
        {
            await GiveTokenAsync(context);
            return;
        }

        Whim? whim;
        lock (_lock)
        {
            Requests.Add(context.Request.Path + context.Request.QueryString);
            Times.Add(DateTimeOffset.UtcNow);
            whim = _whims.TryGetValue(Requests.Count, out var chosen) ? chosen : null;
            LastAuthorization = context.Request.Headers.Authorization.ToString();
            _token = whim == Whim.TokenEnds ? "ended" : _token;
        }

        if (WantsToken && LastAuthorization != $"Bearer {_token}")
        {
            context.Response.StatusCode = 401;
            return;
        }

        switch (whim)
        {
            case Whim.TooMany:
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "1";
                break;
            case Whim.Unavailable:
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = DateTimeOffset.UtcNow.AddSeconds(1).ToString("R", CultureInfo.InvariantCulture);
                break;
            case Whim.InternalError or Whim.Gone or Whim.Forbidden:
                context.Response.StatusCode = whim switch { Whim.Gone => 410, Whim.Forbidden => 403, _ => 500 };
                break;
            default:
                await GivePageAsync(context, whim);
                break;
        }
    }

    private async Task GiveTokenAsync(HttpContext context)
    {
        var form = (await context.Request.ReadFormAsync()).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        LastTokenRequest = (context.Request.Headers.Authorization.ToString(), form);
        TokensGiven++;
        _token = $"token{TokensGiven}";
        await context.Response.WriteAsync($$"""{"access_token":"{{_token}}","token_type":"bearer","expires_in":3600}""");
    }

    private async Task GivePageAsync(HttpContext context, Whim? whim)
    {
        var query = context.Request.Query;
        var since = query["_lastUpdated"].ToString() is ['g', 'e', .. var from] ? DateTimeOffset.Parse(from, CultureInfo.InvariantCulture) : DateTimeOffset.MinValue;
        var size = int.Parse(query["_count"].ToString(), CultureInfo.InvariantCulture);
        var skip = query["skip"].ToString() is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        var found = _resources.Values.Where(r => Updated(r) >= since).OrderBy(r => IgnoresSort ? -Updated(r).Ticks : Updated(r).Ticks).ToList();
        var bundle = new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "searchset",
            ["entry"] = new JsonArray([.. found.Skip(skip).Take(size).Select(r => (JsonNode)new JsonObject { ["fullUrl"] = $"{BaseUrl}/Patient/{r["id"]}", ["resource"] = r.DeepClone() })]),
        };
        var here = context.Request.Path + context.Request.QueryString;
        var next = $"{BaseUrl}/Patient?_lastUpdated={Uri.EscapeDataString(query["_lastUpdated"].ToString())}&_count={size}&skip={skip + size}";
        if (found.Count > skip + size)
        {
            bundle["link"] = new JsonArray(new JsonObject
            {
                ["relation"] = "next",
                ["url"] = whim switch { Whim.NextElsewhere => "http://elsewhere.example/fhir/Patient", Whim.NextInACircle => $"http://{context.Request.Host}{here}", _ => next },
            });
        }

        var bytes = Encoding.UTF8.GetBytes(bundle.ToJsonString());
        context.Response.ContentType = "application/fhir+json";
        context.Response.ContentLength = whim == Whim.CutPage ? bytes.Length / 2 : bytes.Length;
        await context.Response.Body.WriteAsync(whim is Whim.CutPage or Whim.BreakOff ? bytes.AsMemory(0, bytes.Length / 2) : bytes);
        if (whim == Whim.BreakOff)
        {
            context.Abort();
        }
    }

    private static DateTimeOffset Updated(JsonNode resource) => DateTimeOffset.Parse((string)resource["meta"]!["lastUpdated"]!, CultureInfo.InvariantCulture);

    private sealed class Application(WilfulFhirServer server) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
            // Nothing is held beside the features.
        }

        public Task ProcessRequestAsync(HttpContext context) => server.AnswerAsync(context);
    }
}
