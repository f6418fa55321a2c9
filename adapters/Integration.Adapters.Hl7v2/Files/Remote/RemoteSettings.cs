using System.Net;
using Integration.Core.Settings;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Reads the settings that feeds from servers have in common.</summary>
internal static class RemoteSettings
{
    /// <summary>Those of every pick-up of files; folders must be usable in commands.</summary>
    public static FilePickupOptions Read(SettingsReader settings)
    {
        var options = FilePickupSettings.Read(settings, isLocal: false);
        foreach (var (key, folder) in new[] { ("Path", options.Path), ("Processed", options.Pickup.Processed), ("Failed", options.Pickup.Failed) })
        {
            if (folder.Length > 0 && !RemoteNames.IsSafe(folder))
            {
                settings.Report(key, "It holds a character that cannot be used in a command.", "Leave out quotes, backslashes, wildcards and control characters.");
            }
        }

        return options;
    }

    public static DnsEndPoint? Host(SettingsReader settings, int usualPort)
    {
        if (!settings.Has("Host"))
        {
            settings.Report("Host", "The server is missing.", $"Write it like files.hospital.local:{usualPort}.");
        }

        return settings.Peer("Host");
    }

    public static string User(SettingsReader settings)
    {
        var user = settings.Text("User") ?? "";
        if (!RemoteNames.IsSafe(user) || user.StartsWith('-') || user.Contains('@') || user.Contains(' '))
        {
            settings.Report("User", "The name to sign in with is missing or cannot be used.", "Set it to the name of the account on the server.");
        }

        return user;
    }

    public static string RequiredFile(SettingsReader settings, string key, string what)
    {
        if (settings.Text(key) is null)
        {
            settings.Report(key, $"The file with {what} is missing.", "Set it to the path of the file.");
            return "";
        }

        var file = settings.File(key) ?? "";
        if (file.Contains('"'))
        {
            settings.Report(key, "The path holds a quote, which cannot be used.", "Rename the file.");
        }

        return file;
    }
}
