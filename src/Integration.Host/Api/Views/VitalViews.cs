using Integration.Core.Vitals;
using Integration.Core.Vitals.Limits;
using Integration.Core.Vitals.Series;

namespace Integration.Host.Api.Views;

/// <summary>A vital sign over time.</summary>
/// <param name="Code">LOINC code.</param>
/// <param name="Unit">UCUM code; all values are in it.</param>
/// <param name="Every">Length of a bucket; null: reading by reading.</param>
/// <param name="Items">Oldest first; times without a reading have none.</param>
internal sealed record VitalSeriesView(string PatientId, string Code, string Title, string Unit, string? Every, IReadOnlyList<VitalPointView> Items);

/// <summary>One reading, or one bucket of them.</summary>
/// <param name="Time">When it was measured, or where the bucket begins.</param>
/// <param name="Value">The newest value in it.</param>
internal sealed record VitalPointView(DateTimeOffset Time, decimal Value, int Count, decimal Min, decimal Max, decimal Mean)
{
    public static VitalPointView Of(SeriesPoint point, VitalSign sign) =>
        new(point.Time, point.Last, point.Count, point.Min, point.Max, Math.Round(point.Mean, sign.Decimals + 1, MidpointRounding.AwayFromZero));
}

/// <summary>Limits to be set.</summary>
/// <param name="Limits">All of the patient's own; a sign that is not listed has the limits for everybody.</param>
/// <param name="Reason">Why, for the audit; required, at most 500 characters.</param>
internal sealed record VitalLimitsRequest(IReadOnlyList<VitalLimitView>? Limits, string? Reason);

/// <summary>The limits of a patient's own.</summary>
/// <param name="By">Who set them; null: there are none.</param>
/// <param name="Out">What is out of limits now.</param>
internal sealed record VitalLimitsView(string PatientId, IReadOnlyList<VitalLimitView> Limits, string? By, DateTimeOffset? At, IReadOnlyList<OutOfLimitsView> Out);

/// <summary>One limit.</summary>
/// <param name="Code">LOINC code; a name is taken too.</param>
/// <param name="Low">Out at this value and below; neither low nor high: never out.</param>
/// <param name="High">Out at this value and above.</param>
/// <param name="Margin">How far inside the limit a value counts as back.</param>
/// <param name="Breach">How long it must be out before that is told; null: at once.</param>
/// <param name="Recovery">How long it must be back before that is told; null: at once.</param>
internal sealed record VitalLimitView(string? Code, decimal? Low, decimal? High, decimal? Margin, Persistence? Breach, Persistence? Recovery);

/// <summary>A vital sign that is out of limits.</summary>
/// <param name="Side">high or low.</param>
internal sealed record OutOfLimitsView(string Code, string Side, DateTimeOffset Since);
