using System.Diagnostics;
using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Tests.Hl7v2;

/// <summary>Seeded mutations: whatever the bytes, reading never throws, and says why when it gives nothing.</summary>
public sealed class Hl7FuzzTests
{
    private const int Iterations = 12_000;
    private const int Seed = 20240501;

    [Fact]
    public void Step_ManyInputs_NeverThrowsAndFindsMuch()
    {
        var fuzzer = new Hl7Fuzzer(Seed);

        for (var i = 0; i < Iterations; i++)
        {
            fuzzer.Step();
        }

        // Were nearly everything refused at once, the fuzz would prove nothing.
        Assert.InRange(fuzzer.Messages, Iterations / 4, Iterations - 1);
        Assert.True(fuzzer.Answers > 100, $"Only {fuzzer.Answers} different answers.");
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
}
