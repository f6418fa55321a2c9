using System.Net;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Listening;

/// <summary>What feeds that others associate with have in common, section <c>Feeds:NAME</c>.</summary>
internal record DicomListenOptions
{
    private const int MaxTitle = 16;

    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> CommonKeys { get; } =
    [
        "Adapter", "Enabled", "TimeZone", "Listen", "AETitle", "CallingAETitles", "MaxAssociations", "MaxPerSecond", "MaxPduBytes", "IdleTimeout", "ArtimTimeout",
        "AssigningAuthority", "Authorities:*", "Charsets:*", .. TlsSettings.ListenKeys, .. FeedIntakeSettings.Keys,
    ];

    /// <summary>Address and port, default <c>127.0.0.1:11112</c>. DICOM has no password: let a firewall or TLS say who may send. Port 0: any free port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 11112);

    /// <summary>The title that callers must call, 1 to 16 characters; null: whatever they call.</summary>
    public string? AETitle { get; init; }

    /// <summary>Titles that may associate; empty: all.</summary>
    public IReadOnlyList<string> CallingAETitles { get; init; } = [];

    /// <summary>Associations open at once, default 50, 1 to 1,000. Further ones are refused for now, and try again.</summary>
    public int MaxAssociations { get; init; } = 50;

    /// <summary>Requests that each calling title may make a second, 0 to 10,000; further ones wait. 0 (default): as many as it can.</summary>
    public int MaxPerSecond { get; init; }

    /// <summary>Longest PDU that callers may send, default 128 KiB, 16 KiB to 1 MiB: each association takes that much memory.</summary>
    public int MaxPduBytes { get; init; } = 128 * 1024;

    /// <summary>An association on which nothing comes for so long is aborted, default 1 minute, 1 second to 1 hour.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Within this a caller must ask for an association, and close when it was told no: default 10 seconds, 1 second to 5 minutes.</summary>
    public TimeSpan ArtimTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Who gives the patient's id where the data set names no issuer (0010,0021): default the feed's name.</summary>
    public string AssigningAuthority { get; init; } = "";

    /// <summary>By AE title, for several hospitals that send to one feed.</summary>
    public IReadOnlyDictionary<string, string> Authorities { get; init; } = new Dictionary<string, string>();

    /// <summary>Character set by AE title, whatever its data sets declare: for devices that declare the wrong one.</summary>
    public IReadOnlyDictionary<string, string> Charsets { get; init; } = new Dictionary<string, string>();

    /// <summary>Null: no TLS.</summary>
    public TlsOptions? Tls { get; init; }

    public UpperLayerLimits Limits => new(MaxPduBytes, ArtimTimeout, IdleTimeout);

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomListenOptions ReadCommon(SettingsReader settings)
    {
        var defaults = new DicomListenOptions();
        return new()
        {
            Listen = settings.Endpoint("Listen") ?? defaults.Listen,
            AETitle = ReadTitle(settings, "AETitle", settings.Text("AETitle")),
            CallingAETitles = [.. settings.Texts("CallingAETitles").Select(title => ReadTitle(settings, "CallingAETitles", title)).OfType<string>()],
            MaxAssociations = settings.Number("MaxAssociations", 1, 1000, defaults.MaxAssociations),
            MaxPerSecond = settings.Number("MaxPerSecond", 0, 10_000, defaults.MaxPerSecond),
            MaxPduBytes = settings.Number("MaxPduBytes", 16 * 1024, 1024 * 1024, defaults.MaxPduBytes),
            IdleTimeout = settings.Time("IdleTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), defaults.IdleTimeout),
            ArtimTimeout = settings.Time("ArtimTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), defaults.ArtimTimeout),
            AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
            Authorities = ReadTable(settings, "Authorities", settings.Text),
            Charsets = ReadTable(settings, "Charsets", key => ReadCharset(settings, key)),
            Tls = TlsSettings.ReadForListening(settings),
        };
    }

    /// <summary>An application entity title, PS3.5 §6.2 AE: up to 16 characters without backslash.</summary>
    /// <returns>Null where there is none, or a wrong one, which goes to the reader.</returns>
    public static string? ReadTitle(SettingsReader settings, string key, string? title)
    {
        if (title is null || (title.Length <= MaxTitle && title.All(c => c is >= ' ' and <= '~' and not '\\')))
        {
            return title;
        }

        settings.Report(key, "This is no AE title.", "It has up to 16 letters, digits and signs of ASCII.");
        return null;
    }

    /// <summary>Defined terms of PS3.3 §C.12.1.1.2, with a backslash between them.</summary>
    /// <returns>Null where there are none, or unknown ones, which go to the reader.</returns>
    public static string? ReadCharset(SettingsReader settings, string key) => settings.Parsed(
        key, text => text.Split('\\').All(term => DicomCharsets.Find(term) is not null) ? text : null,
        "This character set is not known.", "Use a defined term of DICOM PS3.3 C.12.1.1.2, e.g. GB18030, GBK, ISO_IR 192, ISO_IR 100.");

    /// <summary>Values by AE title.</summary>
    /// <param name="read">Of the whole key; null: it is missing or wrong.</param>
    public static IReadOnlyDictionary<string, T> ReadTable<T>(SettingsReader settings, string key, Func<string, T?> read)
        where T : class
    {
        var table = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var title in settings.KeysBelow(key))
        {
            if (ReadTitle(settings, $"{key}:{title}", title) is { } known && read($"{key}:{title}") is { } value)
            {
                table[known] = value;
            }
        }

        return table;
    }
}
