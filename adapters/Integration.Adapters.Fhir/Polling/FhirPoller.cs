using System.Globalization;
using System.Text;
using System.Text.Json;
using Integration.Adapters.Fhir.Parsing;
using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>
/// Asks a FHIR server for what has changed, type by type, and hands each resource to intake. Where a type goes on is written down only when everything before is
/// durable, so that a crash repeats and never skips. Not for many threads.
/// </summary>
internal sealed class FhirPoller(string feed, FhirPollOptions options, FhirSourceClient source, FeedWatermarks watermarks, IMessageIntake intake)
{
    /// <summary>Pages of one question; a server that goes on for longer repeats itself.</summary>
    private const int MaxPages = 1_000_000;

    // Versions that were handed over and that the overlap shows again, with their times.
    private readonly Dictionary<string, DateTimeOffset> _handedOver = new(StringComparer.Ordinal);

    /// <summary>One round over all types.</summary>
    /// <exception cref="FhirSourceException">The server cannot be used now.</exception>
    /// <exception cref="Core.Storage.StoreUnavailableException">The store cannot take the resources now.</exception>
    public async Task PollAsync(CancellationToken stop)
    {
        foreach (var type in options.Types)
        {
            await PollAsync(type, stop);
        }
    }

    private async Task PollAsync(string type, CancellationToken stop)
    {
        var known = await watermarks.GetAsync(feed, type, stop) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : options.Since;
        var newest = known;
        var inOrder = true;
        var address = FirstPage(type, known);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var page = 0; address is not null && page < MaxPages; page++)
        {
            if (!seen.Add(address.AbsoluteUri))
            {
                throw new FhirSourceException($"The server's next pages of {type} go in a circle. Tell its operator; what was read is kept.");
            }

            var bundle = await source.GetAsync(address, stop);
            var (latest, isOrdered) = await HandOverAsync(bundle, newest, stop);
            inOrder &= isOrdered;
            newest = latest;
            address = Next(bundle);

            // In the order asked for, every page is a place to go on from; else only the end is.
            if (newest is { } moment && newest != known && (inOrder || address is null))
            {
                await watermarks.SetAsync(feed, type, FhirSourceClient.Moment(moment), CancellationToken.None);
            }
        }

        Forget(newest);
    }

    private Uri FirstPage(string type, DateTimeOffset? known)
    {
        var since = known is { } moment ? $"_lastUpdated=ge{Uri.EscapeDataString(FhirSourceClient.Moment(moment - options.Overlap))}&" : "";
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"{options.BaseUrl.AbsoluteUri.TrimEnd('/')}/{type}?{since}_sort=_lastUpdated&_count={options.PageSize}"));
    }

    /// <returns>The newest time seen, and whether the times only rose.</returns>
    private async Task<(DateTimeOffset? Newest, bool InOrder)> HandOverAsync(JsonElement bundle, DateTimeOffset? newest, CancellationToken stop)
    {
        var inOrder = true;
        DateTimeOffset? last = null;
        var window = new HandOverWindow();
        try
        {
            foreach (var entry in FhirBundle.Entries(bundle, "Bundle", []))
            {
                stop.ThrowIfCancellationRequested();
                inOrder &= last is null || entry.LastUpdated >= last;
                last = entry.LastUpdated;
                newest = entry.LastUpdated > newest || newest is null ? entry.LastUpdated : newest;
                var raw = Encoding.UTF8.GetBytes(entry.Resource.GetRawText());
                var message = FhirHeaderReader.MessageOf(feed, raw, options.AssigningAuthority);
                var version = message.ControlId.Length > 0 ? message.ControlId : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(raw));
                if (_handedOver.TryAdd(version, entry.LastUpdated ?? DateTimeOffset.MaxValue)
                    && !await window.AddAsync(message.PatientKey, raw.Length, () => intake.AcceptAsync(message, CancellationToken.None)))
                {
                    break;
                }
            }

            await window.FinishAsync();
        }
        finally
        {
            await window.AbandonAsync();
        }

        if (window.Refusal is { } refusal)
        {
            // Which of them were taken is not known here: all are handed over again, and what is durable is recognised.
            _handedOver.Clear();
            throw new Core.Storage.StoreUnavailableException(refusal);
        }

        return (newest, inOrder);
    }

    /// <summary>The next page; null at the end.</summary>
    /// <exception cref="FhirSourceException">It is elsewhere: our credentials are not shown to another server.</exception>
    private Uri? Next(JsonElement bundle)
    {
        if (!bundle.TryGetProperty("link", out var links) || links.ValueKind != JsonValueKind.Array
            || links.EnumerateArray().Where(link => FhirBundle.Text(link, "relation") == "next").Select(link => FhirBundle.Text(link, "url")).FirstOrDefault() is not { Length: > 0 } url)
        {
            return null;
        }

        var next = new Uri(new Uri(options.BaseUrl.AbsoluteUri.TrimEnd('/') + "/"), url);
        return Uri.Compare(next, options.BaseUrl, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? next
            : throw new FhirSourceException("The server's next page is on another server, which is not asked. Set BaseUrl to the address that its pages have.");
    }

    private void Forget(DateTimeOffset? newest)
    {
        foreach (var (version, _) in _handedOver.Where(pair => pair.Value < newest - options.Overlap).ToList())
        {
            _handedOver.Remove(version);
        }
    }
}
