using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>Settings of one <c>Dicom.Find</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record DicomFindOptions : StudyPollOptions
{
    private DicomFindOptions(StudyPollOptions common)
        : base(common)
    {
    }

    /// <summary>The archive.</summary>
    public DicomConnectOptions Archive { get; init; } = new();

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomFindOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {DicomFindAdapterFactory.AdapterName} feed", [.. CommonKeys, .. DicomConnectOptions.Keys]);
        return new(ReadCommon(settings)) { Archive = DicomConnectOptions.Read(settings) };
    }
}
