using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Intake;
using Spectre.Console;

namespace Integration.Host.Commands;

/// <summary>Plays a day into the feeds of the running engine, waits for the record, then says what to look at.</summary>
/// <param name="written">The day as it was written.</param>
/// <param name="apiKey">Opens the API of this run.</param>
internal sealed class DemoRun(DemoDay written, DemoRequest request, string apiKey)
{
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter _output = System.Console.Out;
    private readonly bool _isTerminal = AnsiConsole.Profile.Capabilities.Interactive && !System.Console.IsOutputRedirected;

    /// <param name="app">Takes messages.</param>
    /// <exception cref="ConfigurationException">A feed of the day is not configured or not reachable.</exception>
    public async Task PlayAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            var calendar = app.Services.GetRequiredService<FollowUpRuleCatalog>().Current.Calendar;
            var day = written.At(DemoCommand.DateOf(request.DataFolder, request.Date, calendar.DayOf(TimeProvider.System.GetUtcNow()).AddDays(-1)));
            await _output.WriteLineAsync();
            await _output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{(IsChinese ? day.TitleZh : day.Title)}, {day.Date:yyyy-MM-dd}: {day.Messages.Count} messages"));
            var started = Stopwatch.GetTimestamp();
            var (accepted, refused) = await SendAllAsync(day, app.Configuration, cancellationToken);
            await _output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"Sent     {accepted} acknowledged, {refused} refused, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
            var counts = await DrainAsync(app.Services.GetRequiredService<IFeedBoard>(), cancellationToken);
            await _output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"Recorded {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s after the first was sent"));
            await DemoNotice.WriteAsync(_output, app, day, counts, apiKey, IsChinese, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await _output.WriteLineAsync("Stopped before the day was over.");
        }
    }

    private static bool IsChinese => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh";

    private Task<(int Accepted, int Refused)> SendAllAsync(DemoDay day, IConfiguration configuration, CancellationToken cancellationToken) =>
        !_isTerminal ? SendAllAsync(day, configuration, () => { }, cancellationToken) : AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("Sending", maxValue: day.Messages.Count);
                return SendAllAsync(day, configuration, () => bar.Increment(1), cancellationToken);
            });

    // One after the other over all feeds: the day has an order, and a merge must not overtake what it merges.
    private async Task<(int Accepted, int Refused)> SendAllAsync(DemoDay day, IConfiguration configuration, Action advance, CancellationToken cancellationToken)
    {
        var senders = new Dictionary<string, MllpSender>(StringComparer.Ordinal);
        var (accepted, refused) = (0, 0);
        try
        {
            var started = Stopwatch.GetTimestamp();
            foreach (var message in day.Messages)
            {
                if (!senders.TryGetValue(message.Feed, out var sender))
                {
                    senders[message.Feed] = sender = await ConnectAsync(configuration, message.Feed, cancellationToken);
                }

                if ((await sender.SendAsync(message.Message.Bytes, cancellationToken)).IsAccepted)
                {
                    accepted++;
                }
                else
                {
                    refused++;
                }

                advance();
                var due = request.Speed > 0 ? TimeSpan.FromSeconds((accepted + refused) / request.Speed) - Stopwatch.GetElapsedTime(started) : TimeSpan.Zero;
                if (due > TimeSpan.Zero)
                {
                    await Task.Delay(due, TimeProvider.System, cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            throw new ConfigurationException([new ConfigurationProblem("demo", $"The engine did not take message {accepted + refused + 1}: {e.Message}", "See the log in the data folder.")]);
        }
        finally
        {
            foreach (var sender in senders.Values)
            {
                await sender.DisposeAsync();
            }
        }

        return (accepted, refused);
    }

    private static async Task<MllpSender> ConnectAsync(IConfiguration configuration, string feed, CancellationToken cancellationToken)
    {
        var place = $"Feeds:{feed}:Listen";
        if (SendCommand.ParseAddress(configuration[place] ?? "") is not { } address)
        {
            throw new ConfigurationException([new ConfigurationProblem(place, "The demo plays into this feed, and it names no port.", $"Set it, e.g. --{place}=127.0.0.1:2575.")]);
        }

        try
        {
            var host = address.Host is "0.0.0.0" or "::" ? "127.0.0.1" : address.Host;
            return await MllpSender.ConnectAsync(host, address.Port, AckTimeout, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new ConfigurationException([new ConfigurationProblem(place, $"The demo plays into this feed, and cannot reach it: {e.Message}.", "Is it switched off by Enabled?")]);
        }
    }

    /// <summary>Waits until nothing waits, or as long as makes sense; the counts then tell the rest.</summary>
    private static async Task<IReadOnlyDictionary<MessageState, long>> DrainAsync(IFeedBoard board, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var feeds = await board.GetAsync(cancellationToken);
            var counts = Enum.GetValues<MessageState>().ToDictionary(s => s, s => feeds.Sum(f => f.Counts.GetValueOrDefault(s)));
            if (counts[MessageState.Waiting] == 0 || Stopwatch.GetElapsedTime(started) > DrainTimeout)
            {
                return counts;
            }

            await Task.Delay(DrainPoll, TimeProvider.System, cancellationToken);
        }
    }
}
