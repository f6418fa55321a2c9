using Integration.Adapters.Dicom.DataSets;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Store;

/// <summary>Reads the settings of a <c>Dicom.Store</c> feed.</summary>
internal static class DicomStoreSettings
{
    private const int MaxTitle = 16;

    private static readonly string[] Keys =
    [
        "Adapter", "Enabled", "TimeZone", "Listen", "AETitle", "CallingAETitles", "MaxAssociations", "MaxPduBytes", "IdleTimeout", "ArtimTimeout", "StudyQuietTime",
        "StudyLongestWait", "AssigningAuthority", "Authorities:*", "Charsets:*", .. TlsSettings.ListenKeys, .. FeedIntakeSettings.Keys,
    ];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomStoreOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {DicomStoreAdapterFactory.AdapterName} feed", Keys);
        var defaults = new DicomStoreOptions();
        return new()
        {
            Listen = settings.Endpoint("Listen") ?? defaults.Listen,
            AETitle = ReadTitle(settings, "AETitle", settings.Text("AETitle")),
            CallingAETitles = [.. settings.Texts("CallingAETitles").Select(title => ReadTitle(settings, "CallingAETitles", title)).OfType<string>()],
            MaxAssociations = settings.Number("MaxAssociations", 1, 1000, defaults.MaxAssociations),
            MaxPduBytes = settings.Number("MaxPduBytes", 16 * 1024, 1024 * 1024, defaults.MaxPduBytes),
            IdleTimeout = settings.Time("IdleTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), defaults.IdleTimeout),
            ArtimTimeout = settings.Time("ArtimTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), defaults.ArtimTimeout),
            StudyQuietTime = settings.Time("StudyQuietTime", TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(10), defaults.StudyQuietTime),
            StudyLongestWait = settings.Time("StudyLongestWait", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), defaults.StudyLongestWait),
            AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
            Authorities = ReadTable(settings, "Authorities"),
            Charsets = ReadCharsets(settings),
            Tls = TlsSettings.ReadForListening(settings),
        };
    }

    private static Dictionary<string, string> ReadTable(SettingsReader settings, string key)
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var title in settings.KeysBelow(key))
        {
            if (ReadTitle(settings, $"{key}:{title}", title) is { } known && settings.Text($"{key}:{title}") is { } value)
            {
                table[known] = value;
            }
        }

        return table;
    }

    private static Dictionary<string, string> ReadCharsets(SettingsReader settings)
    {
        var table = ReadTable(settings, "Charsets");
        foreach (var (title, terms) in table)
        {
            if (terms.Split('\\').Any(term => DicomCharsets.Find(term) is null))
            {
                settings.Report($"Charsets:{title}", "This character set is not known.", "Use a defined term of DICOM PS3.3 C.12.1.1.2, e.g. GB18030, GBK, ISO_IR 192, ISO_IR 100.");
            }
        }

        return table;
    }

    /// <summary>An application entity title, PS3.5 §6.2 AE: up to 16 characters without backslash.</summary>
    internal static string? ReadTitle(SettingsReader settings, string key, string? title)
    {
        if (title is null || (title.Length <= MaxTitle && title.All(c => c is >= ' ' and <= '~' and not '\\')))
        {
            return title;
        }

        settings.Report(key, "This is no AE title.", "It has up to 16 letters, digits and signs of ASCII.");
        return null;
    }
}
