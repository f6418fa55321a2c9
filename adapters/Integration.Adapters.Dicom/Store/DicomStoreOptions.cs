using System.Net;
using Integration.Adapters.Dicom.Listening;
using Integration.Adapters.Dicom.Studies;
using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Store;

/// <summary>Settings of one <c>Dicom.Store</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record DicomStoreOptions : DicomListenOptions
{
    public DicomStoreOptions()
    {
    }

    private DicomStoreOptions(DicomListenOptions common)
        : base(common)
    {
    }

    /// <summary>A study to which nothing was added for so long becomes a message: default 5 seconds, 0.1 seconds to 10 minutes.</summary>
    public TimeSpan StudyQuietTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A study that grows all the time becomes a message after so long, and another one later: default 1 minute, 1 second to 1 hour.</summary>
    public TimeSpan StudyLongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where reports on storage commitment go, by AE title; the others get theirs over the association that they asked on.</summary>
    public IReadOnlyDictionary<string, DnsEndPoint> CommitmentPeers { get; init; } = new Dictionary<string, DnsEndPoint>();

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomStoreOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {DicomStoreAdapterFactory.AdapterName} feed", [.. CommonKeys, "StudyQuietTime", "StudyLongestWait", "CommitmentPeers:*", .. ImagingLinks.Keys]);
        var defaults = new DicomStoreOptions();
        return new(ReadCommon(settings))
        {
            StudyQuietTime = settings.Time("StudyQuietTime", TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(10), defaults.StudyQuietTime),
            StudyLongestWait = settings.Time("StudyLongestWait", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), defaults.StudyLongestWait),
            CommitmentPeers = ReadTable(settings, "CommitmentPeers", settings.Peer),
        };
    }
}
