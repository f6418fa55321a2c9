using System.Globalization;
using System.Text.Json.Nodes;

namespace Integration.Core.Mapping.Outbound;

/// <summary>One building of one message. Not for several threads.</summary>
/// <param name="Resources">By name, the focus among them.</param>
/// <param name="Zone">Clock of the receiver.</param>
internal sealed record OutboundRun(OutboundSubject Subject, IReadOnlyDictionary<string, IReadOnlyList<JsonObject>> Resources, TimeZoneInfo Zone)
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Number of the segment being built among those of its name, from 1; one that is made for each entry of a list counts within it.</summary>
    public int Ordinal { get; private set; }

    public void Begin(string segment) => Ordinal = _counts.GetValueOrDefault(segment) + 1;

    /// <summary>The next segment of the name is number 1 again: a list of its own begins.</summary>
    public void Restart(string segment) => _counts.Remove(segment);

    public void Keep(string segment) => _counts[segment] = Ordinal;
}

/// <summary>Components and subcomponents of one repetition; both count from 1.</summary>
internal sealed class ComponentTexts : SortedDictionary<(int Component, int Subcomponent), string>;

/// <summary>Where values come from.</summary>
/// <param name="Select">All values, none null.</param>
/// <param name="TypeName">Their FHIR type.</param>
internal sealed record OutboundSource(Func<JsonNode, OutboundRun, IEnumerable<JsonNode>> Select, string TypeName, bool Repeats)
{
    public static readonly string[] Words = ["ordinal", "event.trigger", "event.time", "event.recorded"];

    /// <summary>What the words of <see cref="Words"/> stand for; null for any other.</summary>
    public static OutboundSource? OfWord(string word) => word switch
    {
        "ordinal" => new((_, run) => [JsonValue.Create(run.Ordinal)], "positiveInt", false),
        "event.trigger" => new((_, run) => [JsonValue.Create(run.Subject.Trigger[(run.Subject.Trigger.IndexOf('_', StringComparison.Ordinal) + 1)..])], "code", false),
        "event.time" => new((_, run) => [Instant(run.Subject.Occurred)], "instant", false),
        "event.recorded" => new((_, run) => [Instant(run.Subject.Recorded)], "instant", false),
        _ => null,
    };

    private static JsonValue Instant(DateTimeOffset time) => JsonValue.Create(time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
}

/// <summary>A compiled rule.</summary>
/// <param name="Field">0 in a datatype map.</param>
/// <param name="Component">0: the whole field.</param>
/// <param name="Subcomponent">0: the whole component.</param>
/// <param name="Adds">The target repeats: each value is a repetition. Else the first rule with a value wins.</param>
internal sealed record OutboundRule(
    int Field, int Component, int Subcomponent, bool Adds, bool Required, Func<JsonNode, bool>? When, Func<JsonNode, OutboundRun, IEnumerable<ComponentTexts>> Values)
{
    public IEnumerable<ComponentTexts> ValuesOf(JsonNode item, OutboundRun run) => When is null || When(item) ? Values(item, run) : [];
}

/// <summary>A FHIR value → the components of a datatype.</summary>
internal sealed record DatatypeWriter(IReadOnlyList<OutboundRule> Rules)
{
    /// <returns>Null when there is nothing to write, or something required is missing.</returns>
    public ComponentTexts? Write(JsonNode item, OutboundRun run)
    {
        var texts = new ComponentTexts();
        var filled = new HashSet<(int, int)>();
        foreach (var rule in Rules)
        {
            if (filled.Contains((rule.Component, rule.Subcomponent)))
            {
                continue;
            }

            if (rule.ValuesOf(item, run).FirstOrDefault() is not { } value)
            {
                // A later rule may still fill the place; that is checked once all have run.
                continue;
            }

            filled.Add((rule.Component, rule.Subcomponent));
            foreach (var (place, text) in value)
            {
                // Components of a value inside a component are its subcomponents.
                texts[(rule.Component, rule.Subcomponent > 0 ? rule.Subcomponent : place.Component)] = text;
            }
        }

        return texts.Count == 0 || Rules.Any(r => r.Required && !filled.Contains((r.Component, r.Subcomponent))) ? null : texts;
    }
}

/// <summary>A FHIR value → a segment.</summary>
internal sealed record SegmentWriter(string Segment, IReadOnlyList<OutboundRule> Rules)
{
    /// <returns>Null when there is nothing to write, or something required is missing.</returns>
    public OutboundSegment? Write(JsonNode item, OutboundRun run)
    {
        run.Begin(Segment);
        var texts = new SortedDictionary<(int Field, int Repetition, int Component, int Subcomponent), string>();
        var filled = new HashSet<(int, int, int)>();
        var repetitions = new Dictionary<int, int>();
        foreach (var rule in Rules)
        {
            var place = (rule.Field, rule.Component, rule.Subcomponent);
            if (!rule.Adds && filled.Contains(place))
            {
                continue;
            }

            foreach (var value in rule.Adds ? rule.ValuesOf(item, run) : rule.ValuesOf(item, run).Take(1))
            {
                filled.Add(place);
                var repetition = rule.Adds ? repetitions[rule.Field] = repetitions.GetValueOrDefault(rule.Field) + 1 : 1;
                Put(rule, repetition, value, texts);
            }
        }

        // A number and constants alone say nothing: that is decided by what is required.
        if (texts.Count == 0 || Rules.Any(r => r.Required && !filled.Contains((r.Field, r.Component, r.Subcomponent))))
        {
            return null;
        }

        run.Keep(Segment);
        return new OutboundSegment(
            Segment, [.. texts.Select(t => new OutboundValue(t.Key.Field, t.Key.Repetition, t.Key.Component, t.Key.Subcomponent, t.Value))]);
    }

    private static void Put(
        OutboundRule rule, int repetition, ComponentTexts value, SortedDictionary<(int Field, int Repetition, int Component, int Subcomponent), string> texts)
    {
        foreach (var (place, text) in value)
        {
            var key = rule.Component == 0 ? (rule.Field, repetition, place.Component, place.Subcomponent)
                : rule.Subcomponent == 0 ? (rule.Field, repetition, rule.Component, place.Component)
                : (rule.Field, repetition, rule.Component, rule.Subcomponent);
            texts[key] = text;
        }
    }
}

/// <summary>One step of a message: a segment, or several that repeat together.</summary>
/// <param name="Of">Name of the resource; null: the value at hand.</param>
/// <param name="Each">Null: the value itself.</param>
internal sealed record OutboundStep(
    string? Of, ElementPath? Each, Func<JsonNode, bool>? Where, string? Unless, SegmentWriter? Segment, IReadOnlyList<OutboundStep> Steps)
{
    public void Write(JsonNode at, OutboundRun run, List<OutboundSegment> segments)
    {
        if (Unless is not null && run.Resources.TryGetValue(Unless, out var others) && others.Count > 0)
        {
            return;
        }

        if (Each is not null && Segment is not null)
        {
            run.Restart(Segment.Segment);
        }

        IEnumerable<JsonNode> items = Of is null ? [at] : run.Resources.GetValueOrDefault(Of) ?? [];
        foreach (var item in Each is null ? items : items.SelectMany(Each.Select))
        {
            if (Where is not null && !Where(item))
            {
                continue;
            }

            if (Segment?.Write(item, run) is { } segment)
            {
                segments.Add(segment);
            }

            foreach (var step in Steps)
            {
                step.Write(item, run, segments);
            }
        }
    }
}
