using System.Globalization;
using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Parsing;
using Integration.Core.Intake;

namespace Integration.Adapters.Dicom.Studies;

/// <summary>
/// The message of a study: one data set with the attributes of patient and study, the counts that a query answers with (PS3.4 §C.6.2.1), and an item of
/// (0008,1115) for each series.
/// </summary>
internal static class StudyMessage
{
    /// <param name="attributes">Of patient and study, DICOM JSON.</param>
    public static InboundMessage Of(string feed, string authority, string attributes, IEnumerable<SeriesFacts> series)
    {
        var items = series.Select(ItemOf).OrderBy(s => s.Number).ThenBy(s => s.Uid, StringComparer.Ordinal).ToList();
        var study = Parsed(attributes);
        study.Add(Texts(DicomTag.ModalitiesInStudy, "CS", items.Select(s => s.Set.Text(DicomTag.Modality))));
        study.Add(Texts(DicomTag.SopClassesInStudy, "UI", items.SelectMany(s => s.Facts.SopClasses)));
        study.Add(new DicomElement(DicomTag.ReferencedSeriesSequence, DicomVr.Sq, default) { Items = [.. items.Select(s => s.Set)] });
        study.Add(Number(DicomTag.NumberOfStudyRelatedSeries, items.Count));
        study.Add(Number(DicomTag.NumberOfStudyRelatedInstances, items.Sum(s => s.Facts.Instances)));
        return DicomMessage.Of(feed, authority, DicomJsonWriter.Write(study));
    }

    private static (SeriesFacts Facts, DicomDataSet Set, int Number, string Uid) ItemOf(SeriesFacts facts)
    {
        var set = Parsed(facts.Attributes);
        set.Add(Number(DicomTag.NumberOfSeriesRelatedInstances, facts.Instances));
        var number = int.TryParse(set.Text(0x00200011), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var sent) ? sent : int.MaxValue;
        return (facts, set, number, facts.Uid);
    }

    private static DicomDataSet Parsed(string json) =>
        DicomJsonReader.Read(Encoding.UTF8.GetBytes(json), out var error) ?? throw new InvalidDataException($"Attributes that were kept cannot be read: {error}");

    private static DicomElement Number(uint tag, int number) => new(tag, DicomVr.Is, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    private static DicomElement Texts(uint tag, string vr, IEnumerable<string> values) => new(
        tag, DicomVr.Of(vr), Encoding.ASCII.GetBytes(string.Join('\\', values.Where(value => value.Length > 0).Distinct().Order(StringComparer.Ordinal))));
}

/// <summary>A series as its instances told it.</summary>
/// <param name="Attributes">DICOM JSON.</param>
/// <param name="Instances">How many there are.</param>
internal sealed record SeriesFacts(string Uid, string Attributes, IReadOnlyCollection<string> SopClasses, int Instances);
