using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Codes;
using Integration.Host.Api.Views;
using Integration.Host.Security;

namespace Integration.Host.Commands.Mapping;

/// <summary>An engine that runs, asked through its API. The audit there names the holder of the key; who sat at this machine stands in the reason.</summary>
internal sealed class RunningEngine : IMappingDesk
{
    /// <summary>Environment variable with the key.</summary>
    public const string KeyVariable = "INTEGRATION_API_KEY";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly HttpClient _client;

    /// <param name="address">e.g. <c>http://127.0.0.1:8080</c>.</param>
    /// <param name="key">An API key of the engine.</param>
    public RunningEngine(Uri address, string key)
    {
        _client = new HttpClient { BaseAddress = new Uri(address, "/api/v1/"), Timeout = Limit };
        _client.DefaultRequestHeaders.Add("X-Api-Key", key);
    }

    /// <summary>The key to show: that of <see cref="KeyVariable"/>, else the first that this environment configures for the engine itself.</summary>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static string KeyOf(IConfiguration configuration) =>
        configuration[KeyVariable] is { Length: > 0 } key ? key
        : ConfiguredApiKeys.Read(configuration) is [var (_, configured), ..] ? configured
        : throw new ConfigurationException([new ConfigurationProblem("--engine", "No API key is at hand.", $"Put one into the environment variable {KeyVariable}.")]);

    public async Task<JsonObject> DryRunAsync(ReadOnlyMemory<byte> message, string feed, bool explain, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(message);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Octet);
        var answer = await AskAsync(HttpMethod.Post, $"mappings/dry-run?feed={Uri.EscapeDataString(feed)}{(explain ? "&explain=true" : "")}", content, cancellationToken);
        return (JsonObject)answer["items"]![0]!.DeepClone();
    }

    public async Task<CodeTableAnswer> ImportAsync(CodeTableRequest request, byte[] csv, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(csv);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Text.Csv);
        return Read<CodeTableAnswer>(await AskAsync(HttpMethod.Post, $"mappings/code-tables/{Uri.EscapeDataString(request.Name)}?{QueryOf(request)}", content, cancellationToken));
    }

    public async Task<CodeTableAnswer> RollBackAsync(CodeTableRequest request, long number, CancellationToken cancellationToken) => Read<CodeTableAnswer>(await AskAsync(
        HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"mappings/code-tables/{Uri.EscapeDataString(request.Name)}/roll-back?{QueryOf(request)}&number={number}"), null, cancellationToken));

    public async Task<CodeTableHistoryView> HistoryAsync(string name, string? feed, CancellationToken cancellationToken) => Read<CodeTableHistoryView>(await AskAsync(
        HttpMethod.Get, $"mappings/code-tables/{Uri.EscapeDataString(name)}/history{(feed is null ? "" : $"?feed={Uri.EscapeDataString(feed)}")}", null, cancellationToken));

    public async Task<JsonObject> PreviewAsync(string rule, DateTimeOffset from, DateTimeOffset below, CancellationToken cancellationToken) => (JsonObject)(await AskAsync(
        HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"follow-up-rules/{Uri.EscapeDataString(rule)}/preview?from={from.UtcDateTime:s}Z&below={below.UtcDateTime:s}Z&limit=1000"),
        null, cancellationToken)).DeepClone();

    public async Task<JsonObject> PreviewTemplateAsync(string template, string patientId, CancellationToken cancellationToken) => (JsonObject)(await AskAsync(
        HttpMethod.Post, $"templates/{Uri.EscapeDataString(template)}/preview", JsonContent.Create(new { patientId }), cancellationToken)).DeepClone();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string QueryOf(CodeTableRequest request)
    {
        var reason = request.Reason.Length == 0 ? $"by {request.Actor}" : $"{request.Reason}; by {request.Actor}";
        return $"preview={(request.Take ? "false" : "true")}&reason={Uri.EscapeDataString(reason)}{(request.Feed is null ? "" : $"&feed={Uri.EscapeDataString(request.Feed)}")}";
    }

    private static T Read<T>(JsonNode answer) => answer.Deserialize<T>(ToolJson.Options)!;

    private async Task<JsonNode> AskAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new ConfigurationException(ProblemsOf(text, (int)response.StatusCode));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ConfigurationException([new ConfigurationProblem("--engine", $"No engine answers at {_client.BaseAddress!.GetLeftPart(UriPartial.Authority)}: {e.Message}", "Give the address that the engine prints when it starts.")]);
        }
    }

    // Problems of mappings keep their places; any other answer is one line.
    private static IReadOnlyList<ConfigurationProblem> ProblemsOf(string text, int status)
    {
        var answer = JsonNode.Parse(text) as JsonObject;
        return answer?["problems"] is JsonArray problems
            ? [.. problems.Select(problem => Read<ProblemView>(problem!)).Select(p => new ConfigurationProblem(p.Line is null ? p.File : $"{p.File}:{p.Line}:{p.Column}", p.Text, p.Remedy))]
            : [new ConfigurationProblem("--engine", (string?)answer?["title"] ?? $"The engine answered {status}.", (string?)answer?["detail"])];
    }
}
