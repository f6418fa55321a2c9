using Integration.Adapters.Hl7v2.Parsing;
using Integration.Adapters.Shared.Text;
using Integration.Core.Intake;
using Integration.Core.Settings;

namespace Integration.Adapters.Hl7v2;

/// <summary>What every feed of HL7 v2 messages can set, whatever it takes them from.</summary>
public record Hl7FeedOptions
{
    /// <summary>
    /// Longest message in bytes, default 16 MiB, 1 KiB to 512 MiB. A longer one is refused (MLLP: answered AR, its connection closed).
    /// Feeds of documents need more: 64 MiB takes a PDF of 48 MB as base64.
    /// Each connection or file can take this much memory.
    /// </summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Whether MSH-15 and MSH-16 are followed, default as declared.</summary>
    public Hl7AckMode AckMode { get; init; } = Hl7AckMode.Declared;

    /// <summary>
    /// How long a sender that asks for an application acknowledgement (MSH-16) is made to wait for the end of its message, default 30
    /// seconds, 1 second to 10 minutes. Then none is sent: the message is durable, and sending it again is answered by how it ended.
    /// </summary>
    public TimeSpan ApplicationAckTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>Charset</c>, <c>DefaultCharset</c>, <c>CharsetAliases</c>, <c>CharsetMismatch</c>, <c>TimeZone</c> and <c>AssigningAuthority</c>.</summary>
    public Hl7ReadingOptions Reading { get; init; } = Hl7ReadingOptions.Default;
}

/// <summary>Which acknowledgement mode a feed speaks. HL7 v2.5.1 §2.9.</summary>
public enum Hl7AckMode
{
    /// <summary>Enhanced mode for a message that fills MSH-15 or MSH-16, else original mode.</summary>
    Declared,

    /// <summary>Original mode always, for senders that fill MSH-15 and understand AA only.</summary>
    Original,
}

/// <summary>Reads the settings that HL7 v2 feeds of all transports share. Each transport has a class of its own for the rest.</summary>
internal static class Hl7CommonSettings
{
    /// <summary>Keys that are read here, to be joined to those of the transport.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        ["Adapter", "Enabled", "MaxMessageBytes", "Charset", "DefaultCharset", "CharsetAliases:*", "CharsetMismatch", "TimeZone", "AssigningAuthority", "AckMode", "ApplicationAckTimeout", .. FeedIntakeSettings.Keys];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static Hl7FeedOptions Read(SettingsReader settings)
    {
        var defaults = new Hl7FeedOptions();
        return new()
        {
            MaxMessageBytes = settings.Number("MaxMessageBytes", 1024, 512 * 1024 * 1024, defaults.MaxMessageBytes),
            AckMode = settings.Choice("AckMode", defaults.AckMode),
            ApplicationAckTimeout = settings.Time(
                "ApplicationAckTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), defaults.ApplicationAckTimeout),
            Reading = new()
            {
                Charset = ReadCharset(settings, "Charset"),
                DefaultCharset = ReadCharset(settings, "DefaultCharset"),
                CharsetAliases = ReadCharsetAliases(settings),
                CharsetMismatch = settings.Choice("CharsetMismatch", defaults.Reading.CharsetMismatch),
                TimeZone = settings.Zone("TimeZone") ?? defaults.Reading.TimeZone,
                AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
            },
        };
    }

    private static Hl7CharsetAliases ReadCharsetAliases(SettingsReader settings)
    {
        var aliases = new Dictionary<string, SourceCharset>();
        foreach (var label in settings.KeysBelow("CharsetAliases"))
        {
            if (ReadCharset(settings, $"CharsetAliases:{label}") is { } charset)
            {
                aliases[label] = charset;
            }
        }

        return aliases.Count == 0 ? Hl7CharsetAliases.Standard : Hl7CharsetAliases.Standard.With(aliases);
    }

    private static SourceCharset? ReadCharset(SettingsReader settings, string key) => settings.Parsed(
        key, Hl7CharsetAliases.FindStandard, "This character set is not known.", $"Use one of {string.Join(", ", Hl7CharsetAliases.KnownNames)}.");
}
