using System.IO.Pipelines;
using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Batches;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Adapters.Shared.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Tests.Hl7v2;

/// <summary>
/// Mutates messages and reads whatever comes of them: framing, header, parser, every path, display, acknowledgement. Guided by what the
/// reader says: an input that draws an answer not seen before (issues, character set, shape) is kept and mutated further. The same seed gives the same run.
/// </summary>
internal sealed class Hl7Fuzzer(int seed)
{
    private const int MostKept = 2000;
    private const int MostBytes = 4000;

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    private readonly Random _random = new(seed);
    private readonly HashSet<string> _answers = [];
    private readonly List<byte[]> _kept = [.. Samples()];

    private readonly Hl7ReadingOptions[] _options =
    [
        Hl7ReadingOptions.Default,
        new() { CharsetMismatch = Hl7CharsetMismatch.Flag },
        new() { CharsetMismatch = Hl7CharsetMismatch.Quarantine, DefaultCharset = SourceCharset.Gb18030 },
        new() { Charset = SourceCharset.Gb18030 },
    ];

    /// <summary>Inputs read so far.</summary>
    public int Inputs { get; private set; }

    /// <summary>Of those, inputs that were read as a message.</summary>
    public int Messages { get; private set; }

    /// <summary>Different answers so far.</summary>
    public int Answers => _answers.Count;

    /// <summary>Makes one input and reads it.</summary>
    /// <exception cref="InvalidOperationException">Something threw or contradicted itself; the text has the input in hex.</exception>
    public void Step()
    {
        var input = Mutate(_kept[_random.Next(_kept.Count)]);
        Inputs++;
        try
        {
            var answer = Read(input, _options[_random.Next(_options.Length)]);
            CheckFraming(input);
            if (_answers.Add(answer) && _kept.Count < MostKept && input.Length < MostBytes)
            {
                _kept.Add(input);
            }
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Seed {seed}, input {Inputs}: {Convert.ToHexString(input)}: {exception.Message}", exception);
        }
    }

    private static IEnumerable<byte[]> Samples()
    {
        const string Header = "MSH|^~\\&|HIS|EAST|HUB|H|20240501101500||ADT^A01^ADT_A01|C1|P|2.5.1||||||";
        yield return Encoding.UTF8.GetBytes(
            $"{Header}UNICODE UTF-8\rEVN||20240501\rPID|1||P1^^^EAST~P2||欧阳^娜娜^\\F\\||\"\"\rOBX|1|TX|c&d||a\\.br\\b\\X41\\\\M2442\\;3\\C2842\\\rZZZ|1\r");
        yield return Gb18030.GetBytes($"{Header}GB18030\r\nPID|1||P1||瑋^玘~㛃𠮷\\XE4BD\\\nPV1|1|I|玕\n");
        yield return Gb18030.GetBytes($"{Header}\rPID|1||P1||瑋^玘\r");
        yield return Encoding.Latin1.GetBytes($"{Header}8859/1\rPID|1||P1||Müller^Größe\r");
        yield return Encoding.Unicode.GetBytes($"{Header}UNICODE UTF-16\rPID|1||P1||𠮷\r");
        yield return [.. Encoding.ASCII.GetBytes($"{Header}~ISO IR87\rPID|1||P1||"), 0x1B, .. "$B;3K"u8, (byte)'\\', 0x1B, .. "(B\r"u8];
        yield return "MSH|^~\\&#|H~I||||2024||ADT^A01^ADT_A01|1|P|2.3||||||ASCII\rPID|\r|\r\\\r"u8.ToArray();
    }

    private string Read(byte[] raw, Hl7ReadingOptions options)
    {
        var parser = new Hl7Parser(_ => options);
        var result = parser.Parse(raw, "his");
        var header = Hl7Header.Read(raw, "his", options);
        if (_random.Next(4) == 0)
        {
            _ = parser.Display(raw, "his");
            _ = Hl7MessageFile.Split(raw);
            _ = Hl7AckBuilder.Build(header, Hl7AckRequest.Of(header), new IntakeResult.Quarantined("m", header.Issues), DateTimeOffset.UnixEpoch, "K");
        }

        var issues = string.Join(',', result.Issues.Select(i => $"{i.Code}{i.Severity}").Distinct());
        if (result.Document is not Hl7Message message)
        {
            return result.Issues.Any(i => i.Severity == IssueSeverity.Error)
                ? issues
                : throw new InvalidOperationException("Neither a message nor an error.");
        }

        Messages++;
        var values = ReadEveryPath(message);
        return $"{issues};{message.Charset};{message.Delimiters};{Math.Min(message.Segments.Count, 12)};{int.Log2(values + 1)}";
    }

    /// <returns>How many values there are.</returns>
    private int ReadEveryPath(Hl7Message message)
    {
        _ = (message.MappingKey, message.EventTime, message.Attachments.Count);
        var values = 0;
        foreach (var segment in message.Segments)
        {
            for (var field = -1; field <= segment.FieldCount + 1; field++)
            {
                for (var repetition = 0; repetition <= segment.RepetitionCount(field) + 1; repetition++)
                {
                    _ = segment.ComponentCount(field, repetition);
                    var whole = segment.Text(field, repetition, 0, 0);
                    var part = segment.Text(field, repetition, _random.Next(-1, 4), _random.Next(-1, 3));
                    values += whole is null ? 0 : 1;
                    if (whole is null && part is not null)
                    {
                        throw new InvalidOperationException($"{segment.Name}-{field}[{repetition}] is absent and a part of it is not.");
                    }
                }
            }
        }

        return values;
    }

    /// <summary>Cut into frames, bytes are the same however they come in packets.</summary>
    private void CheckFraming(byte[] input)
    {
        byte[] stream = [.. MllpFraming.Wrap(input), .. input.AsSpan(0, Math.Min(input.Length, 50)), .. MllpFraming.Wrap([])];
        var whole = Frames(stream, stream.Length);
        var pieces = Frames(stream, _random.Next(1, 40));
        if (whole != pieces)
        {
            throw new InvalidOperationException("Frames differ by the size of packets.");
        }
    }

    private static string Frames(byte[] stream, int packetBytes)
    {
        var pipe = PipeReader.Create(new MemoryStream(stream), new StreamPipeReaderOptions(bufferSize: packetBytes, minimumReadSize: 1));
        using var reader = new MllpFrameReader(pipe, 2000, Timeout.InfiniteTimeSpan, CancellationToken.None);
        var found = new StringBuilder();
        while (true)
        {
            // A stream in memory is always ready.
            var read = reader.ReadAsync();
            switch (read.IsCompletedSuccessfully ? read.Result : throw new InvalidOperationException("The reader waits for nothing."))
            {
                case MllpReadResult.Frame frame:
                    found.Append(Convert.ToHexString(frame.Message.Span)).Append(' ');
                    break;
                case var end:
                    return found.Append(end.GetType().Name).Append(reader.SkippedBytes).ToString();
            }
        }
    }

    private byte[] Mutate(byte[] sample)
    {
        var bytes = new List<byte>(sample);
        for (var times = _random.Next(1, 6); times > 0 && bytes.Count > 0; times--)
        {
            var at = _random.Next(bytes.Count);
            var length = _random.Next(Math.Min(bytes.Count - at, 12));
            switch (_random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.Insert(at, "|^~\\&\r\n\"MSH\0\v\x1c\x1b"u8[_random.Next(15)]);
                    break;
                case 4:
                    bytes.RemoveRange(at, _random.Next(20) == 0 ? bytes.Count - at : 1);
                    break;
                case 5:
                    var other = _kept[_random.Next(_kept.Count)];
                    bytes.InsertRange(at, other.AsSpan(_random.Next(other.Length)) is var tail ? tail[..Math.Min(tail.Length, 30)].ToArray() : []);
                    break;
                default:
                    bytes.Reverse(at, length);
                    break;
            }
        }

        return [.. bytes];
    }
}
