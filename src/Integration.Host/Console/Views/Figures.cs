using System.Globalization;

namespace Integration.Host.Console.Views;

/// <summary>Numbers as the console shows them, alike in both languages.</summary>
internal static class Figures
{
    /// <summary>1234567 as <c>1,234,567</c>.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>0.05 as <c>0.05</c>, 12.34 as <c>12.3</c>, 1234.5 as <c>1,235</c>.</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        0 => "0",
        < 1 => perSecond.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => perSecond.ToString("0.0", CultureInfo.InvariantCulture),
        _ => perSecond.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>Bytes in the unit that reads best, of 1,024 each.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        while (Math.Abs(value) >= 1024 && unit < units.Length - 1)
        {
            (value, unit) = (value / 1024, unit + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }

    /// <summary>Microseconds in the unit that reads best.</summary>
    public static string Duration(long microseconds) => microseconds switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds} µs"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000.0:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000.0:0.0} s"),
    };

    /// <summary>A coordinate of an SVG drawing.</summary>
    public static string Svg(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
