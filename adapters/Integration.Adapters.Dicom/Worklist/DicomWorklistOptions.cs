using Integration.Adapters.Dicom.Listening;
using Integration.Adapters.Dicom.Polling;
using Integration.Core.Intake;
using Integration.Core.Settings;

namespace Integration.Adapters.Dicom.Worklist;

/// <summary>Settings of one <c>Dicom.Worklist</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record DicomWorklistOptions
{
    private static readonly string[] Keys =
        ["Adapter", "Enabled", "TimeZone", "Poll", "Schedule", "DaysBack", "DaysAhead", "AssigningAuthority", "Charset", .. FeedIntakeSettings.Keys, .. DicomConnectOptions.Keys];

    /// <summary>Whom to ask: the system that keeps the worklist.</summary>
    public DicomConnectOptions Server { get; init; } = new();

    /// <summary>Time between two rounds, default 5 minutes, 1 second to 1 day.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>It is asked at set times, which the engine keeps, and <see cref="Poll"/> is only the longest pause behind a round that failed.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>Days before today that are asked for, default 1, 0 to 366: an examination may have begun late.</summary>
    public int DaysBack { get; init; } = 1;

    /// <summary>Days after today that are asked for, default 30, 0 to 366.</summary>
    public int DaysAhead { get; init; } = 30;

    /// <summary>Who gives the patient's id where an entry names no issuer (0010,0021): default the feed's name.</summary>
    public string AssigningAuthority { get; init; } = "";

    /// <summary>Character set of the answers, whatever they declare; null: as they declare.</summary>
    public string? Charset { get; init; }

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static DicomWorklistOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {DicomWorklistAdapterFactory.AdapterName} feed", Keys);
        var defaults = new DicomWorklistOptions();
        return new()
        {
            Server = DicomConnectOptions.Read(settings),
            Poll = settings.Time("Poll", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), defaults.Poll),
            IsScheduled = settings.Has("Schedule"),
            DaysBack = settings.Number("DaysBack", 0, 366, defaults.DaysBack),
            DaysAhead = settings.Number("DaysAhead", 0, 366, defaults.DaysAhead),
            AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
            Charset = DicomListenOptions.ReadCharset(settings, "Charset"),
        };
    }
}
