using System.Globalization;
using Integration.Core.Intake;
using Integration.Core.Parsing;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Host.Console.Texts;
using Integration.Host.Console.Views;
using Microsoft.AspNetCore.Components;

namespace Integration.Host.Console.Pages;

/// <summary>One message from its raw bytes to what it changed in the record.</summary>
public sealed partial class MessageDetail(
    MessageJournal journal, RunningMessages running, PatientRecordStore records, IEnumerable<IMessageParser> parsers, DisplayTime time)
{
    private const int MaxHexBytes = 16 * 1024;
    private const int MaxLines = 500;

    private JournaledMessage? _message;
    private string? _patientName;
    private IReadOnlyList<StageStep> _walk = [];
    private IReadOnlyList<SourceLine>? _lines;

    [Parameter]
    public string Id { get; set; } = "";

    /// <summary><c>hex</c> shows bytes instead of text.</summary>
    [SupplyParameterFromQuery]
    private string? View { get; set; }

    /// <summary>Places to show, as <c>PID-5.1</c>: a value of the record was read there.</summary>
    [SupplyParameterFromQuery]
    private string[]? At { get; set; }

    /// <summary>What became of a replay: <c>refused</c>, or when it was asked for (Unix milliseconds).</summary>
    [SupplyParameterFromQuery]
    private string? Replay { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    private string? ProcessingNotice => running.Find(Id) is { } run
        ? ConsoleTexts.ProcessingFor.With(Figures.Duration((long)run.Elapsed.TotalMicroseconds), Words.Place(run.Stage))
        : null;

    private bool ShowsHex => View == "hex";

    private string? ReplayNotice
    {
        get
        {
            if (Replay == "refused")
            {
                return ConsoleTexts.ReplayRefused;
            }

            if (!long.TryParse(Replay, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) || asked > time.UtcNow.ToUnixTimeMilliseconds() + 60_000)
            {
                return null;
            }

            return _message?.State == MessageState.Waiting
                ? ConsoleTexts.ReplayAccepted.With(time.TimeOfDay(DateTimeOffset.FromUnixTimeMilliseconds(asked)))
                : ConsoleTexts.ReplayDone;
        }
    }

    protected override async Task OnInitializedAsync()
    {
        if (await journal.GetAsync(Id, withRaw: true, Http.RequestAborted) is not var (message, _))
        {
            Http.SetNotFound();
            return;
        }

        _message = message;
        _walk = StageWalk.Of(message);
        if (message.PatientId is { } patientId)
        {
            _patientName = (await records.GetAsync(patientId, Http.RequestAborted))?.Demographics.Name;
        }

        if (!ShowsHex && parsers.FirstOrDefault(p => p.Format == message.Format) is { } parser)
        {
            _lines = SourceText.Split(parser.Display(message.Raw, message.Feed), message.Unread, message.Issues, At);
        }
    }

    private static string StepText(StageStep step) => step switch
    {
        { Progress: StageProgress.Stopped } => $"{Figures.Duration(step.DurationUs ?? 0)} · {ConsoleTexts.StageFailed}",
        { Progress: StageProgress.Waits } => ConsoleTexts.StageWaits,
        { Progress: StageProgress.NotReached } => ConsoleTexts.StageNotReached,
        { DurationUs: { } duration } => Figures.Duration(duration),
        _ => "✓",
    };

    private static string? FieldClass(SourceField field) => field switch
    {
        { IsAsked: true } => "field mark-asked",
        { Mark: not SourceMark.None } => $"field {MarkClass(field.Mark)}",
        { Text.Length: > 0 } => "field",
        _ => null,
    };

    private static string? MarkClass(SourceMark mark) => mark == SourceMark.None ? null : $"mark-{mark.ToString().ToLowerInvariant()}";

    private static string? FieldTitle(SourceField field) => field switch
    {
        { Place.Length: 0 } => null,
        { Issue: { } code } => $"{field.Place}: {Words.Title(code)}",
        { Mark: SourceMark.Unread } => ConsoleTexts.UnreadField.With(field.Place),
        { Text.Length: > 0 } => field.Place,
        _ => null,
    };
}
