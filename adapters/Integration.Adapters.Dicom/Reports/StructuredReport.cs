using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Studies;

namespace Integration.Adapters.Dicom.Reports;

/// <summary>
/// The message of a structured report (DICOM PS3.3 §C.17.3): what it says of patient and study, how far it is, and its content as text in (0040,A160), which the
/// root of a document has not itself.
/// </summary>
internal static class StructuredReport
{
    /// <summary>Longest text that is kept of a report, in characters.</summary>
    private const int MaxTextLength = 256 * 1024;

    /// <summary>Documents for people to read: basic text, enhanced, comprehensive, comprehensive 3D and extensible. Results of programs and protocols of devices are none.</summary>
    private static readonly HashSet<string> SopClasses =
        [.. new[] { "11", "22", "33", "34", "35" }.Select(last => $"1.2.840.10008.5.1.4.1.1.88.{last}")];

    private static readonly HashSet<uint> OfReport =
    [
        .. StudyAttributes.OfStudy, DicomTag.SopClassUid, DicomTag.SopInstanceUid, DicomTag.ContentDate, DicomTag.ContentTime, DicomTag.ConceptNameCodeSequence,
        DicomTag.VerifyingObserverSequence, DicomTag.CompletionFlag, DicomTag.VerificationFlag, DicomTag.PreliminaryFlag,
    ];

    /// <summary>By its SOP class.</summary>
    public static bool Is(DicomDataSet instance) => SopClasses.Contains(instance.Text(DicomTag.SopClassUid));

    /// <summary>The data set of the message, in UTF-8.</summary>
    /// <param name="issuer">Of the patient's id, where the report names none; null: none.</param>
    public static DicomDataSet Of(DicomDataSet report, string? issuer)
    {
        var text = new StringBuilder();
        Write(text, report, 0);
        var length = Math.Min(text.Length, MaxTextLength);
        var elements = new List<DicomElement> { new(DicomTag.TextValue, DicomVr.Of("UT"), Encoding.UTF8.GetBytes(text.ToString(0, length).TrimEnd())) };
        if (issuer is not null && report.Text(DicomTag.IssuerOfPatientId).Length == 0)
        {
            elements.Add(new(DicomTag.IssuerOfPatientId, DicomVr.Lo, Encoding.UTF8.GetBytes(issuer)));
        }

        return DicomUtf8.Join([.. elements, .. StudyAttributes.Pick(report, OfReport).InUtf8().Elements]);
    }

    /// <summary>A line for each item of the content, deeper ones further in. What only qualifies another item, and references to pictures, are left out.</summary>
    private static void Write(StringBuilder text, DicomDataSet parent, int depth)
    {
        foreach (var item in parent.Find(DicomTag.ContentSequence)?.Items ?? [])
        {
            if (item.Text(DicomTag.RelationshipType) is "HAS CONCEPT MOD" or "HAS OBS CONTEXT" or "HAS ACQ CONTEXT" || text.Length > MaxTextLength)
            {
                continue;
            }

            var (name, value) = (Meaning(item, DicomTag.ConceptNameCodeSequence), Value(item));
            var inner = depth;
            if (name.Length > 0 || value.Length > 0)
            {
                text.Append(' ', depth * 2).Append(name).Append(name.Length > 0 && value.Length > 0 ? ": " : "").AppendLine(value.ReplaceLineEndings(" ").Trim());
                inner++;
            }

            Write(text, item, inner);
        }
    }

    private static string Value(DicomDataSet item) => item.Text(DicomTag.ValueType) switch
    {
        "TEXT" => item.Text(DicomTag.TextValue),
        "CODE" => Meaning(item, DicomTag.ConceptCodeSequence),
        "NUM" => Measure(item),
        "PNAME" => DicomNames.Readable(item.Text(DicomTag.PersonName)),
        "DATE" => item.Text(DicomTag.Date),
        "TIME" => item.Text(DicomTag.Time),
        "DATETIME" => item.Text(DicomTag.DateTime),
        _ => "",
    };

    private static string Measure(DicomDataSet item) => First(item, DicomTag.MeasuredValueSequence) is { } measured
        ? $"{measured.Text(DicomTag.NumericValue)} {First(measured, DicomTag.MeasurementUnitsCodeSequence)?.Text(DicomTag.CodeValue)}".TrimEnd()
        : "";

    private static string Meaning(DicomDataSet item, uint sequence) => First(item, sequence)?.Text(DicomTag.CodeMeaning) ?? "";

    private static DicomDataSet? First(DicomDataSet item, uint sequence) => item.Find(sequence)?.Items is [var first, ..] ? first : null;
}
