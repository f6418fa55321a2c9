using System.ComponentModel;
using Integration.Core.Mapping.Codes;

namespace Integration.Host.Api.Views;

/// <summary>A code that no code map lists.</summary>
internal sealed record UnmappedCodeView(
    string Id,
    string Feed,
    [property: Description("The code map that lacks it.")] string CodeMap,
    string Code,
    [property: Description("The source's own words for it; null when it sent none.")] string? Text,
    [property: Description("The coding system the source named; null when it named none.")] string? System,
    [property: Description("Where it stood first, e.g. PID-8.")] string Place,
    [property: Description("Messages whose last run could not map it; 10000 stands for as many or more.")] long Count,
    [property: Description("When it was first seen.")] DateTimeOffset First,
    [property: Description("When the newest of the messages was received; null when there is none.")] DateTimeOffset? Last,
    [property: Description("Ids of the newest of the messages, at most three.")] IReadOnlyList<string> Samples,
    [property: Description("What an operator mapped it to; null when none did.")] string? MappedTo,
    DateTimeOffset? Mapped)
{
    public static UnmappedCodeView Of(UnmappedCodeEntry entry) => new(
        entry.Document.Id, entry.Document.Feed, entry.Document.CodeMap, entry.Document.Code, entry.Document.Text, entry.Document.System, entry.Document.Place,
        entry.Count, entry.Document.First, entry.Last, entry.Samples, entry.Document.MappedTo, entry.Document.Mapped);
}

/// <summary>A code with what it probably means.</summary>
internal sealed record UnmappedCodeDetailView(
    UnmappedCodeView Code,
    [property: Description("Targets of the code map by likeness of spelling, the likeliest first, at most five.")] IReadOnlyList<CodeSuggestion> Suggestions);

/// <summary>What a code means.</summary>
/// <param name="Code">The target code. Required.</param>
/// <param name="System">Null: that of the code map.</param>
/// <param name="Display">Null: none.</param>
/// <param name="Reason">Why, for the audit; at most 500 characters.</param>
internal sealed record MapCodeRequest(string? Code, string? System, string? Display, string? Reason);

/// <summary>A code that was mapped.</summary>
internal sealed record MapCodeAnswer(
    [property: Description("The mappings in use now.")] MappingStatusView Mappings,
    [property: Description("The replay of the messages that waited for it.")] OperationView Replay);

/// <summary>A place that no rule reads.</summary>
internal sealed record UnreadPlaceView(
    string Feed,
    [property: Description("e.g. PID-31; a segment's name where the message cannot be parsed any more.")] string Place,
    long Messages,
    [property: Description("Id of the newest message that has it.")] string Sample);

/// <summary>What no rule reads.</summary>
internal sealed record UnreadView([property: Description("Messages looked at.")] long Looked, IReadOnlyList<UnreadPlaceView> Items)
{
    public static UnreadView Of(UnreadSummary summary) =>
        new(summary.Looked, [.. summary.Places.Select(place => new UnreadPlaceView(place.Feed, place.Place, place.Messages, place.Sample))]);
}
