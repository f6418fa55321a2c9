using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Host.Console.Texts;
using Integration.Host.Console.Views;
using Microsoft.AspNetCore.Components;

namespace Integration.Host.Console.Pages;

/// <summary>The message list; everything that narrows it stands in the address.</summary>
public sealed partial class Messages(
    MessageJournal journal, RunningMessages running, PatientRecordStore records, IFeedBoard board, DisplayTime time)
{
    private MessageFilter _filter = new(null, null, null, null, null, null);
    private Core.Intake.MessagePage _page = new([], null);
    private IReadOnlyList<string> _feedNames = [];
    private IReadOnlyDictionary<string, string?> _names = new Dictionary<string, string?>();
    private DateTimeOffset _now;

    [SupplyParameterFromQuery]
    private string? Q { get; set; }

    [SupplyParameterFromQuery]
    private string? State { get; set; }

    [SupplyParameterFromQuery]
    private string? Feed { get; set; }

    [SupplyParameterFromQuery]
    private string? Mark { get; set; }

    [SupplyParameterFromQuery]
    private string? Cause { get; set; }

    [SupplyParameterFromQuery]
    private string? Range { get; set; }

    [SupplyParameterFromQuery]
    private string? Since { get; set; }

    [SupplyParameterFromQuery]
    private string? After { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        _now = time.UtcNow;
        _filter = new MessageFilter(Q, State, Feed, Range, long.TryParse(Since, out var since) ? since : null, After) { Mark = Mark, Cause = Cause };
        try
        {
            _page = await journal.SearchAsync(_filter.ToSearch(_now), Http.RequestAborted);
        }
        catch (ArgumentException) when (After is not null)
        {
            // A page token of another query or version, out of an old bookmark: begin again rather than fail.
            Http.Response.Redirect(_filter.NewestUrl());
            return;
        }

        _feedNames = [.. (await board.GetAsync(Http.RequestAborted)).Select(f => f.Name)];
        var patients = _page.Messages.Select(m => m.PatientId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        _names = (await records.GetManyAsync(patients, Http.RequestAborted)).ToDictionary(p => p.Id, p => p.Demographics.Name, StringComparer.Ordinal);
    }

    private string NameOf(string patientId) =>
        _names.TryGetValue(patientId, out var name) && !string.IsNullOrEmpty(name) ? name : patientId[..Math.Min(8, patientId.Length)] + "…";

    private string FirstIssue(JournaledMessage message)
    {
        if (running.Find(message.Id) is { } run)
        {
            return ConsoleTexts.ProcessingFor.With(Figures.Duration((long)run.Elapsed.TotalMicroseconds), Words.Place(run.Stage));
        }

        // The worst, not the first found: a failed message must not be explained by a note that came before.
        if (message.Issues.MaxBy(i => i.Severity) is not { } worst)
        {
            return "";
        }

        var text = worst.Place.Length > 0 ? $"{Words.Title(worst.Code)} · {worst.Place}" : Words.Title(worst.Code);
        return message.Issues.Count > 1 ? $"{text} ({ConsoleTexts.MoreIssues.With(message.Issues.Count - 1)})" : text;
    }

    private RenderFragment Chip(string label, MessageFilter filter, bool current) => builder =>
    {
        builder.OpenElement(0, "a");
        builder.AddAttribute(1, "href", filter.NewestUrl());
        builder.AddAttribute(2, "aria-current", current ? "true" : null);
        builder.AddContent(3, label);
        builder.CloseElement();
    };
}
