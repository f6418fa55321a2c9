using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Integration.Adapters.Fhir.Import;
using Integration.Core.Diagnostics;
using Integration.Core.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Host.Commands.Import;

/// <summary>To a <c>Fhir.Endpoint</c> feed of a running engine: resources in batches, Bundles as they are, one request after the other so that the order of the files holds.</summary>
internal sealed class EngineImport : IImportTarget
{
    private const int BatchEntries = 50;
    private const int BatchBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(5);

    private readonly Uri _address;
    private readonly TlsIdentity? _tls;
    private readonly HttpClient _client;

    /// <param name="key">Of the feed; null: it asks for none.</param>
    /// <param name="tls">What is shown and trusted over https; null: no certificate, and the authorities of the operating system.</param>
    /// <exception cref="ConfigurationException">A certificate cannot be used.</exception>
    public EngineImport(Uri address, string? key, TlsOptions? tls)
    {
        _address = address;
        try
        {
            _tls = tls is null ? null : new TlsIdentity("import", tls, TimeProvider.System, NullLogger.Instance);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationProblem("--certificate, --authorities", e.Message, "Give PEM files: certificate and key in one, authorities in the other.")]);
        }

        _client = new HttpClient(_tls?.CreateHttpHandler(() => new SocketsHttpHandler()) ?? new SocketsHttpHandler()) { Timeout = AnswerLimit };
        if (key is not null)
        {
            _client.DefaultRequestHeaders.Add("X-Api-Key", key);
        }
    }

    public int Passes => 1;

    public async Task<FhirImportedFile> TakeAsync(FileInfo file, Action<long> advance, CancellationToken cancellationToken)
    {
        var counts = new Counts();
        var batch = new List<(string Type, string? Id, byte[] Json)>();
        await foreach (var part in FhirImport.ReadAsync(file, advance, cancellationToken))
        {
            counts.Messages++;
            if (part.Type is "" or "Bundle")
            {
                await SendBatchAsync(batch, counts, cancellationToken);
                counts.Add(await SendAsync(part.Json, cancellationToken));
                continue;
            }

            batch.Add(part);
            if (batch.Count == BatchEntries || batch.Sum(entry => entry.Json.Length) > BatchBytes)
            {
                await SendBatchAsync(batch, counts, cancellationToken);
            }
        }

        await SendBatchAsync(batch, counts, cancellationToken);
        return new FhirImportedFile(counts.Messages, counts.Accepted, 0, counts.Quarantined, IsKnown: false, [.. counts.Refusals.Select(pair => $"{pair.Value} answered {pair.Key}")]);
    }

    public Task<long?> FinishAsync(CancellationToken cancellationToken) => Task.FromResult<long?>(null);   // each answer waited for the record

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _tls?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendBatchAsync(List<(string Type, string? Id, byte[] Json)> batch, Counts counts, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var (status, answer) = await PostAsync(BatchOf(batch), cancellationToken);
        if (status != HttpStatusCode.OK || answer is null)
        {
            throw Unexpected(status);
        }

        using (answer)
        {
            foreach (var entry in answer.RootElement.GetProperty("entry").EnumerateArray())
            {
                counts.Add(int.Parse(entry.GetProperty("response").GetProperty("status").GetString()!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        batch.Clear();
    }

    private async Task<int> SendAsync(byte[] json, CancellationToken cancellationToken)
    {
        var (status, answer) = await PostAsync(json, cancellationToken);
        answer?.Dispose();
        return status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or >= HttpStatusCode.InternalServerError ? throw Unexpected(status) : (int)status;
    }

    private async Task<(HttpStatusCode Status, JsonDocument? Answer)> PostAsync(byte[] json, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/fhir+json") } };
        try
        {
            using var response = await _client.PostAsync(_address, content, cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return (response.StatusCode, response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NoContent ? await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken) : null);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ConfigurationException([new ConfigurationProblem("--to", $"No Fhir.Endpoint feed answers at {_address.GetLeftPart(UriPartial.Path)}: {(e.GetBaseException() is AuthenticationException refused ? refused.Message : e.Message)}", "Import again when it does: what was taken is known.")]);
        }
    }

    private static byte[] BatchOf(List<(string Type, string? Id, byte[] Json)> batch)
    {
        using var buffer = new MemoryStream();
        buffer.Write("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":["u8);
        foreach (var (index, (type, id, json)) in batch.Index())
        {
            var request = id is null ? $"\"POST\",\"url\":\"{type}\"" : $"\"PUT\",\"url\":\"{type}/{JsonEncodedText.Encode(id)}\"";
            buffer.Write(Encoding.UTF8.GetBytes($"{(index == 0 ? "" : ",")}{{\"request\":{{\"method\":{request}}},\"resource\":"));
            buffer.Write(json);
            buffer.Write("}"u8);
        }

        buffer.Write("]}"u8);
        return buffer.ToArray();
    }

    private ConfigurationException Unexpected(HttpStatusCode status) => new([new ConfigurationProblem(
        "--to", $"The engine answers {(int)status} at {_address.GetLeftPart(UriPartial.Path)}.",
        status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? "Give the feed's key in the environment variable INTEGRATION_API_KEY."
        : status == HttpStatusCode.ServiceUnavailable ? "It cannot take messages now. Import again later: what was taken is known."
        : "Give the address of a Fhir.Endpoint feed, e.g. http://127.0.0.1:8082/fhir.")]);

    private sealed class Counts
    {
        public int Messages { get; set; }

        public int Accepted { get; private set; }

        public int Quarantined { get; private set; }

        public SortedDictionary<int, int> Refusals { get; } = [];

        public void Add(int status)
        {
            if (status is >= 200 and < 300)
            {
                Accepted++;
            }
            else
            {
                Quarantined += status == StatusCodes.Status422UnprocessableEntity ? 1 : 0;
                Refusals[status] = Refusals.GetValueOrDefault(status) + 1;
            }
        }
    }
}
