using System.ComponentModel;
using Integration.Core.Intake.Sequences;

namespace Integration.Host.Api.Views;

/// <summary>The count of one sender.</summary>
internal sealed record SenderGapsView(
    [property: Description("Sending application and facility.")] string Sender,
    [property: Description("What is missing in words, e.g. missing 17–19; empty when nothing is.")] string Text,
    [property: Description("How many numbers are missing.")] long MissingCount,
    [property: Description("Highest number of the running count.")] long Highest,
    DateTimeOffset LastArrival,
    [property: Description("How often the sender began to count anew.")] int Restarts,
    DateTimeOffset? LastRestart,
    [property: Description("Missing numbers of older gaps that are no longer listed.")] long Forgotten,
    [property: Description("Oldest first. A number that arrives late leaves it.")] IReadOnlyList<MissingRangeView> Missing)
{
    public static SenderGapsView Of(SenderSequence sequence) => new(
        sequence.Sender, TextOf(sequence), sequence.MissingCount, sequence.Highest, sequence.LastArrival, sequence.Restarts, sequence.LastRestart,
        sequence.Forgotten, [.. sequence.Missing.Select(range => new MissingRangeView(range.From, range.To, range.Run, range.Noticed, range.MessageId))]);

    private static string TextOf(SenderSequence sequence) =>
        sequence.Missing.Count == 0 ? "" : "missing " + string.Join(", ", sequence.Missing.Select(range => range.Numbers));
}

/// <summary>Numbers that did not arrive, both ends included.</summary>
internal sealed record MissingRangeView(
    long From,
    long To,
    [property: Description("Which run of the count: 0 for the first, one more after each restart of it.")] int Run,
    DateTimeOffset Noticed,
    [property: Description("The message that they were noticed by.")] string MessageId);
