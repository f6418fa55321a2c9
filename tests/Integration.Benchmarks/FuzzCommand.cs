using System.CommandLine;
using System.Diagnostics;
using Integration.Tests.Hl7v2;

namespace Integration.Benchmarks;

/// <summary><c>fuzz --seconds N --seed S</c>: reads mutated HL7 messages until the time is over or one of them breaks something.</summary>
internal static class FuzzCommand
{
    public static Command Create()
    {
        var seconds = new Option<int>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 60 };
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same inputs.", DefaultValueFactory = _ => 1 };
        var command = new Command("fuzz", "Mutated HL7 messages through framing, parser and paths. Exit code 1 and the input in hex when one breaks something.") { seconds, seed };
        command.SetAction(parsed => Run(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(seed)));
        return command;
    }

    private static int Run(TimeSpan time, int seed)
    {
        var fuzzer = new Hl7Fuzzer(seed);
        var start = Stopwatch.GetTimestamp();
        try
        {
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                fuzzer.Step();
            }
        }
        catch (InvalidOperationException broken)
        {
            Console.WriteLine(broken);
            return 1;
        }

        Console.WriteLine($"{fuzzer.Inputs:N0} inputs, {fuzzer.Messages:N0} read as messages, {fuzzer.Answers:N0} different answers, nothing broke.");
        return 0;
    }
}
