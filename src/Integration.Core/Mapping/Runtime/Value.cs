using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Explain;

namespace Integration.Core.Mapping.Runtime;

/// <summary>Makes one JSON value out of what the cursor stands on. Compiled once, shared by all threads.</summary>
internal abstract class Value
{
    /// <summary>All of it comes from the cursor: where that is absent, nothing is made. Most elements of most messages are, and are passed over by this.</summary>
    public virtual bool NeedsCursor => false;

    /// <summary>It reads the value at the cursor before all else and knows by itself an absent one and HL7 null.</summary>
    public virtual bool SeesPresence => false;

    /// <summary>A new node without a parent; <see cref="MapRun.Cleared"/> for HL7 null; null for nothing.</summary>
    public abstract DraftNode? Make(in SourceCursor cursor, MapRun run);
}

/// <summary>The text at the cursor as a primitive.</summary>
/// <param name="whole">All components with their delimiters rather than the first.</param>
/// <param name="part">Only this piece of it; a text without it gives nothing and is no error.</param>
/// <param name="times">Factors of a number; nothing is made where one has no value.</param>
/// <param name="plusMinutes">Minutes to add to a time; nothing is made where they have no value.</param>
internal sealed class PrimitiveValue(FhirPrimitive type, bool whole, ResultPart? part, TextSource[] times, TextSource? plusMinutes) : Value
{
    public override bool NeedsCursor => true;

    public override bool SeesPresence => true;

    public override DraftNode? Make(in SourceCursor cursor, MapRun run)
    {
        var text = whole ? cursor.WholeText() : cursor.FirstText();
        if (text is null)
        {
            return null;
        }

        if (text.Length == 0)
        {
            return MapRun.Cleared;
        }

        if (part is { } wanted)
        {
            if (ResultText.Part(wanted, text) is not { } piece)
            {
                return null;
            }

            text = piece;
        }

        run.Trace?.BeginReading();
        if (times.Length > 0 && !TryMultiply(cursor, run, ref text))
        {
            return null;
        }

        if (plusMinutes is not null && !TryAddMinutes(cursor, run, ref text))
        {
            return null;
        }

        var node = type.Convert(text, run.Feed);
        if (node is null)
        {
            run.NotConvertible(cursor, type.Expected);
        }
        else
        {
            run.Trace?.Made(node, cursor, whole, andReads: true);
        }

        return node;
    }

    /// <summary>Exact, in decimals: an amount of money keeps its cents.</summary>
    private bool TryMultiply(in SourceCursor cursor, MapRun run, ref string text)
    {
        const decimal Most = 1_000_000_000_000m;
        if (FhirPrimitive.Number(text) is not { } product)
        {
            return true;   // told as a value that is no number
        }

        foreach (var factor in times)
        {
            if (factor.Read(cursor, run) is not { Length: > 0 } factorText || FhirPrimitive.Number(factorText) is not { } number
                || Math.Abs(number) > Most || Math.Abs(product) > Most)
            {
                return false;
            }

            product *= number;
        }

        text = product.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return true;
    }

    private bool TryAddMinutes(in SourceCursor cursor, MapRun run, ref string text)
    {
        if (plusMinutes!.Read(cursor, run) is not { Length: > 0 } minutes || FhirPrimitive.Number(minutes) is not { } number
            || number is <= 0 or > 1_000_000 || !Hl7Time.TryParse(text, out var time) || !time.HasTime)
        {
            return false;
        }

        text = time.PlusMinutes((double)number);
        return true;
    }
}

/// <summary>A template, joined paths, <c>event</c> or a feed property as a primitive.</summary>
internal sealed class TextValue(FhirPrimitive type, TextSource source) : Value
{
    public override bool NeedsCursor => source.NeedsCursor;

    public override DraftNode? Make(in SourceCursor cursor, MapRun run)
    {
        run.Trace?.BeginReading();
        if (source.Read(cursor, run) is not { Length: > 0 } text)
        {
            return null;
        }

        var node = type.Convert(text, run.Feed);
        if (node is null)
        {
            run.NotConvertible(cursor, type.Expected);
        }
        else
        {
            run.Trace?.MadeOfReads(node);
        }

        return node;
    }
}

/// <summary>A constant; null in the mapping file clears the element.</summary>
internal sealed class ConstantValue(JsonNode? value) : Value
{
    private readonly DraftNode? _value = value is null ? null : DraftNode.From(value);

    public override DraftNode? Make(in SourceCursor cursor, MapRun run) =>
        _value is null ? MapRun.Cleared : _value.Copy();
}

/// <summary><c>ref: patient</c>: <c>{ reference: Patient/id }</c>.</summary>
internal sealed class ReferenceValue(int name) : Value
{
    public override DraftNode? Make(in SourceCursor cursor, MapRun run)
    {
        if (cursor.Frame.Reference(name) is not { } reference)
        {
            return null;
        }

        var node = Object(reference);
        run.Trace?.Reference(node);
        return node;
    }

    public static DraftNode Object(string reference)
    {
        var node = DraftNode.Object();
        node.Set("reference", DraftNode.Of(reference));
        return node;
    }
}

/// <summary>Where a code's own words and system stand.</summary>
internal enum CodeSurroundings
{
    /// <summary>Nowhere: the code is a value by itself.</summary>
    None,

    /// <summary>In the components of the value at hand, a CWE as a whole.</summary>
    Below,

    /// <summary>In the components beside the one at hand, which is a CWE's code or text.</summary>
    Beside,
}

/// <summary>How a mapped code is written.</summary>
internal enum CodeShape
{
    Primitive,
    Coding,
    CodeableConcept,

    /// <summary>The code system that the code belongs to.</summary>
    System,
}

/// <summary>A code map applied to the text at the cursor or to a text source.</summary>
/// <param name="source">Null: the first component at the cursor.</param>
/// <param name="surroundings">Where the code's text and system stand, for those who map it.</param>
internal sealed class CodeValue(CodeMap map, CodeShape shape, TextSource? source, CodeSurroundings surroundings) : Value
{
    public override bool NeedsCursor => source is null || source.NeedsCursor;

    public override bool SeesPresence => source is null;

    public override DraftNode? Make(in SourceCursor cursor, MapRun run)
    {
        run.Trace?.BeginReading();
        var text = source is null ? cursor.FirstText() : source.Read(cursor, run);
        if (text is null)
        {
            return null;
        }

        if (text.Length == 0)
        {
            return MapRun.Cleared;
        }

        var code = map.Find(text, run);
        if (code is null)
        {
            // The rule for the code reports it; the one for its system beside it need not.
            if (map.Unmapped != Language.UnmappedPolicy.Pass && source is null && shape != CodeShape.System)
            {
                Report(text, cursor, run);
            }

            code = map.Default ?? (map.Unmapped == Language.UnmappedPolicy.Keep ? new MappedCode(text, null, null) : null);
            if (code is null)
            {
                return null;
            }
        }

        var node = Write(code);
        Trace(node, cursor, run.Trace);
        return node;
    }

    private void Trace(DraftNode? node, in SourceCursor cursor, MappingTrace? trace)
    {
        if (node is null)
        {
            return;
        }

        if (source is null)
        {
            trace?.Made(node, cursor, whole: false, andReads: false);
        }
        else
        {
            trace?.MadeOfReads(node);
        }

        trace?.Coded(node, map.Name);
    }

    private void Report(string code, in SourceCursor cursor, MapRun run)
    {
        var (words, system) = Surroundings(cursor);
        run.NotMapped(new UnmappedCode(map.Name, Short(code)!, Short(words), Short(system), cursor.Place()));
        var refuse = map.Unmapped == Language.UnmappedPolicy.Refuse;
        var found = map.Lists(code) ? $"Code map {map.Name} has the code for other days than that of the message" : $"The code is not in code map {map.Name}";
        var text = map.Default is not null
            ? $"{found}; its default was used."
            : map.Unmapped switch
            {
                Language.UnmappedPolicy.Keep => $"{found}; it was kept as sent.",
                Language.UnmappedPolicy.Drop => $"{found}; the element was left out.",
                _ => $"{found}, and it refuses unknown codes. Add it there and replay the message.",
            };
        var issue = new MessageIssue(IntegrationErrorCode.CodeNotMapped, refuse ? IssueSeverity.Error : IssueSeverity.Warning, cursor.Place(), text);

        // The unit of a range is looked up for each of its bounds.
        if (run.Issues.Count == 0 || run.Issues[^1] != issue)
        {
            run.Issues.Add(issue);
        }
    }

    /// <summary>Text and system of a CWE (HL7 v2.5.1 §2.A.13) stand in .2 and .3, those of its alternate code in .5 and .6.</summary>
    private (string? Text, string? System) Surroundings(in SourceCursor cursor)
    {
        if (surroundings == CodeSurroundings.Below)
        {
            return (cursor.Part(2, 0).WholeText(), cursor.Part(3, 0).WholeText());
        }

        var number = cursor.Subcomponent > 0 ? cursor.Subcomponent : cursor.Component;
        if (surroundings == CodeSurroundings.None || number is not (1 or 2 or 4 or 5))
        {
            return (null, null);
        }

        var all = new SourceCursor(cursor.Frame, cursor.Home, cursor.Segment, cursor.Field, cursor.Repetition, cursor.Subcomponent > 0 ? cursor.Component : 0);
        return (number is 1 or 4 ? all.Part(number + 1, 0).WholeText() : null, all.Part(number < 3 ? 3 : 6, 0).WholeText());
    }

    private static string? Short(string? text) => text?.Length > UnmappedCode.LongestText ? text[..UnmappedCode.LongestText] : text;

    private DraftNode? Write(MappedCode code)
    {
        if (shape == CodeShape.System)
        {
            return code.System is null ? null : DraftNode.Of(code.System);
        }

        if (shape == CodeShape.Primitive)
        {
            return DraftNode.Of(code.Code);
        }

        var coding = DraftNode.Object();
        if (code.System is not null)
        {
            coding.Set("system", DraftNode.Of(code.System));
        }

        coding.Set("code", DraftNode.Of(code.Code));
        if (code.Display is not null)
        {
            coding.Set("display", DraftNode.Of(code.Display));
        }

        if (shape == CodeShape.Coding)
        {
            return coding;
        }

        var concept = DraftNode.Object();
        concept.Set("coding", DraftNode.Array(coding));
        return concept;
    }
}

/// <summary>The first alternative that gives something, for a primitive.</summary>
internal sealed class FirstValue((Condition? When, Value Value, CursorSource[]? Sources, MappingRule Rule)[] alternatives) : Value
{
    public override bool NeedsCursor { get; } = alternatives.All(a => a.Value.NeedsCursor && (a.Sources is null || a.Sources.All(s => s.IsPart)));

    public override DraftNode? Make(in SourceCursor cursor, MapRun run)
    {
        foreach (var (when, value, sources, rule) in alternatives)
        {
            if (when is not null && !when.Test(cursor, run))
            {
                continue;
            }

            var node = sources is null ? value.Make(cursor, run) : CursorSource.First(sources, value, cursor, run);
            if (node is not null && node != MapRun.Cleared)
            {
                run.Trace?.Wrote(node, rule, cursor, isConstant: false);
                return node;
            }
        }

        return null;
    }
}
