using Integration.Adapters.Dicom.DataSets;

namespace Integration.Adapters.Dicom.Network;

/// <summary>What a feed serves to those that associate with it, beside C-ECHO. Safe for many threads.</summary>
internal interface IDimseService
{
    /// <summary>Whether an operation (<see cref="DimseCommand.Field"/>) of a SOP class is served; of field 0, whether any is.</summary>
    bool Serves(string sopClassUid, ushort field);

    /// <summary>Does what is asked; returns when that is durable.</summary>
    ValueTask<DimseAnswer> AnswerAsync(DimseRequest request, CancellationToken cancellationToken);

    /// <summary>A report of <see cref="DimseAnswer.Report"/> was not taken by the time the association ended.</summary>
    void NotTaken(DimseReport report, string caller)
    {
    }
}

/// <summary>One request of a caller.</summary>
/// <param name="Caller">AE title, already known to be allowed.</param>
/// <param name="DataSet">Without pixels; null: the request has none.</param>
internal sealed record DimseRequest(DimseCommand Command, string Caller, DicomDataSet? DataSet);

/// <summary>How a request ended.</summary>
/// <param name="SopInstanceUid">The instance, where the request left it open; null: that of the request.</param>
/// <param name="Report">What the caller is to be told behind the answer, over the same association; null: nothing.</param>
internal readonly record struct DimseAnswer(DimseStatus Status, string? SopInstanceUid = null, DimseReport? Report = null)
{
    public static implicit operator DimseAnswer(DimseStatus status) => new(status);
}

/// <summary>N-EVENT-REPORT, PS3.7 §10.1.1.</summary>
/// <param name="EventType">As the service defines it.</param>
internal sealed record DimseReport(string SopClassUid, string SopInstanceUid, ushort EventType, DicomDataSet DataSet);
