using System.Buffers;
using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>A message as bytes of the receiver's character set.</summary>
/// <param name="Raw">Without framing, each segment ended by CR. Empty when there is an issue: half a message must not be sent.</param>
/// <param name="Issues">Each value that the character set cannot express, with its place (<c>PID-5[2].1</c>).</param>
public sealed record Hl7WrittenMessage(ReadOnlyMemory<byte> Raw, IReadOnlyList<MessageIssue> Issues);

/// <summary>
/// Builds a message in the vertical-bar encoding with the standard delimiters <c>|^~\&amp;</c> (HL7 v2.5.1 §2.5, escapes §2.7). Not for several
/// threads.
/// </summary>
public sealed class Hl7MessageBuilder
{
    private static readonly Hl7Delimiters Delimiters = Hl7Delimiters.Standard;

    private readonly List<Hl7SegmentBuilder> _segments = [];

    /// <summary>Begins the next segment; the first must be MSH, whose fields 1 and 2 are written by themselves.</summary>
    /// <param name="name">A letter and two letters or digits, upper case.</param>
    public Hl7SegmentBuilder Add(string name)
    {
        if (!Hl7SegmentName.IsValid(Encoding.UTF8.GetBytes(name)))
        {
            throw new ArgumentException($"'{name}' is no segment name.", nameof(name));
        }

        if ((_segments.Count == 0) != (name == "MSH"))
        {
            throw new ArgumentException("A message begins with its one MSH.", nameof(name));
        }

        var segment = new Hl7SegmentBuilder(name, _segments.Count(s => s.Name == name) + 1);
        _segments.Add(segment);
        return segment;
    }

    /// <summary>The message in a character set, or what that set cannot express.</summary>
    public Hl7WrittenMessage Write(Hl7TargetCharset charset)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        var issues = new List<MessageIssue>();
        foreach (var segment in _segments)
        {
            Write(segment, charset, output, issues);
        }

        return new(issues.Count > 0 ? ReadOnlyMemory<byte>.Empty : output.WrittenMemory, issues);
    }

    private static void Write(Hl7SegmentBuilder segment, Hl7TargetCharset charset, ArrayBufferWriter<byte> output, List<MessageIssue> issues)
    {
        output.Write(Encoding.ASCII.GetBytes(segment.Name));
        var at = (Field: 0, Repetition: 1, Component: 1, Subcomponent: 1);
        if (segment.Name == "MSH")
        {
            output.Write([Delimiters.Field, Delimiters.Component, Delimiters.Repetition, Delimiters.Escape, Delimiters.Subcomponent]);
            at.Field = 2;
        }

        foreach (var (place, text) in segment.Values)
        {
            // Each step down starts its level anew: the delimiters of the levels above it stand before those below.
            if (Repeat(Delimiters.Field, place.Field - at.Field, output))
            {
                at = (place.Field, 1, 1, 1);
            }

            if (Repeat(Delimiters.Repetition, place.Repetition - at.Repetition, output))
            {
                at = (place.Field, place.Repetition, 1, 1);
            }

            if (Repeat(Delimiters.Component, place.Component - at.Component, output))
            {
                at = (place.Field, place.Repetition, place.Component, 1);
            }

            Repeat(Delimiters.Subcomponent, place.Subcomponent - at.Subcomponent, output);
            at = place;
            WriteValue(segment, place, text, charset, output, issues);
        }

        output.Write("\r"u8);
    }

    private static void WriteValue(
        Hl7SegmentBuilder segment, (int Field, int Repetition, int Component, int Subcomponent) place, string? text, Hl7TargetCharset charset,
        ArrayBufferWriter<byte> output, List<MessageIssue> issues)
    {
        var escaped = text switch
        {
            null => "\"\"",
            "\"\"" => "\\X22\\\"",   // the text of two quotes, which must not say: delete
            _ => Hl7EscapeSequences.Encode(text, Delimiters),
        };
        var missing = charset.Write(escaped, output);
        if (missing >= 0)
        {
            var path = new Hl7Path(segment.Name, segment.Ordinal, place.Field, place.Repetition, place.Component, place.Subcomponent > 1 ? place.Subcomponent : 0);
            var character = Rune.TryGetRuneAt(escaped, missing, out var rune) ? $"U+{rune.Value:X4}" : "half of a surrogate pair";
            issues.Add(MessageIssue.Error(
                IntegrationErrorCode.CharacterNotInCharset, PlaceOf(path),
                $"Character set {charset.Declared} of the destination has no character {character}. Nothing was sent. "
                + "Let the receiver take GB 18030-2000 or UTF-8, or correct the record."));
        }
    }

    /// <summary>With the repetition in any case: <c>PID-5[1].1</c>.</summary>
    private static string PlaceOf(in Hl7Path path)
    {
        var text = path.ToString();
        return path.Repetition > 1 ? text : text.Replace($"-{path.Field}", $"-{path.Field}[1]", StringComparison.Ordinal);
    }

    private static bool Repeat(byte delimiter, int times, ArrayBufferWriter<byte> output)
    {
        if (times <= 0)
        {
            return false;
        }

        output.GetSpan(times)[..times].Fill(delimiter);
        output.Advance(times);
        return true;
    }
}
