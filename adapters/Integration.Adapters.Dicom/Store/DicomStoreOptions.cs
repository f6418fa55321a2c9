using System.Net;
using Integration.Core.Security;

namespace Integration.Adapters.Dicom.Store;

/// <summary>Settings of one <c>Dicom.Store</c> feed, section <c>Feeds:NAME</c>. Read and checked by <see cref="DicomStoreSettings"/>.</summary>
internal sealed record DicomStoreOptions
{
    /// <summary>Address and port, default <c>127.0.0.1:11112</c>. DICOM has no password: let a firewall or TLS say who may send. Port 0: any free port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 11112);

    /// <summary>The title that senders must call, 1 to 16 characters; null: whatever they call.</summary>
    public string? AETitle { get; init; }

    /// <summary>Titles of the senders that may associate; empty: all.</summary>
    public IReadOnlyList<string> CallingAETitles { get; init; } = [];

    /// <summary>Associations open at once, default 50, 1 to 1,000. Further ones are refused for now, and try again.</summary>
    public int MaxAssociations { get; init; } = 50;

    /// <summary>Longest PDU that senders may send, default 128 KiB, 16 KiB to 1 MiB: each association takes that much memory.</summary>
    public int MaxPduBytes { get; init; } = 128 * 1024;

    /// <summary>An association on which nothing comes for so long is aborted, default 1 minute, 1 second to 1 hour.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Within this a caller must ask for an association, and close when it was told no: default 10 seconds, 1 second to 5 minutes.</summary>
    public TimeSpan ArtimTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A study to which nothing was added for so long becomes a message: default 5 seconds, 0.1 seconds to 10 minutes.</summary>
    public TimeSpan StudyQuietTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A study that grows all the time becomes a message after so long, and another one later: default 1 minute, 1 second to 1 hour.</summary>
    public TimeSpan StudyLongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Who gives the patient's id where the instance names no issuer (0010,0021): default the feed's name.</summary>
    public string AssigningAuthority { get; init; } = "";

    /// <summary>By AE title, for several hospitals that send to one feed.</summary>
    public IReadOnlyDictionary<string, string> Authorities { get; init; } = new Dictionary<string, string>();

    /// <summary>Character set by AE title, whatever its instances declare: for devices that declare the wrong one.</summary>
    public IReadOnlyDictionary<string, string> Charsets { get; init; } = new Dictionary<string, string>();

    /// <summary>Null: no TLS.</summary>
    public TlsOptions? Tls { get; init; }
}
