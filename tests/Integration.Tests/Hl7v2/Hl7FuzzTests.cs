using System.Diagnostics;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Tests.Hl7v2;

/// <summary>Seeded mutations: whatever the bytes, reading never throws, and says why when it gives nothing.</summary>
public sealed class Hl7FuzzTests
{
    private const int Iterations = 20_000;
    private const int Seed = 20240501;

    private static readonly byte[][] Samples =
    [
        Hl7.Bytes($"{Hl7.Header("UNICODE UTF-8")}\rEVN||20240501\rPID|1||P1^^^EAST~P2||欧阳^娜娜^\\F\\||\"\"\rOBX|1|TX|c&d||a\\.br\\b\\X41\\\rZZZ|1\r"),
        Hl7.Bytes($"{Hl7.Header("GB18030")}\r\nPID|1||P1||瑋^玘~㛃𠮷\\XE4BD\\\nPV1|1|I|玕\n", Hl7.Gb18030),
        Hl7.Bytes($"{Hl7.Header()}\rPID|1||P1||瑋^玘\r", Hl7.Gbk),
        Hl7.Bytes("MSH|^~\\&|H~I||||2024||ADT^A01^ADT_A01|1|P|2.3||||||ASCII\rPID|\r|\r\\\r"),
    ];

    [Fact]
    public void Parse_MutatedMessages_NeverThrows()
    {
        var random = new Random(Seed);
        var read = 0;
        for (var i = 0; i < Iterations; i++)
        {
            var raw = Mutate(Samples[random.Next(Samples.Length)], random);
            try
            {
                read += ReadEverything(raw, random) ? 1 : 0;
            }
            catch (Exception exception)
            {
                Assert.Fail($"Iteration {i}, bytes {Convert.ToHexString(raw)}: {exception}");
            }
        }

        // Were nearly everything refused at once, the fuzz would prove nothing.
        Assert.InRange(read, Iterations / 4, Iterations - 1);
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("A1B|\r")]
    [InlineData("\\")]
    [InlineData("\\Q")]
    [InlineData("|")]
    [InlineData("~")]
    [InlineData("^&")]
    [InlineData("\rPID|1||P")]
    [InlineData("PID|")]
    [InlineData("瑋")]
    [InlineData("\u0080")]
    public void Parse_FourMegabytesOfTheSame_TakesLinearTime(string piece)
    {
        var raw = Hl7.Bytes($"{Hl7.Header()}\rOBX|1|" + string.Concat(Enumerable.Repeat(piece, 4_000_000 / piece.Length)));
        var start = Stopwatch.GetTimestamp();

        var result = Hl7.Parse(raw);
        _ = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);
        var segment = result.Document?.Segments[^1];
        _ = segment?.Text(segment.FieldCount, 1, 1, 1);
        _ = segment?.Text(2, segment.RepetitionCount(2), 2, 1);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(8), $"{Stopwatch.GetElapsedTime(start)}");
    }

    private static bool ReadEverything(byte[] raw, Random random)
    {
        var parser = new Hl7Parser();
        var result = parser.Parse(raw, "his");
        var header = Hl7Header.Read(raw, "his", Hl7ReadingOptions.Default);
        if (random.Next(4) == 0)
        {
            _ = parser.Display(raw, "his");
            _ = Hl7MessageFile.Split(raw);
            _ = Hl7AckBuilder.Build(header, Hl7AckRequest.Of(header), new IntakeResult.Quarantined("m", header.Issues), DateTimeOffset.UnixEpoch, "K");
        }

        if (result.Document is not Hl7Message message)
        {
            Assert.Contains(result.Issues, i => i.Severity == IssueSeverity.Error);
            return false;
        }

        _ = (message.MappingKey, message.EventTime);
        foreach (var segment in message.Segments)
        {
            for (var field = -1; field <= segment.FieldCount + 1; field++)
            {
                for (var repetition = 0; repetition <= segment.RepetitionCount(field) + 1; repetition++)
                {
                    _ = segment.ComponentCount(field, repetition);
                    var whole = segment.Text(field, repetition, 0, 0);
                    var part = segment.Text(field, repetition, random.Next(-1, 4), random.Next(-1, 3));
                    Assert.True(whole is not null || part is null);
                }
            }
        }

        return true;
    }

    private static byte[] Mutate(byte[] sample, Random random)
    {
        var bytes = new List<byte>(sample);
        for (var times = random.Next(1, 6); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            var length = random.Next(Math.Min(bytes.Count - at, 12));
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.Insert(at, "|^~\\&\r\n\"MSH\0"u8[random.Next(12)]);
                    break;
                case 4:
                    bytes.RemoveRange(at, random.Next(20) == 0 ? bytes.Count - at : 1);
                    break;
                default:
                    bytes.Reverse(at, length);
                    break;
            }
        }

        return [.. bytes];
    }
}
