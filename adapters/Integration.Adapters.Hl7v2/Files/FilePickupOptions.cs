using Integration.Adapters.Shared.Files;
using Integration.Core.Settings;

namespace Integration.Adapters.Hl7v2.Files;

/// <summary>Settings of HL7 v2 messages out of files, wherever they lie; section <c>Feeds:NAME</c>.</summary>
public record FilePickupOptions : Hl7FeedOptions
{
    public FilePickupOptions()
    {
    }

    internal FilePickupOptions(Hl7FeedOptions common)
        : base(common)
    {
    }

    /// <summary>What picking up files of every format has in common.</summary>
    public PickupOptions Pickup { get; init; } = new();

    /// <inheritdoc cref="PickupOptions.Path"/>
    public string Path
    {
        get => Pickup.Path;
        init => Pickup = Pickup with { Path = value };
    }

    /// <inheritdoc cref="PickupOptions.Pattern"/>
    public string Pattern
    {
        get => Pickup.Pattern;
        init => Pickup = Pickup with { Pattern = value };
    }

    /// <inheritdoc cref="PickupOptions.MinAge"/>
    public TimeSpan MinAge
    {
        get => Pickup.MinAge;
        init => Pickup = Pickup with { MinAge = value };
    }

    /// <inheritdoc cref="PickupOptions.Order"/>
    public FileOrder Order
    {
        get => Pickup.Order;
        init => Pickup = Pickup with { Order = value };
    }
}

/// <summary>Reads the settings of HL7 v2 messages out of files.</summary>
internal static class FilePickupSettings
{
    /// <summary>Keys that are read here, those of every HL7 v2 feed included.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. Hl7CommonSettings.Keys, .. PickupOptions.Keys];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    /// <param name="isLocal">The folder is on this machine: a relative one starts where all relative paths of the settings do.</param>
    public static FilePickupOptions Read(SettingsReader settings, bool isLocal) =>
        new(Hl7CommonSettings.Read(settings)) { Pickup = PickupOptions.Read(settings, isLocal) };
}
