using Integration.Core.Intake.Sequences;

namespace Integration.Tests.Intake;

public sealed class SenderSequenceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 16, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Numbers as they arrive, and what is missing then; a bar parts the runs of the count.</summary>
    [Theory]
    [InlineData("1 2 3", "")]
    [InlineData("500 501", "")]                                  // what came before the first is not missed
    [InlineData("1 2 6", "3–5")]
    [InlineData("1 3 5", "2 4")]
    [InlineData("1 6 4", "2–3 5")]                               // late in the middle
    [InlineData("1 6 2 5 3 4", "")]                              // all late
    [InlineData("1 2 2 2 3", "")]                                // sent again
    [InlineData("1 2 3 1 2 3 4", "")]                            // counts anew
    [InlineData("1 2 5 1 2 4", "3–4 | 3")]                       // gaps of both runs
    [InlineData("10 11 12 3 4 5", "")]                           // counts anew from 3, known by its successor
    [InlineData("10 11 12 5 13 14", "")]                         // one old message sent again
    [InlineData("10 11 12 5 6 7 13 15", "14")]                   // old messages sent again: the count goes on where it was
    [InlineData("5 1 2 3 4 5 6 7", "")]                          // counts anew at 1
    [InlineData("1 1 2", "")]
    [InlineData("7 20261121080000", "")]                         // a jump too great to be a loss
    public void Take_NumbersInThisOrder_LeavesMissing(string numbers, string expected)
    {
        var sequence = Feed(numbers.Split(' ').Select(long.Parse));

        var runs = sequence.Missing.GroupBy(range => range.Run).Select(run => string.Join(' ', run.Select(range => range.Numbers)));
        Assert.Equal(expected, string.Join(" | ", runs));
    }

    [Fact]
    public void Take_CountBeganAnew_SaysSo()
    {
        var sequence = Feed([1, 2, 3, 1, 2]);

        Assert.Equal((1, 2L, Now), (sequence.Restarts, sequence.Highest, sequence.LastRestart));
    }

    [Fact]
    public void Take_MoreGapsThanAreKept_ForgetsTheOldestAndCountsThem()
    {
        var sequence = Feed(Enumerable.Range(0, SenderSequence.MaxRanges + 11).Select(i => 1 + (i * 3L)));

        Assert.Equal(SenderSequence.MaxRanges, sequence.Missing.Count);
        Assert.Equal(20, sequence.Forgotten);
        Assert.Equal(SenderSequence.MaxRanges * 2, sequence.MissingCount);
    }

    /// <summary>Whatever is lost and however the rest is mixed within a few places: what is missing in the end is what was lost.</summary>
    [Fact]
    public void Take_ShuffledWithLosses_MissesExactlyWhatWasLost()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 200; round++)
        {
            var sent = Enumerable.Range(1, 300).Select(i => (long)i).ToList();
            var lost = sent.Where(n => n is > 1 and < 290 && random.Next(20) == 0).ToHashSet();
            var arriving = sent.Where(n => !lost.Contains(n)).OrderBy(n => n == 1 ? -10 : n + random.Next(8)).ThenBy(n => n).ToList();

            var sequence = Feed(arriving);

            Assert.Equal(lost.Order(), sequence.Missing.SelectMany(range => Enumerable.Range((int)range.From, (int)range.Count)).Select(n => (long)n).Order());
            Assert.Equal(0, sequence.Restarts);
        }
    }

    private static SenderSequence Feed(IEnumerable<long> numbers)
    {
        SenderSequence? sequence = null;
        foreach (var number in numbers)
        {
            sequence = sequence is null ? SenderSequence.First("his", "HIS|EAST", number, Now) : sequence.Take(number, Now, $"message-{number}").Next;
        }

        return sequence!;
    }
}
