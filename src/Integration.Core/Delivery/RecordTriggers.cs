using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.Core.Delivery;

/// <summary>Which trigger events of HL7 v2 a change of the record is.</summary>
public static class RecordTriggers
{
    // HL7 table 0123 F and C: only what the laboratory stands by leaves the house.
    private static readonly string[] ReleasedReports = ["final", "amended", "corrected", "appended"];

    /// <summary>A report with its results.</summary>
    public const string Report = "ORU_R01";

    /// <summary>
    /// A Patient that is new or changed is ADT_A08 and ADT_A31 (a destination takes one of them); a DiagnosticReport that is released or changed
    /// after release is ORU_R01; an Appointment is SIU_S12 when new, S15 when cancelled, S13 when moved, S14 when changed otherwise.
    /// </summary>
    /// <returns>Empty when the change is nothing that is told.</returns>
    public static IReadOnlyList<string> Of(RecordChange change)
    {
        if (change.Before?.Version == change.After.Version)
        {
            return [];   // moved to another patient or given another time; it says nothing new
        }

        return change.After.Type switch
        {
            "Patient" => ["ADT_A08", "ADT_A31"],
            "DiagnosticReport" when IsReleasedReport(change.After) => [Report],
            "Appointment" => OfAppointment(change) is { } trigger ? [trigger] : [],
            _ => [],
        };
    }

    /// <summary>Whether the laboratory stands by it.</summary>
    public static bool IsReleasedReport(ResourceDocument report) => ReleasedReports.Contains(Text(report, "status"));

    /// <summary>Whether a result that was known says something else now. It is told with its report, also where that says what it said.</summary>
    public static bool IsCorrectedResult(RecordChange change) => change.After.Type == "Observation" && change.Before is { } before && before.Version != change.After.Version;

    private static string? OfAppointment(RecordChange change)
    {
        var status = Text(change.After, "status");
        return status switch
        {
            "entered-in-error" => null,
            "cancelled" => change.Before is null || Text(change.Before, "status") != "cancelled" ? "SIU_S15" : "SIU_S14",
            _ when change.Before is null => "SIU_S12",
            _ when Text(change.Before, "start") != Text(change.After, "start") || Text(change.Before, "end") != Text(change.After, "end") => "SIU_S13",
            _ => "SIU_S14",
        };
    }

    private static string? Text(ResourceDocument document, string element) => (document.Resource[element] as JsonValue)?.GetValue<string>();
}
