using System.Collections.Frozen;

namespace Integration.Core.Vitals;

/// <summary>What became of a value's unit.</summary>
public enum UnitOutcome
{
    /// <summary>It is in the unit that the record keeps, digit by digit as sent.</summary>
    Kept,

    /// <summary>It was converted.</summary>
    Converted,

    /// <summary>The unit is not known; value and unit are as sent.</summary>
    Unknown,

    /// <summary>Nothing of this kind is measured in that unit; value and unit are as sent.</summary>
    Impossible,
}

/// <summary>A value as the record keeps it.</summary>
/// <param name="Value">In <paramref name="Unit"/>.</param>
/// <param name="Unit">UCUM code; as sent where it could not be used.</param>
public readonly record struct NormalisedValue(decimal Value, string Unit, UnitOutcome Outcome)
{
    /// <summary>It can be compared with limits and with other values of its kind.</summary>
    public bool IsComparable => Outcome is UnitOutcome.Kept or UnitOutcome.Converted;
}

/// <summary>
/// Brings values to one unit for each vital sign. A small table of UCUM (version 2.1): the units that monitors, meters and scales are built with,
/// each with the ways in which devices write it. Pure.
/// </summary>
public static class VitalUnits
{
    private const string Amount = "amount";
    private const string MassConcentration = "mass concentration";

    // Factor to the first unit of a dimension, and what is added to it afterwards.
    private static readonly Unit[] Units =
    [
        new("mm[Hg]", "pressure", 1m, 0, "mmhg", "mm hg", "torr", "毫米汞柱"),
        new("kPa", "pressure", 7.50061683m, 0, "kpa", "千帕"),
        new("Pa", "pressure", 0.00750061683m, 0, "pa"),
        new("cm[H2O]", "pressure", 0.735559121m, 0, "cmh2o"),
        new("Cel", "temperature", 1m, 0, "°c", "℃", "degc", "c", "摄氏度"),
        new("[degF]", "temperature", 5m / 9m, -160m / 9m, "°f", "℉", "degf", "f"),
        new("K", "temperature", 1m, -273.15m, "kelvin"),
        new("kg", "mass", 1m, 0, "公斤", "千克"),
        new("g", "mass", 0.001m, 0),
        new("[lb_av]", "mass", 0.45359237m, 0, "lb", "lbs"),
        new("[oz_av]", "mass", 0.028349523125m, 0, "oz"),
        new("/min", "frequency", 1m, 0, "1/min", "bpm", "{beats}/min", "{breaths}/min", "beats/min", "breaths/min", "/minute", "次/分"),
        new("/s", "frequency", 60m, 0, "1/s", "hz"),
        new("%", "fraction", 1m, 0, "percent"),
        new("cm", "length", 1m, 0, "厘米"),
        new("m", "length", 100m, 0),
        new("mm", "length", 0.1m, 0),
        new("[in_i]", "length", 2.54m, 0, "in", "inch"),
        new("[ft_i]", "length", 30.48m, 0, "ft"),
        new("mmol/L", Amount, 1m, 0, "mmol/l"),
        new("umol/L", Amount, 0.001m, 0, "umol/l", "µmol/l", "μmol/l"),
        new("mol/L", Amount, 1000m, 0, "mol/l"),
        new("mg/dL", MassConcentration, 0.01m, 0, "mg/dl", "mg%"),
        new("g/L", MassConcentration, 1m, 0, "g/l"),
        new("mg/L", MassConcentration, 0.001m, 0, "mg/l"),
        new("g/dL", MassConcentration, 10m, 0, "g/dl"),
    ];

    // UCUM codes by case first: m and M differ. The ways of writing follow whatever their case.
    private static readonly FrozenDictionary<string, Unit> ByCode = Units.ToFrozenDictionary(unit => unit.Code, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Unit> ByWriting = Units
        .SelectMany(unit => unit.Writings.Append(unit.Code.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Select(writing => KeyValuePair.Create(writing, unit)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The value in the unit that the record keeps the sign in.</summary>
    /// <param name="unit">As sent; empty or null: it is taken to be in the usual unit.</param>
    public static NormalisedValue Normalise(VitalSign sign, decimal value, string? unit)
    {
        var target = ByCode[sign.Unit];
        if (string.IsNullOrWhiteSpace(unit))
        {
            return new NormalisedValue(value, sign.Unit, UnitOutcome.Kept);
        }

        if (Find(unit) is not { } sent)
        {
            return new NormalisedValue(value, unit, UnitOutcome.Unknown);
        }

        if (sent == target)
        {
            return new NormalisedValue(value, sign.Unit, UnitOutcome.Kept);
        }

        return InUnit(sign, value, sent, target) is { } converted
            ? new NormalisedValue(Round(converted, sign.Decimals), sign.Unit, UnitOutcome.Converted)
            : new NormalisedValue(value, sent.Code, UnitOutcome.Impossible);
    }

    /// <summary>The UCUM code of a unit as it was sent; null for one that is not in the table.</summary>
    public static string? CodeOf(string? unit) => unit is not null && Find(unit) is { } known ? known.Code : null;

    private static Unit? Find(string unit) =>
        ByCode.TryGetValue(unit.Trim(), out var exact) ? exact : ByWriting.TryGetValue(unit.Trim().ToLowerInvariant(), out var written) ? written : null;

    private static decimal? InUnit(VitalSign sign, decimal value, Unit from, Unit to)
    {
        var inFirst = (value * from.Factor) + from.Offset;
        if (from.Dimension == MassConcentration && to.Dimension == Amount && sign.MolarMass is { } mass)
        {
            inFirst = inFirst * 1000m / mass;   // g/L to mmol/L
        }
        else if (from.Dimension != to.Dimension)
        {
            return null;
        }

        return (inFirst - to.Offset) / to.Factor;
    }

    // 36.0, not 36: the digits say how exactly it is known. A zero factor of scale is added where the division left none.
    private static decimal Round(decimal value, int decimals) => Math.Round(value, decimals, MidpointRounding.AwayFromZero) + new decimal(0, 0, 0, false, (byte)decimals);

    /// <param name="Code">UCUM code.</param>
    /// <param name="Writings">Other ways in which it is written, small letters.</param>
    private sealed record Unit(string Code, string Dimension, decimal Factor, decimal Offset, params IReadOnlyList<string> Writings);
}
