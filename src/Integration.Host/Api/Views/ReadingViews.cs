using Integration.Adapters.Device;

namespace Integration.Host.Api.Views;

/// <summary>One reading, as gateways post it.</summary>
/// <param name="Device">Id of the device: ASCII letters and digits, and - . _ :</param>
/// <param name="Code">LOINC code, or a name such as hr, spo2, bp.</param>
/// <param name="Time">With offset; without one it is of the feed's time zone.</param>
/// <param name="Value">A number; may be missing where there are components.</param>
/// <param name="Unit">UCUM; missing: the usual unit of the code.</param>
/// <param name="Patient">Number of the patient; missing: the binding of the device decides.</param>
/// <param name="Id">Its id at the gateway; missing: device, code and time tell it from others.</param>
/// <param name="Components">Parts of what is measured at once: systolic and diastolic.</param>
internal sealed record ReadingRequest(
    string Device, string Code, string Time, decimal? Value, string? Unit, string? Patient, string? Id, IReadOnlyList<ReadingComponentRequest>? Components);

/// <summary>One part of a reading.</summary>
internal sealed record ReadingComponentRequest(string Code, decimal Value, string? Unit);

/// <summary>What became of readings that were posted.</summary>
/// <param name="Accepted">Durable now, or since they were posted before.</param>
/// <param name="Rejected">Left out; `errors` says why.</param>
/// <param name="Readings">The accepted ones with the id of their message.</param>
internal sealed record ReadingsView(int Accepted, int Rejected, IReadOnlyList<AcceptedReading> Readings, IReadOnlyList<ReadingError> Errors)
{
    public static ReadingsView Of(ReadingsAnswer answer) =>
        new(answer.Accepted.Count, answer.Errors.Select(error => error.Index).Distinct().Count(), answer.Accepted, answer.Errors);
}
