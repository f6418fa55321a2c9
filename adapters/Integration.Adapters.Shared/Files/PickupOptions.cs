using Integration.Core.Settings;

namespace Integration.Adapters.Shared.Files;

/// <summary>Which of several files is read first.</summary>
public enum FileOrder
{
    /// <summary>By name, byte by byte.</summary>
    Name,

    /// <summary>By time of last change, then by name.</summary>
    Time,
}

/// <summary>Settings that picking up files has in common, whatever they hold and wherever they lie; section <c>Feeds:NAME</c>.</summary>
public sealed record PickupOptions
{
    /// <summary>Keys that <see cref="Read"/> reads.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["Path", "Pattern", "MinAge", "Poll", "Schedule", "Order", "Processed", "Failed"];

    /// <summary>Folder to look in. Required.</summary>
    public string Path { get; init; } = "";

    /// <summary>Names to take, with <c>*</c> and <c>?</c>, in any case; default all. Names that begin with a dot are never taken.</summary>
    public string Pattern { get; init; } = "*";

    /// <summary>
    /// How long size and time of a file must have stood still, as seen from here, before it is read; default 10 seconds, 0 to 1 hour.
    /// Shorter risks reading a file whose writer pauses.
    /// </summary>
    public TimeSpan MinAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two looks at the folder, default 5 seconds, 0.1 seconds to 1 day.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Looks begin at set times, which the engine keeps; <see cref="Poll"/> is then the time between two while there is something to wait for.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>Default by name.</summary>
    public FileOrder Order { get; init; } = FileOrder.Name;

    /// <summary>Folder for files whose every message is durable, absolute or below <see cref="Path"/>; default <c>processed</c>.</summary>
    public string Processed { get; init; } = "processed";

    /// <summary>Folder for files that hold no message or one that could not be taken; default <c>failed</c>.</summary>
    public string Failed { get; init; } = "failed";

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    /// <param name="isLocal">The folder is on this machine: a relative one starts where all relative paths of the settings do.</param>
    internal static PickupOptions Read(SettingsReader settings, bool isLocal)
    {
        var defaults = new PickupOptions();
        if (settings.Text("Path") is null)
        {
            settings.Report(
                "Path", "The folder to look in is missing.", isLocal ? "Set it to a folder of this machine." : "Set it to a folder of the server, e.g. /out.");
        }

        return new()
        {
            Path = (isLocal ? settings.Path("Path") : settings.Text("Path")) ?? "",
            Pattern = settings.Text("Pattern") ?? defaults.Pattern,
            MinAge = settings.Time("MinAge", TimeSpan.Zero, TimeSpan.FromHours(1), defaults.MinAge),
            Poll = settings.Time("Poll", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), defaults.Poll),
            IsScheduled = settings.Has("Schedule"),
            Order = settings.Choice("Order", defaults.Order),
            Processed = Folder(settings, "Processed", defaults.Processed),
            Failed = Folder(settings, "Failed", defaults.Failed),
        };
    }

    private static string Folder(SettingsReader settings, string key, string usual)
    {
        var folder = settings.Text(key) ?? usual;
        if (folder.Trim('/', '\\') is "" or "." || folder.Contains('\n') || folder == settings.Text("Path"))
        {
            settings.Report(key, "It must be another folder than the one files are picked up from.", $"The default is {usual}, a folder below Path.");
        }

        return folder;
    }
}
