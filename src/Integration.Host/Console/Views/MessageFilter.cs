using Integration.Core.Intake;
using Microsoft.AspNetCore.WebUtilities;

namespace Integration.Host.Console.Views;

/// <summary>The filters of the message list as they stand in its address, so that a view can be bookmarked or sent to a colleague.</summary>
/// <param name="Range"><c>hour</c>, <c>day</c>; anything else: all.</param>
/// <param name="Since">
/// Where the time range began when the first page was shown (Unix milliseconds). Later pages keep it: a continuation token only
/// fits the query it came from.
/// </param>
/// <param name="After">Continuation token; null for the first page.</param>
internal sealed record MessageFilter(string? Text, string? State, string? Feed, string? Range, long? Since, string? After)
{
    /// <summary>One of <see cref="MessageMarks"/>; null for all messages.</summary>
    public string? Mark { get; init; }

    /// <summary>Failed messages of one cause; null for all messages.</summary>
    public string? Cause { get; init; }

    public const string Hour = "hour";

    public const string Day = "day";

    /// <summary>Whether anything narrows the list.</summary>
    public bool IsSet => !string.IsNullOrWhiteSpace(Text) || KnownState is not null || !string.IsNullOrEmpty(Feed) || !string.IsNullOrEmpty(Mark) || !string.IsNullOrEmpty(Cause) || Range is Hour or Day;

    /// <summary>The state named in the address; null when none or an unknown one is.</summary>
    public MessageState? KnownState => Enum.TryParse<MessageState>(State, ignoreCase: true, out var state) && Enum.IsDefined(state) ? state : null;

    /// <summary>Address of the list with these filters.</summary>
    public static string Url(string? text = null, MessageState? state = null, string? feed = null) =>
        new MessageFilter(text, state?.ToString(), feed, null, null, null).Url();

    /// <summary>The same list, behind the page that ended with <paramref name="next"/>.</summary>
    public string OlderUrl(string next, DateTimeOffset now) => (this with { After = next, Since = From(now)?.ToUnixTimeMilliseconds() }).Url();

    /// <summary>The same list from its newest message.</summary>
    public string NewestUrl() => (this with { After = null, Since = null }).Url();

    public MessageSearch ToSearch(DateTimeOffset now) => new(
        Feed: string.IsNullOrEmpty(Feed) ? null : Feed,
        State: KnownState,
        Text: string.IsNullOrWhiteSpace(Text) ? null : Text.Trim(),
        From: From(now),
        Limit: 50,
        After: string.IsNullOrEmpty(After) ? null : After,
        Mark: string.IsNullOrEmpty(Mark) ? null : Mark,
        Cause: string.IsNullOrEmpty(Cause) ? null : Cause);

    private DateTimeOffset? From(DateTimeOffset now) => Range switch
    {
        Hour => Begin(now - TimeSpan.FromHours(1)),
        Day => Begin(now - TimeSpan.FromDays(1)),
        _ => null,
    };

    // Whole milliseconds either way, so that the first page and the next ask the same question.
    private DateTimeOffset Begin(DateTimeOffset computed) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            After is not null && Since is >= 0 and <= 253402300799999 ? Since.Value : computed.ToUnixTimeMilliseconds());

    private string Url() => QueryHelpers.AddQueryString("/messages", new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["q"] = Text,
        ["state"] = State,
        ["feed"] = Feed,
        ["mark"] = Mark,
        ["cause"] = Cause,
        ["range"] = Range,
        ["since"] = Since?.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["after"] = After,
    }.Where(p => !string.IsNullOrEmpty(p.Value)));
}
