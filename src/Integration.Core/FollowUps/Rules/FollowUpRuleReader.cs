using System.Security.Cryptography;
using System.Text;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.Mapping.Language;
using Integration.Fhir;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.FollowUps.Rules;

/// <summary>Reads one rule file. What is wrong goes to the problem list with its place; the rest is still read.</summary>
/// <param name="file">Path as shown to people, <c>mappings/follow-ups/no-show.yaml</c>.</param>
/// <param name="events">Types of events there are.</param>
internal sealed class FollowUpRuleReader(string file, IReadOnlyCollection<string> events, ProblemList problems)
{
    internal static readonly string[] Keys =
    [
        "title", "enabled", "category", "on", "resource", "calendar", "when", "patient", "due", "window", "holidays", "weekends", "per", "acrossPatients", "restart", "need", "stop",
        "afterDeath", "mode", "audience", "channels", "team", "owner", "department", "attempts", "retryAfter", "escalate", "catchUp", "sample", "bundle", "repeat",
        "acknowledge", "tolerance", "raises", "template", "questionnaire",
    ];

    private static readonly string[] Audiences = ["patient", "contact", "staff", "institution"];
    private static readonly Escalation UsualOverdue = new(new CalendarSpan(2, SpanUnit.Day), To: null);

    private readonly ExpressionCompiler _expressions = new(problems);

    /// <summary>Null when it cannot be a rule at all, which has then been reported.</summary>
    public FollowUpRule? Read(string yaml)
    {
        if (new MappingFileReader(file, problems).ReadRoot(yaml, "A rule", Keys) is not { } block)
        {
            return null;
        }

        var before = problems.Count;
        var type = ReadResource(block);
        var on = Events(block.Words("on"));
        var calendar = ReadCalendar(block);
        CheckTrigger(block, on, calendar, type);
        var window = Window(block);
        var catchUp = ReadCatchUp(block, calendar is null ? CatchUpPolicy.Late : CatchUpPolicy.Skip);
        var escalate = block.List("escalate").Select(ReadEscalation).OfType<Escalation>().ToList();
        var mode = block.Choice("mode", FollowUpMode.Remind, ("remind", FollowUpMode.Remind), ("auto", FollowUpMode.Auto));
        var (per, perPath) = ReadPer(block, type);
        var rule = new FollowUpRule
        {
            Name = Path.GetFileNameWithoutExtension(file),
            Version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml)))[..12],
            Title = ReadTitle(block),
            Enabled = block.Node("enabled") is null || block.Flag("enabled"),
            Category = block.Choice("category", ContactCategory.Service, ("service", ContactCategory.Service), ("marketing", ContactCategory.Marketing)),
            On = [.. on.Select(word => word.Text)],
            Resource = type,
            Calendar = calendar,
            When = Expression(block, "when", type),
            Patient = Expression(block, "patient", "Patient"),
            Due = ReadDue(block, type, calendar),
            Allowed = new AllowedTimes(window, Shifts(block, "holidays"), Shifts(block, "weekends")),
            Per = per,
            PerPath = perPath,
            AcrossPatients = block.Flag("acrossPatients"),
            Restart = block.Flag("restart"),
            Need = [.. block.List("need").Select(ReadRecord).OfType<RecordCondition>()],
            StopEvents = [.. block.List("stop").Where(node => Has(node, "on")).Select(ReadStopEvent).OfType<StopEvent>()],
            StopRecords = [.. block.List("stop").Where(node => !Has(node, "on")).Select(ReadRecord).OfType<RecordCondition>()],
            AfterDeath = block.Flag("afterDeath"),
            Mode = mode,
            Audience = ReadAudience(block),
            Channels = [.. block.Words("channels").Select(word => word.Text)],
            Team = block.RequiredWord("team", "A rule").Text,
            Owner = Expression(block, "owner", type),
            Department = Expression(block, "department", type),
            MaxAttempts = Number(block, "attempts", 1, 20, 3),
            RetryAfter = Span(block, "retryAfter") ?? new CalendarSpan(1, SpanUnit.Day),
            Escalate = escalate.Count > 0 ? escalate : [UsualOverdue],
            AcknowledgedByClaim = block.Choice("acknowledge", false, ("done", false), ("claim", true)),
            CatchUp = catchUp,
            Sample = Number(block, "sample", 1, 100, 100),
            Bundle = block.Node("bundle") is null || block.Flag("bundle"),
            Repeat = Span(block, "repeat"),
            Tolerance = Span(block, "tolerance"),
            Raises = ReadRaises(block, type),
            Template = block.Word("template")?.Text,
            Questionnaire = block.Word("questionnaire")?.Text,
        };
        CheckChannels(block, rule);
        return problems.Count == before ? rule : null;
    }

    private string? ReadResource(YamlBlock block)
    {
        var resource = block.Word("resource");
        if (resource is { } named && FhirSchema.Find(named.Text) is not { Kind: FhirTypeKind.Resource, IsAbstract: false })
        {
            problems.AddUnknown(named.Position, $"FHIR R4 has no resource {named}.", named.Text, FhirSchema.TypeNames);
        }

        return resource?.Text;
    }

    private static bool Has(YamlNode node, string key) => node is YamlMappingNode mapping && mapping.Children.Keys.Any(k => k is YamlScalarNode { Value: var name } && name == key);

    private void CheckTrigger(YamlBlock block, IReadOnlyList<Word> on, CalendarTrigger? calendar, string? resource)
    {
        if (on.Count > 0 && block.Node("calendar") is not null)
        {
            problems.Add(block.Position, "A rule waits for events or for days, not for both.", "Take out 'on' or 'calendar'.");
        }
        else if (on.Count == 0 && block.Node("calendar") is null)
        {
            problems.Add(block.Position, "Nothing makes the rule hit.", "Name events with 'on' or a day with 'calendar'.");
        }

        if (on.Count > 0 && resource is null)
        {
            problems.Add(block.Position, "A rule of events needs the key 'resource'.", "Name the FHIR type that its events are about, e.g. resource: Appointment.");
        }

        foreach (var key in (string[])["resource", "when", "due", "owner", "department", "per", "raises"])
        {
            if (calendar is not null && block.Node(key) is { } node)
            {
                problems.Add(YamlBlock.PositionOf(node, file), $"A rule of the calendar has no '{key}': it is about nothing but the patient.", "Use 'patient', 'need' and 'stop' for conditions.");
            }
        }

        foreach (var node in calendar is null ? [] : block.List("stop").Concat(block.List("need")).Where(node => Has(node, "on") || Has(node, "same")))
        {
            problems.Add(YamlBlock.PositionOf(node, file), "A rule of the calendar asks the record about the patient alone: there is no event, and nothing to be the same as.", "Use 'record' with 'where', 'since' and 'until'.");
        }
    }

    private void CheckChannels(YamlBlock block, FollowUpRule rule)
    {
        if (rule.Mode == FollowUpMode.Auto && rule.Channels.Count == 0)
        {
            problems.Add(block.Position, "A rule that sends by itself needs 'channels'.", "For example channels: [sms]");
        }
    }

    private RuleTitle ReadTitle(YamlBlock block)
    {
        if (block.Node("title") is not { } node)
        {
            problems.Add(block.Position, "A rule needs the key 'title'.", "Write it as title: { en: Appointment reminder, zh: 预约提醒 }.");
            return new RuleTitle("", "");
        }

        return YamlBlock.Read(node, file, "A title", ["en", "zh"], problems) is { } title
            ? new RuleTitle(title.RequiredWord("en", "A title").Text, title.RequiredWord("zh", "A title").Text)
            : new RuleTitle("", "");
    }

    private IReadOnlyList<Word> Events(IReadOnlyList<Word> words)
    {
        foreach (var word in words.Where(word => !events.Contains(word.Text)))
        {
            problems.AddUnknown(word.Position, $"There is no event '{word}'.", word.Text, events);
        }

        return words;
    }

    private JudgedEvent? ReadRaises(YamlBlock block, string? type)
    {
        if (block.Word("raises") is not { } word)
        {
            return null;
        }

        if (JudgedEvent.All.FirstOrDefault(e => e.Name == word.Text) is not { } raised)
        {
            problems.AddUnknown(word.Position, $"Rules do not raise '{word}'.", word.Text, JudgedEvent.All.Select(e => e.Name));
            return null;
        }

        if (type is not null && type != raised.Resource)
        {
            problems.Add(word.Position, $"'{word}' is about resources of type {raised.Resource}.", $"Write resource: {raised.Resource}, or take 'raises' out.");
        }

        return raised;
    }

    private CalendarTrigger? ReadCalendar(YamlBlock block)
    {
        if (block.Node("calendar") is not { } node || YamlBlock.Read(node, file, "A calendar trigger", ["day", "at", "leapDay", "leapMonth"], problems) is not { } calendar)
        {
            return null;
        }

        var word = calendar.RequiredWord("day", "A calendar trigger");
        if (CalendarDay.Parse(word.Text) is not { } day)
        {
            problems.Add(word.Position, $"'{word}' is no day that comes every year.", $"Write {CalendarDay.Forms}.");
            return null;
        }

        var at = calendar.Word("at") is { } time ? Time(time) : new TimeOnly(9, 0);
        return at is null ? null : new CalendarTrigger(
            day, at.Value,
            calendar.Choice("leapDay", LeapDayPolicy.February28,
                ("february28", LeapDayPolicy.February28), ("march1", LeapDayPolicy.March1), ("leapYearsOnly", LeapDayPolicy.LeapYearsOnly)),
            calendar.Choice("leapMonth", LeapMonthPolicy.RegularMonth,
                ("regularMonth", LeapMonthPolicy.RegularMonth), ("leapMonthWhenThere", LeapMonthPolicy.LeapMonthWhenThere)));
    }

    private List<DueTime> ReadDue(YamlBlock block, string? type, CalendarTrigger? calendar)
    {
        var words = block.Words("due");
        if (words.Count == 0 && calendar is null)
        {
            problems.Add(block.Position, "A rule of events needs the key 'due'.", $"Write {DueTime.Forms}.");
        }

        return [.. words.Select(word => DueTime.Parse(word, part => _expressions.Compile(part, type), problems)).OfType<DueTime>()];
    }

    private (EpisodeKind Kind, RuleExpression? Path) ReadPer(YamlBlock block, string? type) => block.Word("per") switch
    {
        null or { Text: "resource" } => (EpisodeKind.Resource, null),
        { Text: "patient" } => (EpisodeKind.Patient, null),
        { Text: "day" } => (EpisodeKind.Day, null),
        { } word => (EpisodeKind.Path, _expressions.Compile(word, type)),
    };

    private RecordCondition? ReadRecord(YamlNode node)
    {
        if (YamlBlock.Read(node, file, "A question to the record", ["record", "where", "same", "since", "until", "atLeast"], problems) is not { } block)
        {
            return null;
        }

        var record = block.RequiredWord("record", "A question to the record");
        if (record.Text.Length > 0 && FhirSchema.Find(record.Text) is not { Kind: FhirTypeKind.Resource, IsAbstract: false })
        {
            problems.AddUnknown(record.Position, $"FHIR R4 has no resource {record}.", record.Text, FhirSchema.TypeNames);
            return null;
        }

        return new RecordCondition(
            record.Text, Expression(block, "where", record.Text), Expression(block, "same", null), Span(block, "since"), Span(block, "until"),
            Number(block, "atLeast", 1, 100, 1));
    }

    private StopEvent? ReadStopEvent(YamlNode node) =>
        YamlBlock.Read(node, file, "A stop", ["on", "when", "of"], problems) is { } block
            ? new StopEvent(
                [.. Events(block.Words("on")).Select(word => word.Text)], Expression(block, "when", null),
                block.Choice("of", false, ("same", false), ("patient", true)))
            : null;

    private Escalation? ReadEscalation(YamlNode node)
    {
        if (YamlBlock.Read(node, file, "An escalation", ["after", "to"], problems) is not { } block)
        {
            return null;
        }

        if (block.Node("after") is null)
        {
            problems.Add(block.Position, "An escalation needs the key 'after'.", "Write it as after: 15 minutes.");
            return null;
        }

        return Span(block, "after") is { } after ? new Escalation(after, block.Word("to")?.Text) : null;
    }

    private CatchUp ReadCatchUp(YamlBlock block, CatchUpPolicy usual)
    {
        var (policy, within, forget) = (usual, (CalendarSpan?)null, (CalendarSpan?)null);
        if (block.Node("catchUp") is YamlScalarNode)
        {
            policy = Policy(block, "catchUp", usual);
        }
        else if (block.Node("catchUp") is { } node && YamlBlock.Read(node, file, "A catch-up", ["policy", "within", "forget"], problems) is { } inner)
        {
            policy = Policy(inner, "policy", usual);
            (within, forget) = (Span(inner, "within"), Span(inner, "forget"));
        }

        return new CatchUp(
            policy, within ?? (policy == CatchUpPolicy.Skip ? new CalendarSpan(2, SpanUnit.Hour) : new CalendarSpan(1, SpanUnit.Day)),
            forget ?? new CalendarSpan(30, SpanUnit.Day));
    }

    private static CatchUpPolicy Policy(YamlBlock block, string key, CatchUpPolicy usual) =>
        block.Choice(key, usual, ("late", CatchUpPolicy.Late), ("skip", CatchUpPolicy.Skip), ("ask", CatchUpPolicy.Ask));

    private List<string> ReadAudience(YamlBlock block)
    {
        var words = block.Words("audience");
        foreach (var word in words.Where(word => !Audiences.Contains(word.Text)))
        {
            problems.AddUnknown(word.Position, $"'{word}' is no audience; there are {string.Join(", ", Audiences)}.", word.Text, Audiences);
        }

        return words.Count == 0 ? ["patient"] : [.. words.Select(word => word.Text)];
    }

    private DailyWindow Window(YamlBlock block)
    {
        if (block.Word("window") is not { } word)
        {
            return DailyWindow.Always;
        }

        if (DailyWindow.Parse(word.Text) is { } window)
        {
            return window;
        }

        problems.Add(word.Position, $"'{word}' is no window of a day.", "Write it as 09:00-20:00; it begins before it ends.");
        return DailyWindow.Always;
    }

    private static bool Shifts(YamlBlock block, string key) => block.Choice(key, false, ("keep", false), ("shift", true));

    private RuleExpression? Expression(YamlBlock block, string key, string? type) => block.Word(key) is { } word ? _expressions.Compile(word, type) : null;

    private CalendarSpan? Span(YamlBlock block, string key)
    {
        if (block.Word(key) is not { } word)
        {
            return null;
        }

        if (CalendarSpan.Parse(word.Text) is { } span)
        {
            return span;
        }

        problems.Add(word.Position, $"'{word}' is no length of time.", $"Write it as {CalendarSpan.Forms}.");
        return null;
    }

    private TimeOnly? Time(Word word)
    {
        if (DailyWindow.Time(word.Text) is { } time)
        {
            return time;
        }

        problems.Add(word.Position, $"'{word}' is not a time of a day.", "Write it as 09:00.");
        return null;
    }

    private int Number(YamlBlock block, string key, int lowest, int highest, int usual)
    {
        if (block.Word(key) is not { } word)
        {
            return usual;
        }

        if (int.TryParse(word.Text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && number >= lowest && number <= highest)
        {
            return number;
        }

        problems.Add(word.Position, $"'{key}' must be a whole number from {lowest} to {highest}.");
        return usual;
    }
}
