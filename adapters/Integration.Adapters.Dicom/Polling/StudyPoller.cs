using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Studies;
using Integration.Core.Feeds;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>
/// Asks an archive for its studies, day by day, and hands each that is new or other than before to intake. A day is written down as done when everything of
/// it is durable, so that a crash repeats and never skips, and a long first round goes on where it was cut. Not for many threads, but for <see cref="Place"/>.
/// </summary>
internal sealed class StudyPoller(
    string feed, StudyPollOptions options, Func<CancellationToken, Task<IStudySource>> open, StudyLedger ledger, FeedWatermarks watermarks, IMessageIntake intake,
    TimeProvider time)
{
    /// <summary>The part of <see cref="FeedWatermarks"/> that a round goes on by: the last day that was read whole.</summary>
    public const string Part = "studies";

    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>The earliest day anywhere on earth is at most so far ahead of UTC; archives count days in their own zone.</summary>
    private static readonly TimeSpan FarthestZone = TimeSpan.FromHours(14);

    private volatile FeedPlace? _place;

    /// <summary>Null until the first round.</summary>
    public FeedPlace? Place => _place;

    /// <summary>A day as it is kept; null when the text is none.</summary>
    public static string? ReadWatermark(string text) => ReadDay(text) is { } day ? Text(day) : null;

    /// <summary>One round over all days from the last one on, less the overlap.</summary>
    /// <exception cref="DicomPeerException">The archive cannot be used now.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take the studies now.</exception>
    public async Task PollAsync(CancellationToken stop)
    {
        var newest = DateOnly.FromDateTime((time.GetUtcNow() + FarthestZone).UtcDateTime);
        newest = options.Until < newest ? options.Until.Value : newest;
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var known = await KnownAsync(stop);
        var first = (known ?? options.Since ?? today).AddDays(known is null && options.Since is not null ? 0 : -options.OverlapDays);
        await using var source = await open(stop);
        var studies = 0L;
        for (var day = first; day <= newest; day = day.AddDays(1))
        {
            // Whole before its series are asked for: an association carries one question at a time.
            foreach (var study in await source.StudiesAsync(day, stop).ToListAsync(stop))
            {
                await TakeAsync(source, study, stop);
                _place = new FeedPlace(known is { } last ? Text(last) : null, ++studies, PartOf(first, day, newest));
            }

            if (day <= today && !(day <= known))
            {
                await watermarks.SetAsync(feed, Part, Text(day), CancellationToken.None);
                known = day;
            }
        }

        _place = new FeedPlace(known is { } done ? Text(done) : null, null, null);
    }

    private async Task<DateOnly?> KnownAsync(CancellationToken stop)
    {
        if (await watermarks.WishAsync(feed, Part, stop) is { } wish)
        {
            await watermarks.GrantAsync(feed, Part, wish, CancellationToken.None);
        }

        return ReadDay(await watermarks.GetAsync(feed, Part, stop) ?? "");
    }

    private async Task TakeAsync(IStudySource source, DicomDataSet study, CancellationToken stop)
    {
        var uid = study.Text(DicomTag.StudyInstanceUid);
        if (uid.Length == 0)
        {
            throw new DicomPeerException("The archive answers with a study that has no Study Instance UID. Its operator has to look at it.");
        }

        Override(study);
        var facts = StudyAttributes.Pick(study, StudyAttributes.OfStudy);
        if (await source.PatientAsync(study, stop) is { } patient)
        {
            Override(patient);
            facts = StudyAttributes.Complete(facts, patient, StudyAttributes.OfStudy);
        }

        var attributes = Json(facts);
        var answer = HashOf(attributes, study);
        var stored = await ledger.FindAsync(StudyDocument.IdOf(feed, uid), stop);
        if (stored?.Study.Answer == answer)
        {
            return;
        }

        var (series, sample) = await SeriesAsync(source, uid, stop);
        if (sample is not null)
        {
            attributes = Json(StudyAttributes.Complete(facts, sample, StudyAttributes.OfStudy));
        }

        var message = StudyMessage.Of(feed, options.AssigningAuthority, attributes, series);
        if (await intake.AcceptAsync(message, CancellationToken.None) is IntakeResult.Refused refused)
        {
            throw new StoreUnavailableException(refused.Reason);
        }

        // Killed before this, the same message is made again and known again.
        var document = new StudyDocument
        {
            Feed = feed,
            StudyUid = uid,
            Attributes = attributes,
            Series = [.. series.Select(s => new StudySeries(s.Uid, s.Attributes, [.. s.SopClasses], ""))],
            Answer = answer,
        };
        await ledger.SaveAsync(document, stored?.Version ?? 0, [], [], CommitPriority.Processing, CancellationToken.None);
    }

    /// <returns>The series, and an instance of one of them with all its attributes; null: none was to be had.</returns>
    private async Task<(List<SeriesFacts> Series, DicomDataSet? Sample)> SeriesAsync(IStudySource source, string studyUid, CancellationToken stop)
    {
        var answers = await source.SeriesAsync(studyUid, stop).ToListAsync(stop);
        var series = new List<SeriesFacts>();
        DicomDataSet? ofStudy = null;
        foreach (var set in answers.DistinctBy(set => set.Text(DicomTag.SeriesInstanceUid)))
        {
            Override(set);
            var uid = set.Text(DicomTag.SeriesInstanceUid);
            var instances = int.TryParse(set.Text(DicomTag.NumberOfSeriesRelatedInstances), NumberStyles.None, CultureInfo.InvariantCulture, out var said)
                ? said
                : await source.CountAsync(studyUid, uid, stop);
            var attributes = StudyAttributes.Pick(set, StudyAttributes.OfSeries);
            if (await source.SampleAsync(studyUid, uid, stop) is { } sample)
            {
                Override(sample);
                attributes = StudyAttributes.Complete(attributes, sample, StudyAttributes.OfSeries);
                ofStudy ??= sample;
            }

            series.Add(new SeriesFacts(uid, Json(attributes), [], instances));
        }

        return (series, ofStudy);
    }

    private void Override(DicomDataSet set)
    {
        if (options.Charset is { } charset)
        {
            set.Override(charset);
        }
    }

    /// <summary>Changes when anything does that a message would tell, as far as it shows at the level of studies.</summary>
    private static string HashOf(string attributes, DicomDataSet study)
    {
        string[] counts = [study.Text(DicomTag.NumberOfStudyRelatedSeries), study.Text(DicomTag.NumberOfStudyRelatedInstances), study.Text(DicomTag.ModalitiesInStudy)];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{attributes}\n{string.Join('\n', counts)}")).AsSpan(0, 16));
    }

    private static double PartOf(DateOnly first, DateOnly day, DateOnly last) => (day.DayNumber - first.DayNumber) / (double)(last.DayNumber - first.DayNumber + 1);

    private static DateOnly? ReadDay(string text) =>
        DateOnly.TryParseExact(text, [DayFormat, "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static string Text(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    private static string Json(DicomDataSet set) => Encoding.UTF8.GetString(DicomJsonWriter.Write(set));
}
