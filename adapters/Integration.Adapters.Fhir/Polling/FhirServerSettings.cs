using System.Globalization;
using Integration.Core.Settings;
using Integration.Fhir;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>Settings that feeds share which ask a FHIR server.</summary>
internal static class FhirServerSettings
{
    /// <summary><c>BaseUrl</c>, required; null where it is missing or wrong, which is reported.</summary>
    public static Uri? BaseUrl(SettingsReader settings)
    {
        if (settings.Text("BaseUrl") is null)
        {
            settings.Report("BaseUrl", "The server is missing.", "Set it to its base address, e.g. https://emr.hospital.local/fhir.");
        }

        return settings.WebAddress("BaseUrl", "https://emr.hospital.local/fhir");
    }

    /// <summary><c>Types</c>; what is no resource type is reported.</summary>
    public static IReadOnlyList<string> Types(SettingsReader settings)
    {
        var types = settings.Texts("Types");
        foreach (var type in types.Where(type => FhirSchema.Find(type) is not { Kind: FhirTypeKind.Resource, IsAbstract: false }))
        {
            settings.Report("Types", $"FHIR R4 has no resource type '{type}'.", "Write it as in the standard, e.g. MedicationRequest.");
        }

        return types;
    }

    /// <summary><c>Since</c>; null: with everything there is.</summary>
    public static DateTimeOffset? Since(SettingsReader settings) =>
        settings.Parsed("Since", Instant, "It must be a moment with its offset.", "Write it like 2026-01-01T00:00:00+08:00.")?.Value;

    private static Moment? Instant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? new Moment(instant) : null;

    private sealed record Moment(DateTimeOffset Value);
}
