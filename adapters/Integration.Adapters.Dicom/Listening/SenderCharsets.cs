using System.Collections.Concurrent;
using Integration.Adapters.Dicom.DataSets;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Listening;

/// <summary>In which character set each sender writes, and who declares another one than it writes in. Safe for many threads.</summary>
/// <param name="charsets">By AE title, whatever its data sets declare.</param>
internal sealed class SenderCharsets(string feed, IReadOnlyDictionary<string, string> charsets, EngineMetrics metrics, ILogger logger)
{
    private const int MostKnownMismatches = 1000;

    private readonly ConcurrentDictionary<(string Sender, string Declared), bool> _mismatches = [];
    private long _count;

    /// <summary>Data sets whose bytes were not in the character set that they declared, since the start.</summary>
    public long Mismatches => Interlocked.Read(ref _count);

    /// <summary>What an operator is to know; empty: nothing.</summary>
    public IReadOnlyList<FeedNotice> Notices => Mismatches is var count and > 0
        ? [new(FeedNoticeLevel.Warning, $"{count} instances were not written in the character set that they declare; the log names the senders, Feeds:{feed}:Charsets settles it.")]
        : [];

    /// <summary>Decides the character set of a data set, before any text of it is read.</summary>
    public void Settle(DicomDataSet set, string sender)
    {
        if (charsets.TryGetValue(sender, out var charset))
        {
            set.Override(charset);
        }

        if (set.Charset.Instead is not { } actual)
        {
            return;
        }

        Interlocked.Increment(ref _count);
        metrics.IssuesFound(feed, [MessageIssue.Warning(IntegrationErrorCode.CharsetMismatch, DicomTag.Show(DicomTag.SpecificCharacterSet), "Bytes contradict the declared character set.")]);
        if (_mismatches.Count < MostKnownMismatches && _mismatches.TryAdd((sender, set.Charset.Declared), true))
        {
            DicomLog.CharsetMismatch(logger, feed, DicomLog.Title(sender), DicomLog.Declared(set.Charset.Declared), actual);
        }
    }
}
