using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Adapters.Shared.Text;

namespace Integration.Tests.Hl7v2;

/// <summary>Properties that hold for every message: what is written by the rules is read again by its path.</summary>
public sealed class Hl7RoundTripTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20240501, 7).WithQuietOnSuccess(true);

    /// <summary>Delimiters, quotes, line ends, characters whose GBK bytes are delimiters, and ones that take four bytes.</summary>
    private static readonly Gen<string> Values = Gen.Elements(
            "a", "7", " ", "|", "^", "~", "\\", "&", "#", "\r", "\n", "\"", "瑋", "玘", "珇", "玕", "㛃", "𠮷", "é", "王", "\\F\\", "\\.br\\", "MSH", "\t")
        .ListOf().Select(parts => string.Concat(parts));

    private static readonly Gen<string[][][]> Segments =
        Gen.Select(Values, text => text is "\"\"" ? "" : text).ListOf(3).Select(c => c.ToArray())   // components of a repetition
            .ListOf(2).Select(r => r.ToArray())                                                      // repetitions of a field
            .ListOf(4).Select(f => f.ToArray());                                                     // fields of a segment

    [Theory]
    [InlineData("UNICODE UTF-8")]
    [InlineData("GB18030")]
    public void Parse_WhatWasEncoded_GivesEveryValueByItsPath(string label)
    {
        var charset = Hl7CharsetAliases.FindStandard(label)!;
        var property = Prop.ForAll(Segments.ListOf(3).Select(s => s.ToArray()).ToArbitrary(), segments =>
        {
            var raw = charset.Encode(Write(segments, label));
            var result = new Hl7Parser().Parse(raw, "his");
            return result.Document is Hl7Message message && message.Charset == charset && Holds(message, segments);
        });

        Check.One(Seeded, property);
    }

    [Fact]
    public void Decode_WhatWasEncoded_GivesTheText() => Check.One(Seeded, Prop.ForAll(Values.ToArbitrary(), text =>
    {
        var sent = Hl7EscapeSequences.Encode(text, Hl7Delimiters.Standard);
        return sent.IndexOfAny(['|', '^', '~', '&', '\r', '\n']) < 0
            && Hl7EscapeSequences.Decode(Encoding.UTF8.GetBytes(sent), Hl7Delimiters.Standard, SourceCharset.Utf8) == text;
    }));

    [Fact]
    public void Path_WrittenAndReadAgain_IsTheSame()
    {
        var numbers = Gen.Choose(1, 999_999);
        var orNone = Gen.OneOf(Gen.Constant(0), numbers);
        var paths =
            from name in Gen.Elements("PID", "ZX1", "OBX")
            from ordinal in numbers
            from field in numbers
            from repetition in numbers
            from component in orNone
            select new Hl7Path(name, ordinal, field, repetition, component, component == 0 ? 0 : ordinal);

        Check.One(Seeded, Prop.ForAll(paths.ToArbitrary(), path => Hl7Path.Parse(path.ToString()) == path));
    }

    private static string Write(string[][][][] segments, string label)
    {
        var text = new StringBuilder(Hl7.Header(label)).Append('\r');
        foreach (var segment in segments)
        {
            text.Append("ZZ1");
            foreach (var field in segment)
            {
                text.Append('|').AppendJoin('~', field.Select(repetition =>
                    string.Join('^', repetition.Select(value => Hl7EscapeSequences.Encode(value, Hl7Delimiters.Standard)))));
            }

            text.Append('\r');
        }

        return text.ToString();
    }

    private static bool Holds(Hl7Message message, string[][][][] segments)
    {
        for (var s = 0; s < segments.Length; s++)
        {
            for (var f = 0; f < segments[s].Length; f++)
            {
                for (var r = 0; r < segments[s][f].Length; r++)
                {
                    for (var c = 0; c < segments[s][f][r].Length; c++)
                    {
                        var expected = segments[s][f][r][c] is { Length: > 0 } value ? value : null;
                        if (message[$"ZZ1[{s + 1}]-{f + 1}[{r + 1}].{c + 1}"] != expected)
                        {
                            return false;
                        }
                    }
                }
            }
        }

        return true;
    }
}
