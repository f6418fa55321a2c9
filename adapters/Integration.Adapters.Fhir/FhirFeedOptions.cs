using Integration.Core.Intake;
using Integration.Core.Settings;

namespace Integration.Adapters.Fhir;

/// <summary>What becomes of a resource that breaks a rule of FHIR R4. What cannot be read at all never reaches the record, whatever is set here.</summary>
public enum FhirValidationPolicy
{
    /// <summary>Kept with its issues, not processed; an operator corrects or replays it.</summary>
    Quarantine,

    /// <summary>Refused: the sender gets the issues and nothing is kept. Only where there is a sender that gets an answer.</summary>
    Reject,

    /// <summary>Processed; its issues are shown as warnings.</summary>
    Warn,
}

/// <summary>What every feed of FHIR resources can set, whatever it takes them from.</summary>
internal record FhirFeedOptions
{
    /// <summary>Longest resource or Bundle in bytes, default 64 MiB, 1 KiB to 512 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    public FhirValidationPolicy Validation { get; init; } = FhirValidationPolicy.Quarantine;

    /// <summary>Who gives the ids: the base URL of the source, or a name. Feeds of one source share it. Default: the feed's name.</summary>
    public string AssigningAuthority { get; init; } = "";
}

/// <summary>Reads the settings that FHIR feeds of all transports share.</summary>
internal static class FhirFeedSettings
{
    /// <summary>Keys that are read here, to be joined to those of the transport.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        ["Adapter", "Enabled", "MaxMessageBytes", "Validation", "AssigningAuthority", "TimeZone", .. FeedIntakeSettings.Keys];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static FhirFeedOptions Read(SettingsReader settings)
    {
        var defaults = new FhirFeedOptions();
        return new()
        {
            MaxMessageBytes = settings.Number("MaxMessageBytes", 1024, 512 * 1024 * 1024, defaults.MaxMessageBytes),
            Validation = settings.Choice("Validation", defaults.Validation),
            AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
        };
    }

    /// <summary>As <see cref="Read"/>, for a way in whose sender hears nothing.</summary>
    public static FhirFeedOptions ReadWithoutAnswer(SettingsReader settings)
    {
        var options = Read(settings);
        if (options.Validation == FhirValidationPolicy.Reject)
        {
            settings.Report("Validation", "Nobody hears of a resource that is refused here.", "Use Quarantine or Warn.");
        }

        return options;
    }
}
