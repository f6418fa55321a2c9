using System.Globalization;
using System.Numerics;
using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Listening;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Parsing;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Mpps;

/// <summary>
/// Modality Performed Procedure Step, DICOM PS3.4 §F.7: a device creates a step when an examination begins and sets it as it goes on, until it is completed or
/// discontinued. Each time a message with all that was told so far goes to intake, and then the step is written: a crash in between makes the same message again.
/// </summary>
/// <param name="authority">Issuer of patient ids, where neither the step nor <paramref name="authorities"/> says one.</param>
/// <param name="authorities">By AE title.</param>
internal sealed class PerformedStepService(
    string feed, string authority, IReadOnlyDictionary<string, string> authorities, SenderCharsets charsets, PerformedStepLedger ledger, IMessageIntake intake, ILogger logger)
    : IDimseService
{
    /// <summary>Modality Performed Procedure Step SOP Class.</summary>
    public const string SopClassUid = "1.2.840.10008.3.1.2.3.3";

    private const string InProgress = "IN PROGRESS";

    private static readonly string[] Ends = ["COMPLETED", "DISCONTINUED"];

    public bool Serves(string sopClassUid, ushort field) => sopClassUid == SopClassUid && field is 0 or DimseCommand.CreateRequest or DimseCommand.SetRequest;

    public async ValueTask<DimseAnswer> AnswerAsync(DimseRequest request, CancellationToken cancellationToken)
    {
        if (request.DataSet is not { } told)
        {
            return DimseStatus.Missing(DicomTag.PerformedProcedureStepStatus);
        }

        charsets.Settle(told, request.Caller);
        try
        {
            return request.Command.Field == DimseCommand.CreateRequest
                ? await CreateAsync(request, told, cancellationToken)
                : await SetAsync(request.Command.SopInstanceUid, told, cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            DicomLog.StoreAway(logger, feed, exception.Message);
            return DimseStatus.ProcessingFailure;
        }
    }

    private async Task<DimseAnswer> CreateAsync(DimseRequest request, DicomDataSet told, CancellationToken cancellationToken)
    {
        if (told.Text(DicomTag.PerformedProcedureStepStatus) is not InProgress and var state)
        {
            return state.Length == 0 ? DimseStatus.Missing(DicomTag.PerformedProcedureStepStatus) : DimseStatus.Invalid(DicomTag.PerformedProcedureStepStatus);
        }

        var uid = request.Command.SopInstanceUid is { Length: > 0 } given ? given : NewUid();
        if (await ledger.FindAsync(feed, uid, cancellationToken) is not null)
        {
            return DimseStatus.DuplicateInstance;
        }

        var step = PerformedStepMessage.Begin(uid, told, authorities.GetValueOrDefault(request.Caller));
        return await KeepAsync(uid, step, 0, hasEnded: false, cancellationToken) ? new DimseAnswer(DimseStatus.Success, uid) : DimseStatus.DuplicateInstance;
    }

    private async Task<DimseAnswer> SetAsync(string uid, DicomDataSet told, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await ledger.FindAsync(feed, uid, cancellationToken) is not { } known)
            {
                return DimseStatus.NoSuchInstance;
            }

            if (known.Step.HasEnded)
            {
                return DimseStatus.StepHasEnded;
            }

            var step = PerformedStepMessage.Continue(known.Step.Attributes, told);
            var state = step.Text(DicomTag.PerformedProcedureStepStatus);
            if (state != InProgress && !Ends.Contains(state))
            {
                return DimseStatus.Invalid(DicomTag.PerformedProcedureStepStatus);
            }

            if (await KeepAsync(uid, step, known.Version, Ends.Contains(state), cancellationToken))
            {
                return DimseStatus.Success;
            }
        }
    }

    /// <returns>False: somebody else changed the step meanwhile.</returns>
    private async Task<bool> KeepAsync(string uid, DicomDataSet step, long version, bool hasEnded, CancellationToken cancellationToken)
    {
        var attributes = DicomJsonWriter.Write(step);
        if (await intake.AcceptAsync(DicomMessage.Of(feed, authority, attributes), cancellationToken) is IntakeResult.Refused refused)
        {
            throw new StoreUnavailableException(refused.Reason);
        }

        var document = new PerformedStepDocument { Feed = feed, StepUid = uid, Attributes = hasEnded ? "" : Encoding.UTF8.GetString(attributes), HasEnded = hasEnded };
        return await ledger.SaveAsync(document, version, cancellationToken);
    }

    /// <summary>A UID made of a UUID, PS3.5 §B.2.</summary>
    private static string NewUid() => string.Create(CultureInfo.InvariantCulture, $"2.25.{new BigInteger(Guid.NewGuid().ToByteArray(bigEndian: true), isUnsigned: true, isBigEndian: true)}");
}
