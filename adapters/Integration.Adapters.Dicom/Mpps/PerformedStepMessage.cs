using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;

namespace Integration.Adapters.Dicom.Mpps;

/// <summary>The message of a performed procedure step: one data set with all that was told of it, without the pictures that it lists.</summary>
internal static class PerformedStepMessage
{
    /// <summary>Of a step that was created.</summary>
    /// <param name="issuer">Of the patient's id, where the step names none; null: none.</param>
    /// <returns>Its texts are in UTF-8.</returns>
    public static DicomDataSet Begin(string uid, DicomDataSet told, string? issuer)
    {
        var given = new List<DicomElement> { Text(DicomTag.SopClassUid, DicomVr.Ui, PerformedStepService.SopClassUid), Text(DicomTag.SopInstanceUid, DicomVr.Ui, uid) };
        if (issuer is not null && told.Text(DicomTag.IssuerOfPatientId).Length == 0)
        {
            given.Add(Text(DicomTag.IssuerOfPatientId, DicomVr.Lo, issuer));
        }

        return DicomUtf8.Join([.. given, .. Kept(told).Elements]);
    }

    /// <summary>Of a step that was set: an attribute that is told replaces the one before, a sequence as a whole (PS3.7 §10.1.3).</summary>
    /// <param name="before">What was told so far, DICOM JSON.</param>
    public static DicomDataSet Continue(string before, DicomDataSet told)
    {
        var known = DicomJsonReader.Read(Encoding.UTF8.GetBytes(before), out var error) ?? throw new InvalidDataException($"A step that was kept cannot be read: {error}");
        return DicomUtf8.Join([.. Kept(told).Elements, .. known.Elements]);
    }

    /// <summary>What is told, without what only programs of one manufacturer read, and without the lists of pictures; its texts in UTF-8.</summary>
    private static DicomDataSet Kept(DicomDataSet told)
    {
        var kept = new DicomDataSet(told.IsBigEndian, null) { Charset = told.Charset };
        foreach (var element in told.Elements.Where(e => !e.IsSkipped && !e.Vr.IsBulk && !DicomTag.IsPrivate(e.Tag) && e.Tag != DicomTag.SpecificCharacterSet))
        {
            kept.Add(element.Tag == DicomTag.PerformedSeriesSequence && element.Items is { } series ? element with { Items = [.. series.Select(WithoutPictures)] } : element);
        }

        return kept.InUtf8();
    }

    private static DicomDataSet WithoutPictures(DicomDataSet series)
    {
        var kept = new DicomDataSet(series.IsBigEndian, null) { Charset = series.Charset };
        foreach (var element in series.Elements.Where(e => e.Tag is not (DicomTag.ReferencedImageSequence or DicomTag.ReferencedNonImageCompositeSopInstanceSequence)))
        {
            kept.Add(element);
        }

        return kept;
    }

    private static DicomElement Text(uint tag, DicomVr vr, string value) => new(tag, vr, Encoding.UTF8.GetBytes(value));
}
