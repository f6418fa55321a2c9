using System.Text.Json;
using Integration.Core.Diagnostics;

namespace Integration.Host.Commands;

/// <summary>A scripted day: a folder for each feed, files named in the order of the clock over all folders, and <c>day.json</c>.</summary>
/// <param name="Date">Which day its messages are about.</param>
/// <param name="Messages">In the order to be sent.</param>
internal sealed record DemoDay(string Title, string TitleZh, DateOnly Date, IReadOnlyList<DemoMessage> Messages, IReadOnlyList<DemoPatient> LookAt)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <exception cref="ConfigurationException">The folder is no such day.</exception>
    public static DemoDay Load(string folder)
    {
        var index = Path.Combine(folder, "day.json");
        if (!File.Exists(index))
        {
            throw Problem(index, "There is no such file.", "Start from the folder of the repository, or name the folder of a day with --day.");
        }

        DayIndex? day;
        try
        {
            day = JsonSerializer.Deserialize<DayIndex>(File.ReadAllBytes(index), Web);
        }
        catch (JsonException e)
        {
            throw Problem(index, e.Message, "Correct the file.");
        }

        var messages = Directory.EnumerateFiles(folder, "*.hl7", SearchOption.AllDirectories)
            .OrderBy(Path.GetFileName, StringComparer.Ordinal)
            .SelectMany(file => OutgoingMessages.Read(file).Select(m => new DemoMessage(Path.GetFileName(Path.GetDirectoryName(file)!), m)))
            .ToList();
        return messages.Count > 0 && day is not null
            ? new DemoDay(day.Title, day.TitleZh, day.Date, messages, day.LookAt)
            : throw Problem(folder, "The folder holds no *.hl7 file.", "Name the folder of a day with --day.");
    }

    /// <summary>The same day at another date: what was four days before it is four days before that date.</summary>
    public DemoDay At(DateOnly date)
    {
        var days = date.DayNumber - Date.DayNumber;
        return days == 0 ? this : this with
        {
            Date = date,
            Messages = [.. Messages.Select(m => m with { Message = m.Message with { Bytes = MessageDates.Move(m.Message.Bytes, Date, days) } })],
        };
    }

    private static ConfigurationException Problem(string place, string text, string remedy) => new([new ConfigurationProblem(place, text, remedy)]);

    private sealed record DayIndex(string Title, string TitleZh, DateOnly Date, IReadOnlyList<DemoPatient> LookAt);
}

/// <param name="Feed">Name of the feed it goes into: that of the file's folder.</param>
internal sealed record DemoMessage(string Feed, OutgoingMessage Message);

/// <summary>Somebody worth looking at.</summary>
/// <param name="Identifier">A patient number as the day's messages give it, without authority.</param>
/// <param name="Why">One English sentence.</param>
/// <param name="WhyZh">The same in Chinese.</param>
internal sealed record DemoPatient(string Identifier, string Name, string Why, string WhyZh);
