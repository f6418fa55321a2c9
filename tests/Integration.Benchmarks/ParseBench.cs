using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Benchmarks;

/// <summary>
/// HL7 v2 on one core, in a few seconds and without BenchmarkDotNet: the parser beside a hand-written span splitter, acknowledgements and framing.
/// </summary>
internal static class ParseBench
{
    private static readonly Hl7Parser Parser = new();
    private static readonly int[] Offsets = new int[4096];

    /// <summary>Prints the median round of each.</summary>
    public static void Run()
    {
        var benchmark = new Hl7ParserBenchmark();
        Compare("ADT", Hl7Samples.Adt, benchmark.Adt);
        Compare("ORU, 20 OBX", Hl7Samples.Oru, benchmark.Oru);
        Compare("ADT in GB18030", Hl7Samples.AdtGb18030, benchmark.AdtGb18030);

        Console.WriteLine();
        Print("header of ADT, as intake reads it", Rounds.Measure(() => Hl7Header.Read(Hl7Samples.Adt, "bench", Hl7ReadingOptions.Default).ControlId.Length));
        var header = Hl7Header.Read(Hl7Samples.Adt, "bench", Hl7ReadingOptions.Default);
        Print("acknowledgement of it", Rounds.Measure(() => Hl7AckBuilder.Build(header, AcknowledgmentCode.AA, [], DateTimeOffset.UnixEpoch, "01234567890123456789").Length));

        Console.WriteLine();
        foreach (var megabytes in (int[])[5, 10, 20, 50])
        {
            var document = Hl7Samples.Document(megabytes);
            var round = Rounds.Measure(() => ((Hl7Message)Parser.Parse(document, "bench").Document!).Attachments.Count, batch: 1);
            Console.WriteLine($"document of {megabytes,2} MB in OBX-5, found and hashed {1000 / round.PerSecond,8:N0} ms   ({round.BytesEach,10:N0} bytes allocated)");
        }

        Console.WriteLine();
        foreach (var (name, message) in new[] { ("1.1 KB ADT", Hl7Samples.Adt), ("2.9 KB ORU", Hl7Samples.Oru), ("1 MB", new byte[1024 * 1024]) })
        {
            var framing = new FramingBench(message);
            var round = Rounds.Measure(framing.ReadAll);
            Console.WriteLine(
                $"framing, {name,-14} {round.PerSecond * framing.BytesEach / 1e9,8:N2} GB/s   ({round.PerSecond * framing.Frames:N0} messages/s, "
                + $"{round.BytesEach / framing.Frames:N0} bytes allocated each)");
        }
    }

    private static void Compare(string name, byte[] message, Func<int> parseAndRead)
    {
        var split = Rounds.Measure(() => SpanSplitter.Split(message, Offsets));
        Console.WriteLine($"{name}: {message.Length} bytes, {SpanSplitter.Split(message, Offsets)} delimiters");
        Print("span splitter", split);
        PrintBeside("parse", Rounds.Measure(() => Parser.Parse(message, "bench").Issues.Count), split);
        PrintBeside("parse and 10 path reads", Rounds.Measure(parseAndRead), split);
    }

    private static void Print(string name, RoundResult round) => Console.WriteLine($"  {name,-34}{Figures(round)}");

    private static void PrintBeside(string name, RoundResult round, RoundResult splitter) =>
        Console.WriteLine($"  {name,-34}{Figures(round)}   {round.PerSecond / splitter.PerSecond:N2} x splitter");

    private static string Figures(RoundResult round) =>
        $"{round.PerSecond,12:N0}/s   (lowest {round.Lowest:N0}, highest {round.Highest:N0}) {round.BytesEach,8:N0} bytes allocated";
}
