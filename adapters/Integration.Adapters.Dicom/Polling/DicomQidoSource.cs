using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Network;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>Asks by QIDO-RS, DICOM PS3.18 §10.6, and by WADO-RS for metadata. What it asks with is the feed's and outlives it.</summary>
internal sealed class DicomQidoSource(DicomQidoOptions options, HttpClient client, TimeProvider time) : IStudySource
{
    private const int MaxTries = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly string _base = options.BaseUrl.AbsoluteUri.TrimEnd('/');

    public IAsyncEnumerable<DicomDataSet> StudiesAsync(DateOnly day, CancellationToken cancellationToken) => PagesAsync(
        $"{_base}/studies?StudyDate={day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}{Fields(StudyKeys.OfStudy)}", DicomTag.StudyInstanceUid, cancellationToken);

    /// <summary>QIDO-RS knows studies, series and instances: PS3.18 §10.6.1.</summary>
    public Task<DicomDataSet?> PatientAsync(DicomDataSet study, CancellationToken cancellationToken) => Task.FromResult<DicomDataSet?>(null);

    public IAsyncEnumerable<DicomDataSet> SeriesAsync(string studyUid, CancellationToken cancellationToken) => PagesAsync(
        $"{_base}/studies/{Uri.EscapeDataString(studyUid)}/series?{Fields(StudyKeys.OfSeries)[1..]}", DicomTag.SeriesInstanceUid, cancellationToken);

    public async Task<int> CountAsync(string studyUid, string seriesUid, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var _ in PagesAsync($"{Instances(studyUid, seriesUid)}?{Fields([DicomTag.SopInstanceUid])[1..]}", DicomTag.SopInstanceUid, cancellationToken))
        {
            count++;
        }

        return count;
    }

    /// <summary>By WADO-RS (PS3.18 §10.4.1.1.2), where the feed's <c>Metadata</c> is set.</summary>
    public async Task<DicomDataSet?> SampleAsync(string studyUid, string seriesUid, CancellationToken cancellationToken)
    {
        if (!options.Metadata)
        {
            return null;
        }

        var instances = Instances(studyUid, seriesUid);
        return await GetAsync(new Uri($"{instances}?limit=1{Fields([DicomTag.SopInstanceUid])}"), cancellationToken) is [var first, ..]
            && first.Text(DicomTag.SopInstanceUid) is { Length: > 0 } uid
            && await GetAsync(new Uri($"{instances}/{Uri.EscapeDataString(uid)}/metadata"), cancellationToken) is [var whole, ..]
            ? whole
            : null;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// All answers, each once. The end is an empty page, or one that says nothing new: a page may be short since the archive gives fewer than it is asked
    /// for (PS3.18 §8.3.4.4), and archives that know no offset answer the same page again.
    /// </summary>
    /// <param name="key">By which answers are told apart.</param>
    private async IAsyncEnumerable<DicomDataSet> PagesAsync(string address, uint key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var offset = 0; ;)
        {
            var page = await GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"{address}&limit={options.PageSize}&offset={offset}")), cancellationToken);
            var known = seen.Count;
            foreach (var set in page)
            {
                if (seen.Add(set.Text(key)))
                {
                    yield return set;
                }
            }

            if (seen.Count == known)
            {
                yield break;
            }

            offset += page.Count;
        }
    }

    private async Task<IReadOnlyList<DicomDataSet>> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/dicom+json"));
            request.Headers.Authorization = options.Token.Length > 0 ? new("Bearer", options.Token)
                : options.User.Length > 0 ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}")))
                : null;
            var (answer, problem, wait) = await TryAsync(request, cancellationToken);
            if (answer is not null)
            {
                return answer;
            }

            if (wait is null || attempt == MaxTries)
            {
                throw new DicomPeerException(problem!);
            }

            await Task.Delay(wait.Value > TimeSpan.Zero ? wait.Value : Backoff.Doubled(FirstPause, attempt - 1, LongestPause), time, cancellationToken);
        }
    }

    /// <returns>The answer; or why there is none, and how long to wait before it is asked for again: zero for as long as we like, null for not at all.</returns>
    private async Task<(IReadOnlyList<DicomDataSet>? Answer, string? Problem, TimeSpan? Wait)> TryAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.NoContent => ([], null, null),
                HttpStatusCode.OK => (Read(await response.Content.ReadAsByteArrayAsync(cancellationToken)), null, null),
                HttpStatusCode.Unauthorized => (null, "The archive does not let us in (401). Check User and Password, or Token.", null),
                HttpStatusCode.Forbidden => (null, "The archive does not let us query (403). Ask its operator for the right to search.", null),
                HttpStatusCode.NotFound => (null, "The archive has no DICOMweb at BaseUrl (404). Check it: /studies is added to it.", null),
                HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => (null, $"The archive asks us to wait ({(int)response.StatusCode}).", WaitOf(response)),
                >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => (null, $"The archive answers {(int)response.StatusCode}.", TimeSpan.Zero),
                _ => (null, $"The archive answers {(int)response.StatusCode} to a search. Check BaseUrl and that it serves QIDO-RS.", null),
            };
        }
        catch (HttpRequestException e) when (e.GetBaseException() is AuthenticationException refused)
        {
            return (null, $"No TLS with the archive: {refused.Message} Check Tls.", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, $"The archive cannot be reached, or broke off ({(e as HttpRequestException)?.HttpRequestError.ToString() ?? e.GetType().Name}). Check BaseUrl.", TimeSpan.Zero);
        }
    }

    private static List<DicomDataSet> Read(byte[] body)
    {
        if (body.Length == 0)
        {
            return [];
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            var sets = new List<DicomDataSet>();
            foreach (var item in json.RootElement.EnumerateArray())
            {
                sets.Add(DicomJsonReader.Read(item.Clone(), out var error) ?? throw new DicomPeerException($"The archive answers with something that is no DICOM JSON: {error}"));
            }

            return sets;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DicomPeerException("The archive's answer is no list in DICOM JSON. Check that BaseUrl is its DICOMweb address.", e);
        }
    }

    /// <summary>How long the answer asks us to wait; null: longer than a round may.</summary>
    private TimeSpan? WaitOf(HttpResponseMessage response)
    {
        var wait = Backoff.Asked(response.Headers.RetryAfter, time.GetUtcNow()) ?? TimeSpan.Zero;
        return wait > LongestPause ? null : wait;
    }

    private string Instances(string studyUid, string seriesUid) => $"{_base}/studies/{Uri.EscapeDataString(studyUid)}/series/{Uri.EscapeDataString(seriesUid)}/instances";

    private static string Fields(IEnumerable<uint> tags) => string.Concat(tags.Select(tag => $"&includefield={tag:X8}"));
}
