using System.Text.Json.Nodes;
using Integration.Core.Mapping.Runtime;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Explain;

/// <summary>Notes, while one message is mapped, which rule wrote each value and what it read. One a message, for one thread.</summary>
public sealed class MappingTrace
{
    private readonly Dictionary<JsonNode, Note> _notes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(JsonObject Parent, string Property), Note> _cleared = [];
    private readonly Dictionary<string, Note> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<ISourceSegment, int> _lines = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<MappingRule> _hit = [];
    private readonly List<SourcePlace> _reads = [];

    /// <summary>Rules that wrote something.</summary>
    public IReadOnlyCollection<MappingRule> Hit => _hit;

    /// <summary>Every value of a resource that was mapped with this trace, in the order of the resource; its type is no value.</summary>
    public IReadOnlyList<ExplainedValue> ValuesOf(MappedResource resource)
    {
        var values = new List<ExplainedValue>();
        var chain = new Stack<Note>();
        foreach (var (name, node) in resource.Json)
        {
            var path = $"{resource.Type}.{name}";
            if (name == "id" && _ids.TryGetValue($"{resource.Type}/{resource.Id}", out var note))
            {
                chain.Push(note);
                Add(values, path, node, chain);
                chain.Pop();
            }
            else if (name is not ("resourceType" or "id"))
            {
                Walk(resource.Json, name, node, path, chain, values);
            }
        }

        return values;
    }

    internal void Begin(ISourceDocument document)
    {
        for (var line = 0; line < document.Segments.Count; line++)
        {
            _lines[document.Segments[line]] = line + 1;
        }
    }

    /// <summary>How many places are noted; see <see cref="Forget"/>.</summary>
    internal int ReadCount => _reads.Count;

    /// <summary>Begins to note the places that texts are read from.</summary>
    internal void BeginReading() => _reads.Clear();

    /// <summary>Notes a place that a text was read from.</summary>
    internal void Read(in SourceCursor cursor)
    {
        if (PlaceOf(cursor) is { } place && !_reads.Contains(place))
        {
            _reads.Add(place);
        }
    }

    /// <summary>Notes that the trigger event was read. HL7 v2.5.1 §2.14.9.9 MSH-9.2.</summary>
    internal void ReadEvent(string triggerEvent) => _reads.Add(new SourcePlace("MSH", 1, 1, 9, 1, 2, 0, triggerEvent));

    /// <summary>Takes back what was read since, by a condition.</summary>
    internal void Forget(int count) => _reads.RemoveRange(count, _reads.Count - count);

    /// <summary>The value was made of the text at the cursor.</summary>
    /// <param name="whole">Of all of it rather than its first component.</param>
    /// <param name="andReads">And of what was read since <see cref="BeginReading"/>.</param>
    internal void Made(JsonNode node, in SourceCursor cursor, bool whole, bool andReads)
    {
        var note = NoteOf(node);
        var first = cursor.Part(1, 0);
        if (PlaceOf(whole || cursor.WholeText() == first.WholeText() ? cursor : first) is { } place)
        {
            note.Sources.Add(place);
        }

        if (andReads)
        {
            note.Sources.AddRange(_reads.Where(read => !note.Sources.Contains(read)));
        }
    }

    /// <summary>The value was made of what was read since <see cref="BeginReading"/>.</summary>
    internal void MadeOfReads(JsonNode node) => NoteOf(node).Sources.AddRange(_reads);

    internal void Coded(JsonNode node, string codeMap) => NoteOf(node).CodeMap = codeMap;

    internal void Reference(JsonNode node) => NoteOf(node).Origin = ValueOrigin.Reference;

    /// <summary>A rule wrote the value; called by the innermost first.</summary>
    /// <param name="rule">Null where no rule of a file stands behind it: the object around <c>period.start</c>.</param>
    internal void Wrote(JsonNode node, MappingRule? rule, in SourceCursor cursor, bool isConstant)
    {
        if (rule is not null)
        {
            Written(NoteOf(node), rule, cursor, isConstant);
        }
    }

    /// <summary>A rule cleared a property.</summary>
    internal void Cleared(JsonObject parent, string property, MappingRule? rule, in SourceCursor cursor)
    {
        if (rule is not null)
        {
            var note = _cleared[(parent, property)] = new Note { Origin = ValueOrigin.Cleared };
            Written(note, rule, cursor, isConstant: false);
        }
    }

    /// <summary>An id was made of these values.</summary>
    internal void MadeId(string reference, IReadOnlyList<JsonNode> parts, MappingRule rule, in SourceCursor cursor)
    {
        var note = new Note();
        note.Rules.Add(rule);
        note.Sources.AddRange(parts.SelectMany(part => NoteOf(part).Sources).Distinct());
        if (note.Sources.Count == 0)
        {
            // A thing of which there is one for another thing (a living will) is known by that one's id.
            var others = parts.OfType<JsonObject>().Select(part => part["reference"]?.GetValue<string>()).OfType<string>();
            note.Sources.AddRange(others.Where(_ids.ContainsKey).SelectMany(other => _ids[other].Sources).Distinct());
        }

        if (note.Sources.Count == 0 && PlaceOf(cursor) is { } place)
        {
            note.Sources.Add(place);
        }

        _ids.TryAdd(reference, note);
        _hit.Add(rule);
    }

    private void Written(Note note, MappingRule rule, in SourceCursor cursor, bool isConstant)
    {
        _hit.Add(rule);
        if (!note.Rules.Contains(rule))
        {
            note.Rules.Add(rule);
        }

        if (isConstant)
        {
            note.Origin = ValueOrigin.Constant;
        }

        if (note.Sources.Count == 0 && PlaceOf(cursor) is { } place)
        {
            note.Sources.Add(place);
        }
    }

    private void Walk(JsonObject parent, string property, JsonNode? node, string path, Stack<Note> chain, List<ExplainedValue> values)
    {
        Note? note;
        var noted = node is null ? _cleared.TryGetValue((parent, property), out note) : _notes.TryGetValue(node, out note);
        if (noted)
        {
            chain.Push(note!);
        }

        switch (node)
        {
            case JsonObject inner:
                foreach (var (name, child) in inner)
                {
                    Walk(inner, name, child, $"{path}.{name}", chain, values);
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++)
                {
                    Walk(parent, property, array[i], $"{path}[{i}]", chain, values);
                }

                break;
            default:
                Add(values, path, node, chain);
                break;
        }

        if (noted)
        {
            chain.Pop();
        }
    }

    private static void Add(List<ExplainedValue> values, string path, JsonNode? node, Stack<Note> chain)
    {
        var rules = chain.SelectMany(note => note.Rules).Distinct().ToList();
        var nearest = chain.FirstOrDefault(note => note.Sources.Count > 0);
        values.Add(new ExplainedValue(
            path, node, node is null ? ValueOrigin.Cleared : chain.FirstOrDefault()?.Origin ?? ValueOrigin.Constant, rules, nearest?.Sources ?? [],
            chain.Select(note => note.CodeMap).FirstOrDefault(map => map is not null)));
    }

    private Note NoteOf(JsonNode node)
    {
        if (!_notes.TryGetValue(node, out var note))
        {
            _notes[node] = note = new Note();
        }

        return note;
    }

    private SourcePlace? PlaceOf(in SourceCursor cursor) => cursor.Segment is not { } segment
        ? null
        : new SourcePlace(
            segment.Name, _lines.GetValueOrDefault(segment), segment.Ordinal, cursor.Field, cursor.Repetition, cursor.Component, cursor.Subcomponent,
            cursor.WholeText());

    private sealed class Note
    {
        public ValueOrigin Origin { get; set; }

        public List<MappingRule> Rules { get; } = [];

        public List<SourcePlace> Sources { get; } = [];

        public string? CodeMap { get; set; }
    }
}
