using Integration.Core.Settings;

namespace Integration.Adapters.Hl7v2.Files;

/// <summary>Reads the settings that picking up files has in common.</summary>
internal static class FilePickupSettings
{
    /// <summary>Keys that are read here, those of every HL7 v2 feed included.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        [.. Hl7CommonSettings.Keys, "Path", "Pattern", "MinAge", "Poll", "Order", "Processed", "Failed"];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    /// <param name="isLocal">The folder is on this machine: a relative one starts where all relative paths of the settings do.</param>
    public static FilePickupOptions Read(SettingsReader settings, bool isLocal)
    {
        var defaults = new FilePickupOptions();
        if (settings.Text("Path") is null)
        {
            settings.Report(
                "Path", "The folder to look in is missing.", isLocal ? "Set it to a folder of this machine." : "Set it to a folder of the server, e.g. /out.");
        }

        return new(Hl7CommonSettings.Read(settings))
        {
            Path = (isLocal ? settings.Path("Path") : settings.Text("Path")) ?? "",
            Pattern = settings.Text("Pattern") ?? defaults.Pattern,
            MinAge = settings.Time("MinAge", TimeSpan.Zero, TimeSpan.FromHours(1), defaults.MinAge),
            Poll = settings.Time("Poll", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), defaults.Poll),
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
