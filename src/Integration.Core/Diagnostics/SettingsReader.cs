using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Diagnostics;

/// <summary>Reads typed settings of one section; what cannot be read is reported and gives the usual value. Not for several threads.</summary>
/// <param name="section">Where.</param>
/// <param name="problems">Every problem is added here, with the key's full path.</param>
public sealed class SettingsReader(IConfigurationSection section, List<ConfigurationProblem> problems)
{
    /// <summary>The reader of a section inside this one.</summary>
    public SettingsReader Inner(string key) => new(section.GetSection(key), problems);

    /// <summary>Reports every key that is not among these.</summary>
    public void AllowOnly(params IReadOnlyCollection<string> keys)
    {
        foreach (var child in section.GetChildren().Where(c => !keys.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            Report(child.Key, "There is no such setting.", $"There are {string.Join(", ", keys)}.");
        }
    }

    /// <summary>The text, trimmed; null when it is absent or blank.</summary>
    public string? Text(string key) => section[key]?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>A list of texts: an array, or one text with commas.</summary>
    public IReadOnlyList<string> Texts(string key) => Text(key) is { } joined
        ? joined.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : [.. section.GetSection(key).GetChildren().Select(c => c.Value?.Trim()).OfType<string>().Where(text => text.Length > 0)];

    public bool Flag(string key, bool usual)
    {
        if (Text(key) is not { } text)
        {
            return usual;
        }

        if (bool.TryParse(text, out var flag))
        {
            return flag;
        }

        Report(key, "It must be true or false.", $"The default is {(usual ? "true" : "false")}.");
        return usual;
    }

    public int Number(string key, int lowest, int highest, int usual)
    {
        if (Text(key) is not { } text)
        {
            return usual;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest)
        {
            return number;
        }

        Report(key, $"It must be a whole number from {lowest} to {highest}.", $"The default is {usual}.");
        return usual;
    }

    /// <summary>A number from 0 to 1.</summary>
    public double Part(string key, double usual)
    {
        if (Text(key) is not { } text)
        {
            return usual;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part) && part is >= 0 and <= 1)
        {
            return part;
        }

        Report(key, "It must be a number from 0 to 1.", string.Create(CultureInfo.InvariantCulture, $"The default is {usual}."));
        return usual;
    }

    /// <summary>A time span as <c>[days.]hours:minutes:seconds</c>. A bare number is refused: it would be taken for days.</summary>
    public TimeSpan Time(string key, TimeSpan lowest, TimeSpan highest, TimeSpan usual)
    {
        if (Text(key) is not { } text)
        {
            return usual;
        }

        if (text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= lowest && time <= highest)
        {
            return time;
        }

        Report(key, $"It must be a time from {lowest:c} to {highest:c}.", $"Write it as hours:minutes:seconds; the default is {usual:c}.");
        return usual;
    }

    /// <summary>One of an enumeration's names, in any case.</summary>
    public T Choice<T>(string key, T usual)
        where T : struct, Enum
    {
        if (Text(key) is not { } text)
        {
            return usual;
        }

        if (!char.IsAsciiDigit(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var choice))
        {
            return choice;
        }

        Report(key, $"It must be one of {string.Join(", ", Enum.GetNames<T>())}.", $"The default is {usual}.");
        return usual;
    }

    /// <summary>A value that <paramref name="parse"/> reads; null when the setting is absent or cannot be read.</summary>
    public T? Value<T>(string key, Func<string, T?> parse, string text, string remedy)
        where T : class
    {
        if (Text(key) is not { } value)
        {
            return null;
        }

        var parsed = parse(value);
        if (parsed is null)
        {
            Report(key, text, remedy);
        }

        return parsed;
    }

    public void Report(string key, string text, string remedy) => problems.Add(new($"{section.Path}:{key}", text, remedy));
}
