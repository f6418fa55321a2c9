namespace Integration.Core.Vitals.Limits;

/// <summary>When a vital sign is out of limits, and when it is back. Values in the unit that the record keeps the sign in.</summary>
/// <param name="Low">Out at this value and below; null: no lower limit.</param>
/// <param name="High">Out at this value and above; null: no upper limit.</param>
/// <param name="Margin">How far inside the limit a value must be to count as back: a value that swings about the limit is out once.</param>
/// <param name="Breach">How long it must be out before that is told.</param>
/// <param name="Recovery">How long it must be back before that is told.</param>
public sealed record VitalLimit(decimal? Low, decimal? High, decimal Margin, Persistence Breach, Persistence Recovery);

/// <summary>How long something must last; both must hold.</summary>
/// <param name="Readings">Readings in a row, from 1.</param>
/// <param name="Minutes">From the first of them to the last.</param>
public sealed record Persistence(int Readings, int Minutes);
