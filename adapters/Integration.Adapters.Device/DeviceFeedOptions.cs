using Integration.Core.Intake;
using Integration.Core.Settings;

namespace Integration.Adapters.Device;

/// <summary>What a gateway of devices can set.</summary>
internal sealed record DeviceFeedOptions
{
    /// <summary>Settings there are.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["Adapter", "Enabled", "KeyHolder", "MaxReadings", "MaxAhead", "AssigningAuthority", "TimeZone", .. FeedIntakeSettings.Keys];

    /// <summary>Name under <c>Security:ApiKeys</c> whose key says that a request is of this gateway. Default: the feed's name.</summary>
    public required string KeyHolder { get; init; }

    /// <summary>Readings that one request may bring, default 5,000, 1 to 5,000.</summary>
    public required int MaxReadings { get; init; }

    /// <summary>How far a device's clock may be ahead, default ten minutes: what is later is refused, since it would hide what comes after it.</summary>
    public required TimeSpan MaxAhead { get; init; }

    /// <summary>Who gives the patients' numbers that readings name, and the ids of readings. Default: the feed's name.</summary>
    public required string AssigningAuthority { get; init; }

    /// <summary>Clock of times without offset.</summary>
    public required TimeZoneInfo Zone { get; init; }

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DeviceFeedOptions Read(SettingsReader settings) => new()
    {
        KeyHolder = settings.Text("KeyHolder") ?? settings.Name,
        MaxReadings = settings.Number("MaxReadings", 1, 5000, 5000),
        MaxAhead = settings.Time("MaxAhead", TimeSpan.Zero, TimeSpan.FromDays(1), TimeSpan.FromMinutes(10)),
        AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
        Zone = settings.Zone("TimeZone") ?? TimeZoneInfo.Utc,
    };
}
