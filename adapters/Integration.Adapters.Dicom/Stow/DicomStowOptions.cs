using System.Net;
using Integration.Adapters.Dicom.Listening;
using Integration.Adapters.Dicom.Studies;
using Integration.Adapters.Shared.Web;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Stow;

/// <summary>Settings of one <c>Dicom.Stow</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record DicomStowOptions
{
    private static readonly string[] Keys =
    [
        "Adapter", "Enabled", "TimeZone", "Listen", "Path", "MaxConnections", "StudyQuietTime", "StudyLongestWait", "AssigningAuthority", "Charset",
        .. ImagingLinks.Keys, .. SenderCredentials.Keys, .. TlsSettings.ListenKeys, .. FeedIntakeSettings.Keys,
    ];

    /// <summary>Default <c>127.0.0.1:8083</c>. Port 0: any free port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8083);

    /// <summary>Base address of the DICOMweb, default <c>/dicom-web</c>: instances are posted to <c>/dicom-web/studies</c>.</summary>
    public string Path { get; init; } = "/dicom-web";

    /// <summary>Senders connected at once, default 50, 1 to 1,000.</summary>
    public int MaxConnections { get; init; } = 50;

    /// <summary>A study to which nothing was added for so long becomes a message: default 5 seconds, 0.1 seconds to 10 minutes.</summary>
    public TimeSpan StudyQuietTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A study that grows all the time becomes a message after so long, and another one later: default 1 minute, 1 second to 1 hour.</summary>
    public TimeSpan StudyLongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Who gives the patient's id where the instance names no issuer (0010,0021): default the feed's name.</summary>
    public string AssigningAuthority { get; init; } = "";

    /// <summary>Character set of the instances, whatever they declare; null: as they declare.</summary>
    public string? Charset { get; init; }

    public SenderCredentials Credentials { get; init; } = new(null, null, null);

    /// <summary>Null: no TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomStowOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {DicomStowAdapterFactory.AdapterName} feed", Keys);
        var defaults = new DicomStowOptions();
        return new()
        {
            Listen = settings.Endpoint("Listen") ?? defaults.Listen,
            Path = settings.Parsed(
                "Path", path => path.StartsWith('/') && !path.Contains('?', StringComparison.Ordinal) ? path.TrimEnd('/') : null,
                "It must begin with a slash.", "Write it like /dicom-web.") ?? defaults.Path,
            MaxConnections = settings.Number("MaxConnections", 1, 1000, defaults.MaxConnections),
            StudyQuietTime = settings.Time("StudyQuietTime", TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(10), defaults.StudyQuietTime),
            StudyLongestWait = settings.Time("StudyLongestWait", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), defaults.StudyLongestWait),
            AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
            Charset = DicomListenOptions.ReadCharset(settings, "Charset"),
            Credentials = SenderCredentials.Read(settings),
            Tls = TlsSettings.ReadForListening(settings),
        };
    }
}
