using System.Globalization;
using System.Text.Json;
using Integration.Adapters.Fhir.Parsing;
using Integration.Adapters.Fhir.Polling;
using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Bulk;

/// <summary>
/// Has a FHIR server export what has changed and hands the lines of its files to intake. How far it has come is written down again and again, when everything before is durable: a
/// restart, of us or in mid-file, goes on from there. Where the next export begins moves only when the whole of this one is handed over. Not for many threads.
/// </summary>
internal sealed partial class FhirBulkPuller(
    string feed, FhirBulkOptions options, FhirBulkServer server, FeedWatermarks watermarks, IMessageIntake intake, ILogger<FhirBulkPuller> logger)
{
    private const string Part = "$export";

    /// <summary>Lines between two places that are written down.</summary>
    private const int LinesBetweenPlaces = 500;

    /// <summary>Tries of one file in a row that bring no line.</summary>
    private const int MaxTries = 5;

    /// <summary>A server that is silent for so long in mid-file has broken off.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    private FhirBulkPlace _place = new();

    /// <summary>One export, from where the last round ended to its end.</summary>
    /// <exception cref="FhirSourceException">The server cannot be used now.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take the resources now.</exception>
    public async Task PullAsync(CancellationToken stop)
    {
        _place = FhirBulkPlace.Parse(await watermarks.GetAsync(feed, Part, stop));
        var (status, manifest) = await ExportAsync(stop);
        if (manifest.Errors > 0)
        {
            LogErrors(feed, manifest.Errors);
        }

        foreach (var file in InOrder(manifest.Output))
        {
            await PullAsync(file, manifest, isDeletions: false, stop);
        }

        foreach (var file in manifest.Deleted)
        {
            await PullAsync(file, manifest, isDeletions: true, stop);
        }

        await SaveAsync(new FhirBulkPlace { Since = manifest.TransactionTime });
        await DeleteAsync(status, stop);
    }

    /// <summary>The export that was under way when the last round ended, else a new one.</summary>
    private async Task<(Uri Status, FhirBulkManifest Manifest)> ExportAsync(CancellationToken stop)
    {
        if (_place.Job is { } known)
        {
            if (await server.WaitAsync(new Uri(known), stop) is { } found)
            {
                return (new Uri(known), found);
            }

            LogLost(feed);
            await SaveAsync(new FhirBulkPlace { Since = _place.Since });
        }

        var status = await server.KickOffAsync(_place.Since ?? (options.Since is { } since ? FhirSourceClient.Moment(since) : null), stop);
        await SaveAsync(new FhirBulkPlace { Since = _place.Since, Job = status.AbsoluteUri });
        return await server.WaitAsync(status, stop) is { } manifest
            ? (status, manifest)
            : throw new FhirSourceException("The export failed at the server, or it no longer knows of it. Another one is asked for.");
    }

    /// <summary>What belongs to a person is easier to take in once the person is known.</summary>
    private IEnumerable<FhirBulkFile> InOrder(IReadOnlyList<FhirBulkFile> files)
    {
        var order = options.Types.Count > 0 ? options.Types : ["Patient"];
        return files.OrderBy(file => order.Contains(file.Type) ? order.ToList().IndexOf(file.Type) : order.Count);
    }

    private async Task PullAsync(FhirBulkFile file, FhirBulkManifest manifest, bool isDeletions, CancellationToken stop)
    {
        var name = file.Url.AbsoluteUri;
        for (var failures = 0; _place.Files.GetValueOrDefault(name) >= 0;)
        {
            var before = _place.Files.GetValueOrDefault(name);
            if (await TryAsync(file, manifest, isDeletions, stop) is not { } problem)
            {
                await SaveAsync(_place.At(name, -1));
                return;
            }

            failures = _place.Files.GetValueOrDefault(name) > before ? 1 : failures + 1;
            if (failures >= MaxTries)
            {
                throw new FhirSourceException(problem);
            }
        }
    }

    /// <summary>Reads a file from where it was left to its end, or as far as it comes.</summary>
    /// <returns>Why it did not come to its end; null: it did.</returns>
    private async Task<string?> TryAsync(FhirBulkFile file, FhirBulkManifest manifest, bool isDeletions, CancellationToken stop)
    {
        var offset = _place.Files.GetValueOrDefault(file.Url.AbsoluteUri);
        if (await server.OpenAsync(file, offset, manifest.RequiresAccessToken, stop) is not var (response, begin))
        {
            return null;
        }

        using (response)
        {
            try
            {
                await using var content = await response.Content.ReadAsStreamAsync(stop);
                return await HandOverAsync(file, content, begin, offset, isDeletions ? manifest.TransactionTime : null, stop)
                    ? null
                    : "A file of the server's export came cut.";
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                return $"The server broke off in mid-file ({(e as HttpRequestException)?.HttpRequestError.ToString() ?? e.GetType().Name}).";
            }
            catch (InvalidDataException)
            {
                throw new FhirSourceException($"The server's file of {file.Type} holds a resource of more than {options.MaxMessageBytes} bytes. Raise the feed's MaxMessageBytes; then it goes on from there.");
            }
        }
    }

    /// <param name="begin">Where in the file the content begins.</param>
    /// <param name="offset">Up to where the file was handed over before.</param>
    /// <param name="deletedAt">Of a file of deletions: the time of the export; null: resources.</param>
    /// <returns>False: the last line is cut, or lines are missing.</returns>
    private async Task<bool> HandOverAsync(FhirBulkFile file, Stream content, long begin, long offset, string? deletedAt, CancellationToken stop)
    {
        var window = new HandOverWindow();
        var (name, end, sincePlace, lines) = (file.Url.AbsoluteUri, offset, 0, 0L);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        silence.CancelAfter(LongestSilence);
        try
        {
            await foreach (var line in new NdJsonLines(content, begin, options.MaxMessageBytes).ReadAsync(silence.Token))
            {
                silence.CancelAfter(LongestSilence);
                lines++;
                if (line.End <= offset)
                {
                    continue;   // the server gives whole files only
                }

                if (!line.IsEnded && !IsWhole(line.Json))
                {
                    await WriteDownAsync(window, name, end);
                    return false;
                }

                var message = MessageOf(line, file, deletedAt);
                if (!await window.AddAsync(message.PatientKey, line.Json.Length, () => intake.AcceptAsync(message, CancellationToken.None)))
                {
                    break;
                }

                end = line.End;
                if (++sincePlace >= LinesBetweenPlaces)
                {
                    await WriteDownAsync(window, name, end);
                    sincePlace = 0;
                }
            }

            await WriteDownAsync(window, name, end);
            return begin > 0 || lines >= (file.Count ?? 0);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && window.Refusal is null)
        {
            await WriteDownAsync(window, name, end);   // what did come is not fetched again
            throw;
        }
        finally
        {
            await window.AbandonAsync();
        }
    }

    private InboundMessage MessageOf(NdJsonLine line, FhirBulkFile file, string? deletedAt)
    {
        var message = FhirHeaderReader.MessageOf(feed, line.Json, options.AssigningAuthority);

        // Two exports may name the same deletions in the same words, and mean each of them.
        return deletedAt is null
            ? message
            : message with { ControlId = string.Create(CultureInfo.InvariantCulture, $"{Part}/{deletedAt}/{file.Url.Segments[^1]}/{line.End}") };
    }

    /// <summary>Writes down where the file goes on, once all before it is durable.</summary>
    /// <exception cref="StoreUnavailableException">Intake refused a line: what was written down before holds.</exception>
    private async Task WriteDownAsync(HandOverWindow window, string file, long end)
    {
        await window.FinishAsync();
        if (window.Refusal is { } refusal)
        {
            throw new StoreUnavailableException(refusal);
        }

        if (end > _place.Files.GetValueOrDefault(file))
        {
            await SaveAsync(_place.At(file, end));
        }
    }

    private async Task SaveAsync(FhirBulkPlace place)
    {
        await watermarks.SetAsync(feed, Part, place.ToString(), CancellationToken.None);
        _place = place;
    }

    private async Task DeleteAsync(Uri status, CancellationToken stop)
    {
        try
        {
            await server.DeleteAsync(status, stop);
        }
        catch (FhirSourceException e)
        {
            LogKept(feed, e.Message);   // a courtesy: the server removes its files by itself
        }
    }

    private static bool IsWhole(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [LoggerMessage(1411, LogLevel.Warning, "Feed {Feed}: the server could not export everything and lists why in {Files} files; ask its operator")]
    private partial void LogErrors(string feed, int files);

    [LoggerMessage(1412, LogLevel.Information, "Feed {Feed}: the server no longer has the export that was under way; another one is asked for")]
    private partial void LogLost(string feed);

    [LoggerMessage(1413, LogLevel.Information, "Feed {Feed}: the server did not take that its export is no longer needed: {Reason}")]
    private partial void LogKept(string feed, string reason);
}
