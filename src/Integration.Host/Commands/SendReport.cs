using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Adapters.Hl7v2;
using Spectre.Console;

namespace Integration.Host.Commands;

/// <summary>A message and its answer.</summary>
/// <param name="Took">From the first byte sent to the acknowledgement.</param>
internal sealed record SentMessage(string File, string ControlId, string Type, Hl7Ack Ack, TimeSpan Took);

/// <summary>Tells how sending goes. Not for several threads.</summary>
internal abstract class SendReport
{
    /// <summary>From so many files on a terminal shows a bar, and lines only for what was refused.</summary>
    private const int FilesForBar = 21;

    /// <param name="isTerminal">A person looks on, so a bar can be drawn.</param>
    public static SendReport For(TextWriter output, bool json, bool isTerminal) =>
        json ? new JsonSendReport(output) : isTerminal ? new TerminalSendReport(output) : new TextSendReport(output);

    /// <summary>Surrounds the sending.</summary>
    /// <param name="send">Does it; calls its argument after each file.</param>
    public virtual Task RunAsync(int files, Func<Action, Task> send) => send(() => { });

    public abstract Task AnsweredAsync(SentMessage sent);

    /// <summary>Every message was answered, or the first was refused that ends the run.</summary>
    public abstract Task EndAsync(int accepted, int refused, TimeSpan took);

    /// <summary>One line a message: <c>AA  MSG00001      ADT^A01     2 ms  file</c>; a second one with the receiver's reason.</summary>
    private class TextSendReport(TextWriter output) : SendReport
    {
        protected TextWriter Output { get; } = output;

        public override async Task AnsweredAsync(SentMessage sent)
        {
            await Output.WriteLineAsync(LineOf(sent));
            if (ReasonOf(sent) is { } reason)
            {
                await Output.WriteLineAsync(reason);
            }
        }

        public override Task EndAsync(int accepted, int refused, TimeSpan took)
        {
            var count = accepted + refused;
            return count < 2 ? Task.CompletedTask : Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{count} messages: {accepted} accepted, {refused} refused, {took.TotalSeconds:0.0} s"));
        }

        protected static string LineOf(SentMessage sent) => string.Create(CultureInfo.InvariantCulture,
            $"{CodeOf(sent.Ack)}  {sent.ControlId,-12}  {sent.Type,-8}{sent.Took.TotalMilliseconds,5:0} ms  {sent.File}");

        protected static string? ReasonOf(SentMessage sent) =>
            sent.Ack.Text.Length == 0 || sent.Ack.IsAccepted ? null : $"    {sent.Ack.Text.ReplaceLineEndings(" ")}";
    }

    /// <summary>As text, with colours, and with a bar when there are many.</summary>
    private sealed class TerminalSendReport(TextWriter output) : TextSendReport(output)
    {
        private bool _hasBar;

        public override Task RunAsync(int files, Func<Action, Task> send)
        {
            _hasBar = files >= FilesForBar;
            return !_hasBar ? base.RunAsync(files, send) : AnsiConsole.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(context =>
                {
                    var bar = context.AddTask("Sending", maxValue: files);
                    return send(() => bar.Increment(1));
                });
        }

        public override Task AnsweredAsync(SentMessage sent)
        {
            if (!_hasBar || !sent.Ack.IsAccepted)
            {
                AnsiConsole.MarkupLineInterpolated($"[{(sent.Ack.IsAccepted ? "green" : "red")}]{CodeOf(sent.Ack)}[/]{LineOf(sent)[2..]}");
                if (ReasonOf(sent) is { } reason)
                {
                    AnsiConsole.MarkupLineInterpolated($"[red]{reason}[/]");
                }
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>For scripts: one JSON object a line, the last one a summary.</summary>
    private sealed class JsonSendReport(TextWriter output) : SendReport
    {
        private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        public override Task AnsweredAsync(SentMessage sent) => output.WriteLineAsync(JsonSerializer.Serialize(
            new
            {
                sent.File,
                sent.ControlId,
                sent.Type,
                Code = CodeOf(sent.Ack),
                Accepted = sent.Ack.IsAccepted,
                sent.Ack.Text,
                Ms = Math.Round(sent.Took.TotalMilliseconds, 2),
            }, Readable));

        public override Task EndAsync(int accepted, int refused, TimeSpan took) => output.WriteLineAsync(JsonSerializer.Serialize(
            new { accepted, refused, Seconds = Math.Round(took.TotalSeconds, 3) }, Readable));
    }

    private static string CodeOf(Hl7Ack ack) => ack.Code == AcknowledgmentCode.Unknown ? "??" : ack.Code.ToString();
}
