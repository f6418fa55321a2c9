using System.Globalization;
using System.Security.Cryptography;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Parsing;
using Integration.Adapters.Dicom.Polling;
using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Adapters.Dicom.Worklist;

/// <summary>
/// Asks for the scheduled procedure steps of some days (DICOM PS3.4 §K.6.1.2) and hands each that is new or other than before to intake. Its message and the note
/// that it was handed over are one commit. Not for many threads.
/// </summary>
internal sealed class WorklistPoller(
    string feed, DicomWorklistOptions options, Func<CancellationToken, IAsyncEnumerable<DicomDataSet>> find, SourceRowStore rows, IBulkIntake intake, TimeProvider time)
{
    /// <summary>Modality Worklist Information Model – FIND.</summary>
    public const string SopClassUid = "1.2.840.10008.5.1.4.31";

    private const int BatchLength = 200;

    private static readonly uint[] OfRequest =
    [
        0x00080050, 0x00080090, 0x00100010, DicomTag.PatientId, DicomTag.IssuerOfPatientId, 0x00100030, 0x00100040, 0x00101040, 0x00102154, DicomTag.StudyInstanceUid,
        0x00321032, 0x00321060, 0x00380010, 0x00401001,
    ];

    private static readonly uint[] OfStep =
        [DicomTag.Modality, 0x00400001, 0x00400003, 0x00400006, 0x00400007, DicomTag.ScheduledProcedureStepId, 0x00400010, 0x00400011, 0x00400020];

    /// <summary>What a round asks for: a day or a range of days, PS3.4 §C.2.2.2.5.</summary>
    public static DicomDataSet Query(DateOnly first, DateOnly last)
    {
        var day = (DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var query = QueryKeys.Of(OfRequest.Select(tag => (tag, "")));
        var step = QueryKeys.Of([(DicomTag.ScheduledProcedureStepStartDate, first == last ? day(first) : $"{day(first)}-{day(last)}"), .. OfStep.Select(tag => (tag, ""))]);
        query.Add(new DicomElement(DicomTag.ScheduledProcedureStepSequence, DicomVr.Sq, default) { Items = [step] });
        return query;
    }

    /// <summary>One round.</summary>
    /// <exception cref="DicomPeerException">The worklist cannot be asked now.</exception>
    /// <exception cref="StoreUnavailableException">Intake cannot take the entries now; they are handed over by a later round.</exception>
    public async Task PollAsync(CancellationToken stop)
    {
        var entries = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await foreach (var entry in find(stop))
        {
            if (options.Charset is { } charset)
            {
                entry.Override(charset);
            }

            if (KeyOf(entry) is { } key)
            {
                entries[key] = DicomJsonWriter.Write(DicomUtf8.Join(entry.InUtf8().Elements));
            }
        }

        foreach (var batch in entries.Chunk(BatchLength))
        {
            await HandOverAsync(batch, stop);
        }
    }

    private async Task HandOverAsync(IReadOnlyList<KeyValuePair<string, byte[]>> entries, CancellationToken stop)
    {
        var known = await rows.FindAsync(feed, [.. entries.Select(entry => entry.Key)], stop);
        var messages = new List<InboundMessage>();
        var notes = new List<SourceRowDocument>();
        foreach (var (key, raw) in entries)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(raw).AsSpan(0, 16));
            var before = known.GetValueOrDefault(key);
            if (before?.Hash == hash)
            {
                continue;
            }

            var changes = (before?.Changes ?? 0) + 1;
            var id = PlaceId.Of(time.GetUtcNow(), $"{feed}/{key}/{changes}/{hash}");
            messages.Add(DicomMessage.Of(feed, options.AssigningAuthority, raw) with { Id = id, ControlId = "" });
            notes.Add(new SourceRowDocument { Feed = feed, Key = key, Hash = hash, Changes = changes, MessageId = id });
        }

        if (messages.Count > 0 && await intake.AcceptAllAsync(messages, [.. SourceRowStore.Notes(notes)], stop) is { } refused)
        {
            throw new StoreUnavailableException(refused.Reason);
        }
    }

    /// <summary>A step by its study and its id, which is unique in the request; null: an entry without a step, which schedules nothing.</summary>
    private static string? KeyOf(DicomDataSet entry) =>
        entry.Find(DicomTag.ScheduledProcedureStepSequence)?.Items is [var step, ..]
            ? $"{entry.Text(DicomTag.StudyInstanceUid)}|{entry.Text(0x00080050)}|{entry.Text(0x00401001)}|{step.Text(DicomTag.ScheduledProcedureStepId)}"
            : null;
}
