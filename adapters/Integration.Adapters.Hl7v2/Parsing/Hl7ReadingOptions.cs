using Integration.Adapters.Shared.Text;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>How the messages of one feed are read. Immutable.</summary>
public sealed record Hl7ReadingOptions
{
    /// <summary>What a feed without settings of its own gets.</summary>
    public static Hl7ReadingOptions Default { get; } = new();

    /// <summary>Character set to use whatever MSH-18 says; null: believe MSH-18.</summary>
    public SourceCharset? Charset { get; init; }

    /// <summary>Character set where MSH-18 is empty; null: UTF-8. Also where MSH-18 says nothing that is known, then with a warning.</summary>
    public SourceCharset? DefaultCharset { get; init; }

    /// <summary>What the labels in MSH-18 mean. Default: <see cref="Hl7CharsetAliases.Standard"/>.</summary>
    public Hl7CharsetAliases CharsetAliases { get; init; } = Hl7CharsetAliases.Standard;

    /// <summary>What to do with bytes that are not of the declared character set. Default: read them as the one that fits.</summary>
    public Hl7CharsetMismatch CharsetMismatch { get; init; }

    /// <summary>Of times that carry no offset. Default: Asia/Shanghai.</summary>
    public TimeZoneInfo TimeZone { get; init; } = China();

    /// <summary>Stands in the lane key where PID-3 names no authority (CX.4 empty). Default: the feed's name.</summary>
    public string? AssigningAuthority { get; init; }

    /// <summary>China keeps one offset since 1991, which will do on a machine without time zone data.</summary>
    private static TimeZoneInfo China() =>
        TimeZoneInfo.TryFindSystemTimeZoneById("Asia/Shanghai", out var zone)
            ? zone
            : TimeZoneInfo.CreateCustomTimeZone("Asia/Shanghai", TimeSpan.FromHours(8), "China", "China");
}
