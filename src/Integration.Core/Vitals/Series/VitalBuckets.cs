namespace Integration.Core.Vitals.Series;

/// <summary>A document of <c>vitalHours</c>: every reading of one vital sign of one person within one hour.</summary>
/// <param name="Id">See <see cref="IdOf"/>.</param>
/// <param name="Points">Oldest first.</param>
public sealed record VitalHourDocument(string Id, IReadOnlyList<VitalPoint> Points)
{
    /// <summary><c>PATIENT/LOINC/2026030108</c>, the hour in UTC.</summary>
    public static string IdOf(string patientId, string loinc, DateTimeOffset time) => $"{patientId}/{loinc}/{time.UtcDateTime:yyyyMMddHH}";

    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>One reading.</summary>
/// <param name="T">When it was measured (UTC).</param>
/// <param name="V">In the unit that the record keeps the sign in.</param>
/// <param name="K">See <see cref="VitalReading.Key"/>.</param>
/// <param name="O">What was sent, where it was converted; null else.</param>
/// <param name="U">Unit of that.</param>
public sealed record VitalPoint(DateTimeOffset T, decimal V, string K, decimal? O, string? U);

/// <summary>A document of <c>vitalDays</c>: what the hours of one day come to, so that a year is read without its minutes.</summary>
/// <param name="Id">See <see cref="IdOf"/>.</param>
/// <param name="Hours">Those with readings, in order.</param>
public sealed record VitalDayDocument(string Id, IReadOnlyList<VitalHour> Hours)
{
    /// <summary><c>PATIENT/LOINC/20260301</c>, the day in UTC.</summary>
    public static string IdOf(string patientId, string loinc, DateTimeOffset time) => $"{patientId}/{loinc}/{time.UtcDateTime:yyyyMMdd}";

    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>What the readings of an hour come to.</summary>
/// <param name="H">Hour of the day in UTC, 0 to 23.</param>
/// <param name="N">How many.</param>
/// <param name="Last">The newest value.</param>
public sealed record VitalHour(int H, int N, decimal Min, decimal Max, decimal Sum, decimal Last);
