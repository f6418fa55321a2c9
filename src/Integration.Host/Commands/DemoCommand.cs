using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Integration.Core.Diagnostics;

namespace Integration.Host.Commands;

/// <summary>The verb <c>demo</c>: the engine as the main job runs it, in a data folder of its own, with a day of a hospital played into its feeds.</summary>
internal static class DemoCommand
{
    private const string DefaultFolder = "data/demo";
    private const string DefaultDay = "samples/hospital-day";
    private const double DefaultSpeed = 50;

    // Says that the demo made the folder, so that it may empty it.
    private const string Marker = ".demo";

    private const string Remembered = ".demo-date";

    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Keep the record of the last demo; the day is then a day of duplicates. Without it the demo begins with an empty record." };
        var speed = new Option<double>("--speed") { Description = "Messages a second; 0: as fast as they are acknowledged.", DefaultValueFactory = _ => DefaultSpeed };
        speed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 100_000))
            {
                result.AddError("--speed: give messages a second from 0 to 100000.");
            }
        });
        var folder = new Option<string>("--data") { Description = "Folder of the demo's record.", DefaultValueFactory = _ => DefaultFolder };
        var day = new Option<string>("--day") { Description = "Folder of the day: a folder a feed, and day.json.", DefaultValueFactory = _ => DefaultDay };

        var date = new Option<string?>("--date") { Description = "Date that the day is played at, as 2026-03-16; unless it is named, yesterday or, with --keep, the date of the last demo." };
        date.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && DateOf(text) is null)
            {
                result.AddError("--date: give a day of this century as 2026-03-16.");
            }
        });

        var command = new Command("demo", "Runs the engine and plays a scripted day of a hospital into its own feeds. Settings can be given as without a verb, e.g. --urls.")
        {
            keep, speed, folder, day, date,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new DemoRequest(
                Path.GetFullPath(parsed.GetRequiredValue(folder), EngineHome.Find()), Path.GetFullPath(parsed.GetRequiredValue(day), EngineHome.Find()),
                parsed.GetValue(speed), parsed.GetValue(keep), parsed.GetValue(date) is { } text ? DateOf(text) : null),
            [.. parsed.UnmatchedTokens], cancellationToken));
        return command;
    }

    /// <summary>Makes the folder, empty unless its content is to be kept.</summary>
    /// <exception cref="ConfigurationException">It holds something that no demo has put there, or cannot be written.</exception>
    public static void PrepareFolder(string folder, bool keep)
    {
        var isOurs = File.Exists(Path.Combine(folder, Marker));
        if (!isOurs && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new ConfigurationException([new ConfigurationProblem("--data", $"The folder {folder} holds something else than a demo.", "Name another one: the demo empties its folder.")]);
        }

        try
        {
            if (isOurs && !keep)
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, Marker), "Made by the demo, which empties this folder when it starts.\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationProblem("--data", $"The folder {folder} cannot be written: {e.Message}", "Is another demo running? Stop it, or name another folder.")]);
        }
    }

    /// <summary>The date that a demo is played at, which its folder remembers: the same day once more is then a day of duplicates.</summary>
    /// <param name="wanted">Null: the one remembered, else <paramref name="otherwise"/>.</param>
    public static DateOnly DateOf(string folder, DateOnly? wanted, DateOnly otherwise)
    {
        var file = Path.Combine(folder, Remembered);
        var date = wanted ?? (File.Exists(file) ? DateOf(File.ReadAllText(file).Trim()) : null) ?? otherwise;
        File.WriteAllText(file, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return date;
    }

    private static DateOnly? DateOf(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 2000 and < 2100 ? date : null;

    private static async Task<int> RunAsync(DemoRequest request, string[] settings, CancellationToken cancellationToken)
    {
        DemoDay day;
        try
        {
            day = DemoDay.Load(request.DayFolder);
            PrepareFolder(request.DataFolder, request.Keep);
        }
        catch (ConfigurationException e)
        {
            await System.Console.Error.WriteLineAsync(e.Message);
            return CommandLine.BadConfiguration;
        }

        // A key of this run alone, so that the curl line it prints works and nothing has to be copied.
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var run = new DemoRun(day, request, key);

        // Behind the user's settings: whatever those say, the demo writes into its own folder only.
        return await EngineHost.RunAsync(
            [
                "--Log:Level=Warning", .. settings, $"--Engine:DataFolder={request.DataFolder}",
                $"--Storage:Sqlite:Path={Path.Combine(request.DataFolder, "integration.db")}", $"--Log:Folder={Path.Combine(request.DataFolder, "logs")}",
                $"--Security:ApiKeys:demo={key}",
            ],
            run.PlayAsync, cancellationToken);
    }
}

/// <param name="DataFolder">Absolute.</param>
/// <param name="DayFolder">Absolute.</param>
/// <param name="Speed">Messages a second; 0: no limit.</param>
/// <param name="Date">When the day is played at; null: see <see cref="DemoCommand.DateOf(string, DateOnly?, DateOnly)"/>.</param>
internal sealed record DemoRequest(string DataFolder, string DayFolder, double Speed, bool Keep, DateOnly? Date);
