using Integration.Core.Mapping.Runtime;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Explain;

/// <summary>Notes, while one message is mapped, which rule wrote each value and what it read. One a message, for one thread.</summary>
public sealed class MappingTrace
{
    private readonly Dictionary<DraftNode, Note> _notes = new(ReferenceEqualityComparer.Instance);
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
        for (var node = resource.Draft.First; node is not null; node = node.Next)
        {
            var name = node.Name!;
            var path = $"{resource.Type}.{name}";
            if (name == "id" && _ids.TryGetValue($"{resource.Type}/{resource.Id}", out var note))
            {
                chain.Push(note);
                Add(values, path, node, chain);
                chain.Pop();
            }
            else if (name is not ("resourceType" or "id"))
            {
                Walk(node, path, chain, values);
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
    internal void Made(DraftNode node, in SourceCursor cursor, bool whole, bool andReads)
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
    internal void MadeOfReads(DraftNode node) => NoteOf(node).Sources.AddRange(_reads);

    /// <summary>A step wrote a resource anew: values that are as they were keep what is known of them, the others are its own.</summary>
    internal void Rewrote(DraftNode before, DraftNode after, MappingRule step)
    {
        if (_notes.TryGetValue(before, out var note))
        {
            _notes[after] = note;
        }

        var place = 0;
        for (var child = after.First; child is not null; child = child.Next, place++)
        {
            var old = child.Name is null ? before.Children().ElementAtOrDefault(place) : before.Find(child.Name);
            if (old is not null && old.Kind == child.Kind && old.Text == child.Text)
            {
                Rewrote(old, child, step);
            }
            else
            {
                var own = new Note { Origin = ValueOrigin.Step };
                own.Rules.Add(step);
                _notes[child] = own;
            }
        }
    }

    internal void Coded(DraftNode node, string codeMap) => NoteOf(node).CodeMap = codeMap;

    internal void Reference(DraftNode node) => NoteOf(node).Origin = ValueOrigin.Reference;

    /// <summary>A rule wrote the value; called by the innermost first.</summary>
    /// <param name="rule">Null where no rule of a file stands behind it: the object around <c>period.start</c>.</param>
    internal void Wrote(DraftNode node, MappingRule? rule, in SourceCursor cursor, bool isConstant)
    {
        if (rule is not null)
        {
            Written(NoteOf(node), rule, cursor, isConstant);
        }
    }

    /// <summary>A rule cleared a property.</summary>
    /// <param name="cleared">The JSON null that stands there.</param>
    internal void Cleared(DraftNode cleared, MappingRule? rule, in SourceCursor cursor)
    {
        if (rule is not null)
        {
            var note = NoteOf(cleared);
            note.Origin = ValueOrigin.Cleared;
            Written(note, rule, cursor, isConstant: false);
        }
    }

    /// <summary>An id was made of these values.</summary>
    internal void MadeId(string reference, IReadOnlyList<DraftNode> parts, MappingRule rule, in SourceCursor cursor)
    {
        var note = new Note();
        note.Rules.Add(rule);
        note.Sources.AddRange(parts.SelectMany(part => NoteOf(part).Sources).Distinct());
        if (note.Sources.Count == 0)
        {
            // A thing of which there is one for another thing (a living will) is known by that one's id.
            var others = parts.Where(part => part.Kind == DraftKind.Object).Select(part => part.Find("reference")?.Text).OfType<string>();
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

    private void Walk(DraftNode node, string path, Stack<Note> chain, List<ExplainedValue> values)
    {
        var noted = _notes.TryGetValue(node, out var note);
        if (noted)
        {
            chain.Push(note!);
        }

        if (node.Kind is DraftKind.Object or DraftKind.Array)
        {
            var i = 0;
            for (var child = node.First; child is not null; child = child.Next)
            {
                Walk(child, node.Kind == DraftKind.Object ? $"{path}.{child.Name}" : $"{path}[{i++}]", chain, values);
            }
        }
        else
        {
            Add(values, path, node, chain);
        }

        if (noted)
        {
            chain.Pop();
        }
    }

    private static void Add(List<ExplainedValue> values, string path, DraftNode node, Stack<Note> chain)
    {
        var rules = chain.SelectMany(note => note.Rules).Distinct().ToList();
        var nearest = chain.FirstOrDefault(note => note.Sources.Count > 0);
        values.Add(new ExplainedValue(
            path, node.ToJson(), node.Kind == DraftKind.Null ? ValueOrigin.Cleared : chain.FirstOrDefault()?.Origin ?? ValueOrigin.Constant, rules, nearest?.Sources ?? [],
            chain.Select(note => note.CodeMap).FirstOrDefault(map => map is not null)));
    }

    private Note NoteOf(DraftNode node)
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
            cursor.WholeText())
        {
            FieldName = segment.FieldName(cursor.Field),
        };

    private sealed class Note
    {
        public ValueOrigin Origin { get; set; }

        public List<MappingRule> Rules { get; } = [];

        public List<SourcePlace> Sources { get; } = [];

        public string? CodeMap { get; set; }
    }
}
