using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Settings;

namespace Integration.Adapters.Hl7v2;

/// <summary>What every feed of HL7 v2 messages can set, whatever it takes them from.</summary>
public record Hl7FeedOptions
{
    /// <summary>
    /// Longest message in bytes, default 16 MiB, 1 KiB to 512 MiB. A longer one is refused (MLLP: answered AR, its connection closed).
    /// Each connection or file can take this much memory.
    /// </summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary><c>Charset</c>, <c>DefaultCharset</c>, <c>TimeZone</c> and <c>AssigningAuthority</c>.</summary>
    public Hl7ReadingOptions Reading { get; init; } = Hl7ReadingOptions.Default;
}

/// <summary>Reads the settings that HL7 v2 feeds of all transports share. Each transport has a class of its own for the rest.</summary>
internal static class Hl7CommonSettings
{
    /// <summary>Keys that are read here, to be joined to those of the transport.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        ["Adapter", "Enabled", "MaxMessageBytes", "Charset", "DefaultCharset", "TimeZone", "AssigningAuthority"];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static Hl7FeedOptions Read(SettingsReader settings)
    {
        var defaults = new Hl7FeedOptions();
        return new()
        {
            MaxMessageBytes = settings.Number("MaxMessageBytes", 1024, 512 * 1024 * 1024, defaults.MaxMessageBytes),
            Reading = new()
            {
                Charset = ReadCharset(settings, "Charset"),
                DefaultCharset = ReadCharset(settings, "DefaultCharset"),
                TimeZone = settings.Zone("TimeZone") ?? defaults.Reading.TimeZone,
                AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
            },
        };
    }

    private static Hl7Charset? ReadCharset(SettingsReader settings, string key) => settings.Parsed(
        key, Hl7Charset.Find, "This character set is not known.", $"Use one of {string.Join(", ", Hl7Charset.KnownNames)}.");
}
