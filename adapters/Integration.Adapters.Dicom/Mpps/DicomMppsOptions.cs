using Integration.Adapters.Dicom.Listening;
using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Mpps;

/// <summary>Settings of one <c>Dicom.Mpps</c> feed, section <c>Feeds:NAME</c>: those of <see cref="DicomListenOptions"/>.</summary>
internal sealed record DicomMppsOptions : DicomListenOptions
{
    public DicomMppsOptions()
    {
    }

    private DicomMppsOptions(DicomListenOptions common)
        : base(common)
    {
    }

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomMppsOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {DicomMppsAdapterFactory.AdapterName} feed", CommonKeys);
        return new(ReadCommon(settings));
    }
}
