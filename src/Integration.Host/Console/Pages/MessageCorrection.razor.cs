using Integration.Core.Intake;
using Integration.Core.Operations;
using Integration.Core.Parsing;
using Integration.Host.Console.Texts;
using Integration.Host.Console.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Components;

namespace Integration.Host.Console.Pages;

/// <summary>A failed message as text to be edited; what is sent runs as a new message in its place.</summary>
public sealed partial class MessageCorrection(
    MessageJournal journal, MessageActions actions, IEnumerable<IMessageParser> parsers, IEnumerable<IHeaderReader> readers, NavigationManager navigation)
{
    /// <summary>A browser's text box is no place for more; and documents inside a message are not shown in full.</summary>
    private const int MaxEditedBytes = 64 * 1024;

    private JournaledMessage? _message;
    private string? _problem;
    private bool _editable;

    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>The message as edited.</summary>
    [SupplyParameterFromForm]
    public string? Text { get; set; }

    /// <summary>For the audit.</summary>
    [SupplyParameterFromForm]
    public string? Reason { get; set; }

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        if (await journal.GetAsync(Id, withRaw: true, Http.RequestAborted) is not var (message, _))
        {
            Http.SetNotFound();
            return;
        }

        _message = message;
        var parser = parsers.FirstOrDefault(p => p.Format == message.Format);
        _problem = message.State != MessageState.Failed || parser is null ? ConsoleTexts.CorrectNotNow
            : message.RawBytes > MaxEditedBytes ? ConsoleTexts.CorrectTooLong.With(Figures.Count(message.RawBytes), message.Id)
            : null;
        _editable = _problem is null;
        Text ??= _editable ? parser!.Display(message.Raw, message.Feed) : null;
    }

    private async Task CorrectAsync()
    {
        if (!_editable || _message is not { } message)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(Reason) || Reason.Length > 500)
        {
            _problem = ConsoleTexts.CorrectNoReason;
            return;
        }

        var reader = readers.First(r => r.Format == message.Format);
        if (reader.Encode(Text ?? "", message.Feed, out var issue) is not { } bytes)
        {
            _problem = ConsoleTexts.CorrectionRefused.With($"{issue!.Place} {issue.Text}".Trim());
            return;
        }

        switch (await actions.CorrectAsync(message.Id, bytes, Actor.Of(Http), Reason.Trim(), Http.RequestAborted))
        {
            case ActionResult.Done done:
                navigation.NavigateTo($"/messages/{done.Message.Id}");
                break;
            case ActionResult.Unreadable unreadable:
                _problem = ConsoleTexts.CorrectionRefused.With(string.Join(' ', unreadable.Issues.Select(i => $"{i.Place} {i.Text}".Trim())));
                break;
            default:
                (_problem, _editable) = (ConsoleTexts.CorrectNotNow, false);
                break;
        }
    }
}
