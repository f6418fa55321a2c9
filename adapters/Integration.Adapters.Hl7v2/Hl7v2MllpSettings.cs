using Integration.Core.Settings;

namespace Integration.Adapters.Hl7v2;

/// <summary>Reads the settings of an <c>Hl7v2.Mllp</c> feed.</summary>
internal static class Hl7v2MllpSettings
{
    private static readonly string[] Keys = [.. Hl7CommonSettings.Keys, "Listen", "IdleTimeout", "MaxConnections"];

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static Hl7v2MllpOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"an {Hl7v2MllpAdapterFactory.AdapterName} feed", Keys);
        var defaults = new Hl7v2MllpOptions();
        return new(Hl7CommonSettings.Read(settings))
        {
            Listen = settings.Endpoint("Listen") ?? defaults.Listen,
            IdleTimeout = settings.Time("IdleTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), defaults.IdleTimeout),
            MaxConnections = settings.Number("MaxConnections", 1, 10_000, defaults.MaxConnections),
        };
    }
}
