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

    /// <summary>Ask for the patient of each study too, default no: one more question for each patient of a round.</summary>
    public bool Patients { get; init; }

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomFindOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {DicomFindAdapterFactory.AdapterName} feed", [.. CommonKeys, "Patients", .. DicomConnectOptions.Keys]);
        return new(ReadCommon(settings)) { Archive = DicomConnectOptions.Read(settings), Patients = settings.Flag("Patients", false) };
    }
}
