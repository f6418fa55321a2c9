using System.Globalization;
using Integration.Core.Mapping.Dicom;

namespace Integration.Adapters.Dicom.DataSets;

/// <summary>The tags that the engine itself reads, and what follows from a tag alone. A tag is a number: group in the high half, element in the low one.</summary>
internal static class DicomTag
{
    public const uint TransferSyntaxUid = 0x00020010;
    public const uint SpecificCharacterSet = 0x00080005;
    public const uint SopClassUid = 0x00080016;
    public const uint SopInstanceUid = 0x00080018;
    public const uint ContentDate = 0x00080023;
    public const uint ContentTime = 0x00080033;
    public const uint Modality = 0x00080060;
    public const uint ModalitiesInStudy = 0x00080061;
    public const uint SopClassesInStudy = 0x00080062;
    public const uint RetrieveAeTitle = 0x00080054;
    public const uint CodeValue = 0x00080100;
    public const uint CodingSchemeDesignator = 0x00080102;
    public const uint CodeMeaning = 0x00080104;
    public const uint ReferencedSeriesSequence = 0x00081115;
    public const uint ReferencedImageSequence = 0x00081140;
    public const uint ReferencedSopClassUid = 0x00081150;
    public const uint ReferencedSopInstanceUid = 0x00081155;
    public const uint TransactionUid = 0x00081195;
    public const uint FailureReason = 0x00081197;
    public const uint FailedSopSequence = 0x00081198;
    public const uint ReferencedSopSequence = 0x00081199;
    public const uint PatientId = 0x00100020;
    public const uint IssuerOfPatientId = 0x00100021;
    public const uint StudyInstanceUid = 0x0020000D;
    public const uint SeriesInstanceUid = 0x0020000E;
    public const uint NumberOfStudyRelatedSeries = 0x00201206;
    public const uint NumberOfStudyRelatedInstances = 0x00201208;
    public const uint NumberOfSeriesRelatedInstances = 0x00201209;
    public const uint ReferencedNonImageCompositeSopInstanceSequence = 0x00400220;
    public const uint ScheduledProcedureStepStartDate = 0x00400002;
    public const uint ScheduledProcedureStepId = 0x00400009;
    public const uint ScheduledProcedureStepSequence = 0x00400100;
    public const uint PerformedProcedureStepStatus = 0x00400252;
    public const uint PerformedSeriesSequence = 0x00400340;
    public const uint MeasurementUnitsCodeSequence = 0x004008EA;
    public const uint RelationshipType = 0x0040A010;
    public const uint ValueType = 0x0040A040;
    public const uint ConceptNameCodeSequence = 0x0040A043;
    public const uint VerifyingObserverSequence = 0x0040A073;
    public const uint DateTime = 0x0040A120;
    public const uint Date = 0x0040A121;
    public const uint Time = 0x0040A122;
    public const uint PersonName = 0x0040A123;
    public const uint TextValue = 0x0040A160;
    public const uint ConceptCodeSequence = 0x0040A168;
    public const uint MeasuredValueSequence = 0x0040A300;
    public const uint NumericValue = 0x0040A30A;
    public const uint CurrentRequestedProcedureEvidenceSequence = 0x0040A375;
    public const uint CompletionFlag = 0x0040A491;
    public const uint VerificationFlag = 0x0040A493;
    public const uint PreliminaryFlag = 0x0040A496;
    public const uint ContentSequence = 0x0040A730;
    public const uint PixelData = 0x7FE00010;
    public const uint Item = 0xFFFEE000;
    public const uint ItemDelimitation = 0xFFFEE00D;
    public const uint SequenceDelimitation = 0xFFFEE0DD;

    /// <summary>Of an odd group: its meaning is the manufacturer's (PS3.5 §7.8).</summary>
    public static bool IsPrivate(uint tag) => (tag & 0x10000) != 0;

    /// <summary>The value representation in implicit VR, where the bytes do not say it (PS3.5 §7.1.3, §7.8.1).</summary>
    public static DicomVr ImplicitVr(uint tag)
    {
        var element = tag & 0xFFFF;
        return element == 0 ? DicomVr.Ul
            : IsPrivate(tag) ? element is >= 0x10 and <= 0xFF ? DicomVr.Lo : DicomVr.Un
            : DicomTags.Find(tag) is { } entry ? DicomVr.Of(entry.Vr)
            : DicomVr.Un;
    }

    /// <summary><c>(0010,0020)</c>.</summary>
    public static string Show(uint tag) => string.Create(CultureInfo.InvariantCulture, $"({tag >> 16:X4},{tag & 0xFFFF:X4})");
}
