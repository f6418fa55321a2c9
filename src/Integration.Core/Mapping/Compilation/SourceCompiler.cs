using System.Globalization;
using Integration.Core.Mapping.Dicom;
using Integration.Core.Mapping.Hl7v2;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;

namespace Integration.Core.Mapping.Compilation;

/// <summary>Checks source paths, templates and conditions against the HL7 tables and compiles them.</summary>
internal sealed class SourceCompiler(CompileContext context)
{
    private ProblemList Problems => context.Problems;

    /// <summary>Null when the path is wrong, which has then been reported.</summary>
    public CompiledSource? Path(Word word, SourceScope scope)
    {
        var path = SourcePath.Parse(word.Text, name => IsDatatype(name, scope));
        switch (path?.Root)
        {
            case SourceRoot.Event:
                return new CompiledSource(null, new EventText(), scope, true, false);
            case SourceRoot.FeedAuthority:
                return new CompiledSource(null, new FeedAuthorityText(), scope, true, false);
            case SourceRoot.FeedName:
                return new CompiledSource(null, new FeedNameText(), scope, true, false);
            case SourceRoot.FeedWado:
                return new CompiledSource(null, new FeedWadoText(), scope, true, false);
            case SourceRoot.FeedViewer:
                return Viewer(word, scope);
            case SourceRoot.Segment:
                return SegmentPath(word, path, scope);
            case SourceRoot.Datatype:
                return DatatypePath(word, path, scope);
            default:
                var upper = word.Text.ToUpperInvariant();
                var keyword = SourcePath.KeywordLength(word.Text);
                if (keyword > 0)
                {
                    Problems.AddUnknown(word.Position, $"'{word.Text}' names no DICOM attribute that mappings can read.", word.Text[..keyword], DicomTags.Keywords);
                    return null;
                }

                IEnumerable<string> known = SourcePath.Parse(upper, _ => false) is null ? SourcePath.Words : [upper];
                Problems.AddUnknown(word.Position, $"'{word.Text}' is not a source path such as PID-3[2].4, CX.4 or event.", word.Text, known);
                return null;
        }
    }

    public Condition? Condition(Word? word, SourceScope scope) =>
        word is { } text && ConditionParser.Parse(text, Problems) is { } syntax ? Condition(syntax, scope) : null;

    /// <summary><c>text:</c> with <c>{paths}</c>.</summary>
    public TextSource? Template(Word word, SourceScope scope, bool isUri)
    {
        var literals = new List<string>();
        var parts = new List<TextSource>();
        var position = 0;
        while (word.Text.IndexOf('{', position) is var open and >= 0)
        {
            var close = word.Text.IndexOf('}', open);
            if (close < 0)
            {
                Problems.Add(word.Position.Plus(open), "The text has an opening brace without a closing one.");
                return null;
            }

            literals.Add(word.Text[position..open]);
            if (Path(new Word(word.Text[(open + 1)..close], word.Position.Plus(open + 1)), scope) is { } source)
            {
                parts.Add(source.AsText());
            }

            position = close + 1;
        }

        literals.Add(word.Text[position..]);
        return parts.Count == literals.Count - 1 ? new TemplateText([.. literals], [.. parts], isUri) : null;
    }

    /// <summary><c>join:</c>; a path to another segment reads every one of its name in the group.</summary>
    public TextSource? Join(IReadOnlyList<Word> words, string separator, Word? where, SourceScope scope)
    {
        var paths = new List<JoinPath>();
        SourceScope? other = null;
        foreach (var word in words)
        {
            var path = SourcePath.Parse(word.Text, name => IsDatatype(name, scope));
            var isOther = path is { Root: SourceRoot.Segment, Field: > 0 } && path.Name != scope.Segment && path.Name != scope.Home && scope.Home is not null;
            var on = isOther ? scope with { Segment = path!.Name, Datatypes = [] } : scope;
            if (Path(word, on) is { Cursor: { } cursor } source)
            {
                paths.Add(new JoinPath(isOther ? new SegmentPath(context.Slots.NumberOf(path!.Name)) : null, cursor, source.Whole));
                other = isOther ? on : other;
            }
        }

        if (where is { } condition && other is null)
        {
            Problems.Add(condition.Position, "A 'where' beside 'join' chooses segments, and the join reads none of another name.");
        }

        return paths.Count == 0 ? null : new JoinText([.. paths], separator, other is null ? null : Condition(where, other));
    }

    /// <summary>The factors of <c>times:</c>, numbers or paths to numbers.</summary>
    public TextSource[] Factors(IReadOnlyList<Word> words, SourceScope scope) =>
        [.. words.Select(word => FhirPrimitive.Number(word.Text) is not null ? new LiteralText(word.Text) : Path(word, scope)?.AsText()).OfType<TextSource>()];

    private CompiledSource? Viewer(Word word, SourceScope scope)
    {
        if (scope.Home != DicomTags.SegmentName)
        {
            Problems.Add(word.Position, "feed.viewer is the address of an imaging study, which only the maps of DICOM know.", "Write the address as a text.");
            return null;
        }

        var parts = LinkTemplate.Placeholders.Select(name => Path(new Word(name, word.Position), scope)?.AsText()).OfType<TextSource>().ToArray();
        return new CompiledSource(null, new FeedViewerText(parts), scope, true, false);
    }

    private Condition? Condition(ConditionSyntax syntax, SourceScope scope)
    {
        switch (syntax)
        {
            case ConditionSyntax.And(var left, var right):
                return Both(left, right, scope, (a, b) => new Condition.And(a, b));
            case ConditionSyntax.Or(var left, var right):
                return Both(left, right, scope, (a, b) => new Condition.Or(a, b));
            case ConditionSyntax.Not(var inner):
                return Condition(inner, scope) is { } negated ? new Condition.Not(negated) : null;
            case ConditionSyntax.Valued(var path):
                return Path(path, scope) is { } valued ? new Condition.Valued(valued.AsText()) : null;
            case ConditionSyntax.In(var path, var values):
                return Path(path, scope) is { } compared ? new Condition.In(compared.AsText(), [.. values]) : null;
            case ConditionSyntax.Is(var path, var form):
                if (!ValueForm.All.TryGetValue(form.Text, out var test))
                {
                    Problems.AddUnknown(form.Position, $"There is no form '{form.Text}'; there are {string.Join(", ", ValueForm.All.Keys)}.", form.Text, ValueForm.All.Keys);
                    return null;
                }

                return Path(path, scope) is { } tested ? new Condition.Is(tested.AsText(), test) : null;
            default:
                throw new ArgumentOutOfRangeException(nameof(syntax));
        }
    }

    private Condition? Both(ConditionSyntax left, ConditionSyntax right, SourceScope scope, Func<Condition, Condition, Condition> combine)
    {
        // Both sides are compiled before either is given up, so that the problems of both are reported.
        var (first, second) = (Condition(left, scope), Condition(right, scope));
        return first is null || second is null ? null : combine(first, second);
    }

    private CompiledSource? SegmentPath(Word word, SourcePath path, SourceScope scope)
    {
        if (scope.Home is null && path.Name != scope.Segment)
        {
            Problems.Add(word.Position, $"A datatype map cannot read {word.Text}: it serves many segments.", "Give it the value as a component of its datatype, or write the rule in a segment map.");
            return null;
        }

        if (!IsKnownSegment(word, path.Name))
        {
            return null;
        }

        if (path.Column is { } column)
        {
            path = path with { Field = context.ColumnOf(path.Name, column), Repetition = 1 };
        }

        if (path.Field == 0)
        {
            var each = path.Name == scope.Segment && scope.IsSegment
                ? (CursorSource)new PartPath(0, 0)
                : new SegmentPath(context.Slots.NumberOf(path.Name));
            return new CompiledSource(each, null, scope with { Segment = path.Name, Datatypes = [] }, true, each is SegmentPath);
        }

        if (path.OfEach && scope.Home is null)
        {
            Problems.Add(word.Position, $"A datatype map cannot read {word.Text}: it serves many segments.", "Write the rule in a segment map.");
            return null;
        }

        var uses = path.OfEach ? scope.Uses.OfEach : path.Name == scope.Home ? scope.Uses.OfItself : path.Name == scope.Segment ? scope.Uses.OfEach : scope.Uses.OfFirst;
        uses.Add((path.Name, path.Field));
        var slot = path.Name == scope.Segment ? FieldPath.AtHand : path.Name == scope.Home ? FieldPath.Home : context.Slots.NumberOf(path.Name);
        CursorSource cursor = path.OfEach
            ? new EachFieldPath(new SegmentPath(context.Slots.NumberOf(path.Name)), path.Field, path.Repetition, path.Component, path.Subcomponent)
            : new FieldPath(slot, path.Field, path.Repetition, path.Component, path.Subcomponent);
        if (path.Column is not null)
        {
            return new CompiledSource(cursor, null, scope with { Segment = path.Name, Datatypes = null }, true, false);
        }

        if (path.Name[0] == 'Z')
        {
            return new CompiledSource(cursor, null, scope with { Segment = path.Name, Datatypes = null }, true, path.OfEach || path.Repetition == 0);
        }

        return Field(word, path) is { } field && Descend(word, field.Datatypes, path.Component, path.Subcomponent) is { } datatypes
            ? new CompiledSource(
                cursor, null, Below(scope with { Segment = path.Name }, datatypes), !datatypes.Any(Hl7Tables.IsComposite), path.OfEach || (path.Repetition == 0 && field.Repeats))
            {
                IsInCode = IsInCode(word, field.Datatypes, path),
            }
            : null;
    }

    private CompiledSource? DatatypePath(Word word, SourcePath path, SourceScope scope)
    {
        if (!Hl7Tables.IsComposite(path.Name) && path.Component > 0)
        {
            Problems.AddUnknown(word.Position, $"HL7 has no datatype {path.Name} with components.", path.Name, Hl7Tables.DatatypeNames);
            return null;
        }

        if (scope.IsSegment || !scope.Accepts(path.Name))
        {
            Problems.Add(word.Position, $"{word.Text} cannot be read here.", scope.IsSegment
                ? "The rule stands on a segment: begin the path with its name, as in PID-3.4."
                : $"The value at hand is {string.Join(" or ", scope.Datatypes ?? [])}.");
            return null;
        }

        var cursor = new PartPath(path.Component, path.Subcomponent);
        if (Descend(word, [path.Name], path.Component, path.Subcomponent) is not { } datatypes)
        {
            return null;
        }

        return new CompiledSource(cursor, null, Below(scope, datatypes), !datatypes.Any(Hl7Tables.IsComposite), false) { IsInCode = IsInCode(word, [path.Name], path) };
    }

    /// <summary>Whether the path names the code or the text of a coded value, so that the other and the system stand beside it.</summary>
    private bool IsInCode(Word word, IReadOnlyList<string> datatypes, SourcePath path)
    {
        var number = path.Subcomponent > 0 ? path.Subcomponent : path.Component;
        return number is 1 or 2 or 4 or 5 && CodedDatatypes.Holds(path.Subcomponent > 0 ? Descend(word, datatypes, path.Component, 0) : datatypes);
    }

    /// <summary>A bare name is the value at hand when it is one of its datatypes. Segments have three letters, so two are a datatype.</summary>
    private static bool IsDatatype(string name, SourceScope scope) =>
        !scope.IsSegment && (scope.Datatypes is { } datatypes ? datatypes.Contains(name) : name.Length == 2 || Hl7Tables.IsComposite(name));

    private static SourceScope Below(SourceScope scope, IReadOnlyList<string> datatypes) =>
        scope with { Datatypes = datatypes.Contains("varies") || datatypes.Contains("CM") ? null : datatypes };

    private bool IsKnownSegment(Word word, string segment)
    {
        if (segment[0] == 'Z' || Hl7Tables.Fields(segment) is not null || context.RowNames.Contains(segment))
        {
            return true;
        }

        if (SourcePath.IsRowName(segment))
        {
            Problems.AddUnknown(
                word.Position, $"'{word.Text}' is not a source path such as PID-3[2].4, CX.4 or event, and no message map has a step for rows '{segment}'.", word.Text,
                [.. SourcePath.Words, .. context.RowNames, word.Text.ToUpperInvariant()]);
            return false;
        }

        Problems.AddUnknown(word.Position, $"HL7 has no segment {segment}.", segment, Hl7Tables.SegmentNames);
        return false;
    }

    private Hl7FieldType? Field(Word word, SourcePath path)
    {
        var fields = Hl7Tables.Fields(path.Name)!;
        if (path.Field <= fields.Count)
        {
            return fields[path.Field - 1];
        }

        var asked = string.Create(CultureInfo.InvariantCulture, $"{path.Name}-{path.Field}");
        Problems.AddUnknown(
            word.Position, $"HL7 has no field {asked}; {path.Name} ends with {path.Name}-{fields.Count}.", asked,
            Enumerable.Range(1, fields.Count).Select(number => $"{path.Name}-{number}"));
        return null;
    }

    /// <summary>The datatypes of a component (and below it a subcomponent); null when it does not exist.</summary>
    private IReadOnlyList<string>? Descend(Word word, IReadOnlyList<string> datatypes, int component, int subcomponent)
    {
        foreach (var number in (ReadOnlySpan<int>)[component, subcomponent])
        {
            if (number == 0 || datatypes.Contains("varies") || datatypes.Contains("CM"))
            {
                break;
            }

            var found = datatypes.Select(Hl7Tables.Components).OfType<IReadOnlyList<Hl7FieldType>>().Where(parts => number <= parts.Count)
                .SelectMany(parts => parts[number - 1].Datatypes).Distinct().ToList();
            if (found.Count == 0 && number > 1)
            {
                var most = datatypes.Max(datatype => Hl7Tables.Components(datatype)?.Count ?? 1);
                Problems.Add(
                    word.Position, $"{word.Text} does not exist: {string.Join(" or ", datatypes)} has {most} component{(most == 1 ? "" : "s")}.");
                return null;
            }

            datatypes = found.Count == 0 ? datatypes : found;
        }

        return datatypes;
    }
}
