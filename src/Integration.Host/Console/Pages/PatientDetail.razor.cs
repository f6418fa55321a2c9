using Integration.Core.FollowUps.Work;
using Integration.Core.Records;
using Integration.Host.Console.Texts;
using Integration.Host.Console.Views;
using Microsoft.AspNetCore.Components;

namespace Integration.Host.Console.Pages;

/// <summary>Patient 360: who it is, every domain of the record, and what happened when.</summary>
public sealed partial class PatientDetail(PatientRecordStore records, FollowUpStore followUps)
{
    private const int TimelineEntries = 30;

    // Enough for a trend of daily tests over a stay; a patient with 100,000 results must still open at once.
    private const int ResultsRead = 200;

    private PatientDocument? _patient;
    private string? _survivorName;
    private TimelinePage _timeline = new([], null);
    private IReadOnlyList<TimelineEntry> _results = [];
    private IReadOnlyList<FollowUpDocument> _work = [];
    private IReadOnlyList<string> _sectionNames = [];
    private IReadOnlyList<string> _empty = [];

    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>FHIR resource type that the timeline shows; all when absent.</summary>
    [SupplyParameterFromQuery]
    private string? Type { get; set; }

    /// <summary>Continuation of the timeline.</summary>
    [SupplyParameterFromQuery]
    private string? After { get; set; }

    /// <summary>The record that this one was just parted from.</summary>
    [SupplyParameterFromQuery]
    private string? From { get; set; }

    /// <summary>Present when an unmerge was refused.</summary>
    [SupplyParameterFromQuery]
    private string? Refused { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    private string? KnownType => Type is not null && _patient?.ResourceCounts.ContainsKey(Type) == true ? Type : null;

    protected override async Task OnInitializedAsync()
    {
        var cancelled = Http.RequestAborted;
        _patient = await records.GetAsync(Id, cancelled);
        if (_patient is null)
        {
            Http.SetNotFound();
            return;
        }

        if (_patient.MergedInto is { } survivor)
        {
            _survivorName = (await records.GetAsync(survivor, cancelled))?.Demographics.Name;
            return;
        }

        _sectionNames = [.. Words.Sections.Keys];
        _empty = [.. _sectionNames.Where(name => name != "allergies" && SectionOf(name) is null).Select(name => Words.Sections[name].ToString())];
        try
        {
            _timeline = await records.TimelineAsync(Id, KnownType, TimelineEntries, string.IsNullOrEmpty(After) ? null : After, cancelled);
        }
        catch (ArgumentException) when (After is not null)
        {
            // A page token of another query or version, out of an old bookmark: begin again rather than fail.
            Http.Response.Redirect($"/patients/{Uri.EscapeDataString(Id)}");
            return;
        }

        _work = [.. (await followUps.OpenOfPatientAsync(Id, cancelled)).Select(found => found.Work).OrderBy(work => work.DueAt)];
        _results = CountOf("results") > 0
            ? (await records.TimelineAsync(Id, "Observation", ResultsRead, after: null, cancelled)).Entries
            : [];
    }

    private static string NameOf(PatientDocument patient) =>
        string.IsNullOrEmpty(patient.Demographics.Name) ? ConsoleTexts.NoName : patient.Demographics.Name;

    private int CountOf(string section) => SectionOf(section)?.Count ?? 0;

    private SummarySection? SectionOf(string name) => name == "contacts"
        ? _patient!.Contacts.Count > 0 ? new SummarySection(name, _patient.Contacts.Count, _patient.Contacts) : null
        : _patient!.Sections.FirstOrDefault(s => s.Name == name && s.Count > 0);
}
