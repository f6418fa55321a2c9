using System.Security.Cryptography;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Mpps;
using Integration.Adapters.Dicom.Reports;
using Integration.Core.Intake;

namespace Integration.Adapters.Dicom.Parsing;

/// <summary>What intake needs to know of a data set.</summary>
internal static class DicomMessage
{
    /// <summary>Message type of a study, see <see cref="Studies.StudyMessage"/>.</summary>
    public const string StudyType = "DICOM_STUDY";

    /// <summary>Message type of a performed procedure step, see <see cref="PerformedStepMessage"/>.</summary>
    public const string PerformedStepType = "DICOM_MPPS";

    /// <summary>Message type of a structured report, see <see cref="StructuredReport"/>.</summary>
    public const string ReportType = "DICOM_SR";

    /// <summary>Message type of an entry of a worklist: a step that is scheduled, with its request and patient (PS3.4 §K.6.1.2.2).</summary>
    public const string WorklistType = "DICOM_WORKLIST";

    private const int HashHexDigits = 16;

    /// <param name="raw">DICOM JSON.</param>
    public static InboundMessage Of(string feed, string authority, ReadOnlyMemory<byte> raw)
    {
        if (DicomJsonReader.Read(raw, out var error) is not { } set)
        {
            return new InboundMessage(feed, DicomParser.FormatName, raw) { HeaderIssues = [DicomParser.NotDicom(error!)] };
        }

        var type = TypeOf(set);
        var uid = set.Text(type is StudyType or WorklistType ? DicomTag.StudyInstanceUid : DicomTag.SopInstanceUid);
        var issuer = set.Text(DicomTag.IssuerOfPatientId);
        return new InboundMessage(feed, DicomParser.FormatName, raw)
        {
            MessageType = type,
            ControlId = $"{uid}/{Convert.ToHexStringLower(SHA256.HashData(raw.Span))[..HashHexDigits]}",
            Sender = authority,
            PatientKey = set.Text(DicomTag.PatientId) is { Length: > 0 } id ? $"urn:authority:{(issuer.Length > 0 ? issuer : authority)}|{id}" : "",
        };
    }

    /// <summary>A study has no SOP class of its own.</summary>
    public static string TypeOf(DicomDataSet set) =>
        set.Text(DicomTag.SopClassUid) == PerformedStepService.SopClassUid ? PerformedStepType : StructuredReport.Is(set) ? ReportType
        : set.Find(DicomTag.ScheduledProcedureStepSequence) is not null ? WorklistType : StudyType;
}
