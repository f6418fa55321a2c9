using System.Globalization;

namespace Integration.HospitalDay;

/// <summary>A laboratory order on its way through the day.</summary>
/// <param name="Placer">ORC-2.</param>
/// <param name="Filler">ORC-3, given by the laboratory.</param>
internal sealed record LabOrder(Visit Visit, LabPanel Panel, string Placer, string Filler, DateTime Placed);

/// <summary>OBR, OBX and NTE of a laboratory report. HL7 v2.5.1 chapter 7.</summary>
internal static class ResultSegments
{
    public static string Panel(LabPanel p) => $"{p.Code}^{p.Name}^LIS-PANEL";

    public static string Request(LabOrder o, DateTime collected, DateTime reported, char status) => Hl7Line.Of("OBR",
        (1, "1"), (2, $"{o.Placer}^HIS"), (3, $"{o.Filler}^LIS"), (4, Panel(o.Panel)), (7, Hl7Line.Time(collected)),
        (14, Hl7Line.Time(collected.AddMinutes(9))), (15, o.Panel.Specimen.Split('^')[0]), (16, o.Visit.Department.Doctor),
        (22, Hl7Line.Time(reported)), (24, "LAB"), (25, $"{status}"), (32, "L2207&梅&若兰"));

    public static string Specimen(LabPanel p, DateTime collected) =>
        Hl7Line.Of("SPM", (1, "1"), (4, p.Specimen), (17, Hl7Line.Time(collected)));

    public static string Note(int number, string text) => Hl7Line.Of("NTE", (1, $"{number}"), (2, "L"), (3, Hl7Line.Escape(text)));

    /// <summary>One result.</summary>
    /// <param name="value">
    /// As a person would write it: <c>12.5</c> becomes NM, <c>&lt;0.01</c> SN, <c>B^B型</c> CE, anything else ST;
    /// a leading apostrophe makes it ST whatever it looks like.
    /// </param>
    public static string Observation(int number, LabTest test, string value, DateTime collected, char status)
    {
        var (type, text) = TypeOf(value);
        var loinc = test.Loinc.Length == 0 ? "" : $"^{test.Loinc}^LN";
        return Hl7Line.Of("OBX",
            (1, $"{number}"), (2, type), (3, $"{test.Code}^{Hl7Line.Escape(test.Name)}^LIS{loinc}"), (5, text), (6, Hl7Line.Escape(test.Unit)),
            (7, Range(test)), (8, Flag(test, value)), (11, $"{status}"), (14, Hl7Line.Time(collected)), (16, "L2211^钟^毓秀^^^^^^LIS"));
    }

    /// <summary>A result within the reference range.</summary>
    public static string Healthy(LabTest test, Dice dice)
    {
        if (test.Normal.Length > 0)
        {
            return test.Normal;
        }

        var span = test.High - test.Low;
        return Number(test.Low + (span / 5) + dice.Next(Math.Max(1, span * 3 / 5)), test.Decimals);
    }

    private static (string Type, string Text) TypeOf(string value) => value switch
    {
        ['\'', .. var text] => ("ST", Hl7Line.Escape(text)),
        ['<' or '>', .. var number] => ("SN", $"{value[0]}^{number}"),
        _ when decimal.TryParse(value, CultureInfo.InvariantCulture, out _) => ("NM", value),
        _ when value.Contains('^', StringComparison.Ordinal) => ("CE", value),
        _ => ("ST", Hl7Line.Escape(value)),
    };

    private static string Range(LabTest test) => test.Normal.Length > 0
        ? test.Normal.StartsWith("阴性", StringComparison.Ordinal) ? "阴性" : ""
        : test.Low == 0 ? $"<{Limit(test.High, test.Decimals)}" : $"{Limit(test.Low, test.Decimals)}-{Limit(test.High, test.Decimals)}";

    // HL7 table 0078. A number counts by its amount, also behind a comparator or as text; other text is abnormal when it is not the normal one.
    private static string Flag(LabTest test, string value)
    {
        if (test.Normal.Length > 0)
        {
            return test.Normal == value || value.Contains('^', StringComparison.Ordinal) ? "" : "A";
        }

        var scaled = decimal.Parse(value.TrimStart('\'', '<', '>'), CultureInfo.InvariantCulture) * (decimal)Math.Pow(10, test.Decimals);
        return scaled switch
        {
            _ when test.PanicHigh > 0 && scaled > test.PanicHigh => "HH",
            _ when scaled < test.PanicLow => "LL",
            _ when scaled > test.High => "H",
            _ when scaled < test.Low => "L",
            _ => "N",
        };
    }

    private static string Limit(int scaled, int decimals) =>
        ((decimal)scaled / (decimal)Math.Pow(10, decimals)).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Number(int scaled, int decimals) =>
        ((decimal)scaled / (decimal)Math.Pow(10, decimals)).ToString("F" + decimals, CultureInfo.InvariantCulture);
}
