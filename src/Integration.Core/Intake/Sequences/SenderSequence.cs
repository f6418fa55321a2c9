namespace Integration.Core.Intake.Sequences;

/// <summary>Numbers that did not arrive.</summary>
/// <param name="From">First number missing.</param>
/// <param name="To">Last number missing, at least <paramref name="From"/>.</param>
/// <param name="Run">Which run of the count they belong to: 0 for the first, one more after each restart of it.</param>
/// <param name="Noticed">When the number behind them arrived (UTC).</param>
/// <param name="MessageId">The message that they were noticed by.</param>
public sealed record MissingRange(long From, long To, int Run, DateTimeOffset Noticed, string MessageId)
{
    public long Count => To - From + 1;

    /// <summary><c>17–19</c>, or <c>17</c> for one number.</summary>
    public string Numbers => From == To
        ? From.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{From}–{To}");
}

/// <summary>What one more number means. Closed set.</summary>
public abstract record SequenceStep
{
    private SequenceStep()
    {
    }

    /// <summary>The next one, or the first ever seen.</summary>
    public sealed record Expected : SequenceStep;

    /// <summary>Numbers before it are missing.</summary>
    public sealed record Gap(MissingRange Missing) : SequenceStep;

    /// <summary>It was missing and is no longer.</summary>
    public sealed record Late : SequenceStep;

    /// <summary>It was there before.</summary>
    public sealed record Repeat : SequenceStep;

    /// <summary>The sender counts anew from here.</summary>
    public sealed record Restart : SequenceStep;
}

/// <summary>The count of one sender on one feed: a document of <c>senderSequences</c>. Immutable; at most <see cref="MaxRanges"/> gaps are kept.</summary>
public sealed record SenderSequence
{
    /// <summary>Gaps kept. Above it the oldest are forgotten, and <see cref="Forgotten"/> counts their numbers.</summary>
    public const int MaxRanges = 200;

    /// <summary>A greater jump is a new count, not a loss: no link loses so many messages unnoticed.</summary>
    public const long MaxJump = 100_000;

    /// <summary>See <see cref="IdOf"/>.</summary>
    public required string Id { get; init; }

    public required string Feed { get; init; }

    /// <summary>Sending application and facility.</summary>
    public required string Sender { get; init; }

    /// <summary>Highest number of the running count.</summary>
    public required long Highest { get; init; }

    /// <summary>When the last number arrived (UTC).</summary>
    public required DateTimeOffset LastArrival { get; init; }

    /// <summary>How often the count began anew.</summary>
    public int Restarts { get; init; }

    /// <summary>When it last began anew (UTC); null when it never did.</summary>
    public DateTimeOffset? LastRestart { get; init; }

    /// <summary>Where the count stood before it last began anew; null when it never did.</summary>
    public long? HighestBefore { get; init; }

    /// <summary>A number seen before that came again: its successor next means that the sender counts anew.</summary>
    public long? Repeated { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<MissingRange> Missing { get; init; } = [];

    /// <summary>Numbers in <see cref="Missing"/>.</summary>
    public long MissingCount => Missing.Sum(range => range.Count);

    /// <summary>Missing numbers of gaps that are no longer kept.</summary>
    public long Forgotten { get; init; }

    /// <summary>Key of the count of a sender: 32 hex digits, since a sender may be longer than a key.</summary>
    public static string IdOf(string feed, string sender) => Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{feed}\n{sender}")))[..32];

    /// <summary>The count of a sender that was not heard before. What it sent earlier, if anything, is not missed.</summary>
    public static SenderSequence First(string feed, string sender, long number, DateTimeOffset now) =>
        new() { Id = IdOf(feed, sender), Feed = feed, Sender = sender, Highest = number, LastArrival = now };

    /// <summary>Takes one more number in.</summary>
    /// <param name="number">Above 0.</param>
    /// <param name="messageId">The message that carries it.</param>
    public (SenderSequence Next, SequenceStep Step) Take(long number, DateTimeOffset now, string messageId)
    {
        var next = this with { LastArrival = now, Repeated = null };
        if (number == Highest + 1)
        {
            return (next with { Highest = number }, new SequenceStep.Expected());
        }

        if (Missing.FirstOrDefault(range => range.Run == Restarts && range.From <= number && number <= range.To) is { } gap)
        {
            return (next with { Missing = [.. Missing.SelectMany(range => ReferenceEquals(range, gap) ? Without(gap, number) : [range])] }, new SequenceStep.Late());
        }

        if (number == HighestBefore + 1 && LastRestart is not null)
        {
            // What looked like a new count was old messages sent again.
            return (next with { Highest = number, HighestBefore = null, Restarts = Restarts - 1 }, new SequenceStep.Expected());
        }

        if (number > Highest)
        {
            return number - Highest > MaxJump ? next.RestartAt(number, now) : next.SkipTo(number, now, messageId);
        }

        var countsAnew = number == 1 ? Highest > 1 : number == Repeated + 1;
        return countsAnew ? next.RestartAt(number, now) : (next with { Repeated = number }, new SequenceStep.Repeat());
    }

    private (SenderSequence Next, SequenceStep Step) SkipTo(long number, DateTimeOffset now, string messageId)
    {
        var gap = new MissingRange(Highest + 1, number - 1, Restarts, now, messageId);
        var tooMany = Missing.Count >= MaxRanges ? Missing[0].Count : 0;
        return (this with
        {
            Highest = number,
            Missing = [.. Missing.Skip(tooMany > 0 ? 1 : 0), gap],
            Forgotten = Forgotten + tooMany,
        }, new SequenceStep.Gap(gap));
    }

    private (SenderSequence Next, SequenceStep Step) RestartAt(long number, DateTimeOffset now) =>
        (this with { HighestBefore = Highest, Highest = number, Restarts = Restarts + 1, LastRestart = now }, new SequenceStep.Restart());

    private static IEnumerable<MissingRange> Without(MissingRange gap, long number)
    {
        if (gap.From < number)
        {
            yield return gap with { To = number - 1 };
        }

        if (number < gap.To)
        {
            yield return gap with { From = number + 1 };
        }
    }
}
