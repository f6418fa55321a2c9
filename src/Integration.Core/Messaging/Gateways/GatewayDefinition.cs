using System.Text.Json.Nodes;
using Integration.Core.FollowUps.Rules;

namespace Integration.Core.Messaging.Gateways;

/// <summary>One file of <c>mappings/gateways</c>, checked: how a provider is asked to send, and what its answers mean. Immutable.</summary>
/// <param name="Name">Name of its file.</param>
/// <param name="Secrets">Names of the secrets it uses; their values come from the environment.</param>
/// <param name="Channels">By name of channel.</param>
public sealed record GatewayDefinition(string Name, RuleTitle Title, IReadOnlyList<string> Secrets, IReadOnlyDictionary<string, GatewayChannel> Channels)
{
    /// <summary>How its callbacks prove where they come from; null: it has none.</summary>
    public CallbackAuthentication? Authentication { get; init; }

    /// <summary>How it tells what became of messages; null: it does not.</summary>
    public ReceiptFormat? Receipts { get; init; }

    /// <summary>How it hands over what patients answered; null: it does not.</summary>
    public ReplyFormat? Replies { get; init; }

    /// <summary>Whether it writes mail by SMTP.</summary>
    public bool WritesMail => Channels.Values.Any(channel => channel.Url is null);

    /// <summary>Whether the address of the site's account is put in somewhere.</summary>
    public bool NeedsUrl { get; init; }
}

/// <summary>How one channel is sent.</summary>
/// <param name="Address">What of the patient it is sent to.</param>
/// <param name="Method">GET, POST or PUT.</param>
/// <param name="Url">Address with placeholders, each escaped when put in; null: no request but a mail, as the destination's <c>Smtp</c> settings say.</param>
/// <param name="Headers">By name.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Rules">What answers mean; the first that fits counts.</param>
/// <param name="MessageId">Path of the provider's id of the message in the answer; null: it gives none.</param>
/// <param name="Reason">Path of its words about a refusal; null: the beginning of the answer.</param>
public sealed record GatewayChannel(
    GatewayAddress Address, HttpMethod Method, PlaceholderText? Url, IReadOnlyDictionary<string, PlaceholderText> Headers, GatewayBody Body, IReadOnlyList<AnswerRule> Rules,
    JsonPath? MessageId, JsonPath? Reason)
{
    /// <summary>Digests that the request holds, in the order in which they are made.</summary>
    public IReadOnlyList<GatewaySignature> Signatures { get; init; } = [];
}

/// <summary>What of the patient a channel is sent to. Closed set.</summary>
public abstract record GatewayAddress
{
    private GatewayAddress()
    {
    }

    /// <summary>The first mobile number: 11 digits that begin with 13 to 19, or a number with another country's code.</summary>
    public sealed record Mobile : GatewayAddress;

    /// <summary>The first phone of any kind.</summary>
    public sealed record Phone : GatewayAddress;

    /// <summary>The first mail address that is not an old one.</summary>
    public sealed record Email : GatewayAddress;

    /// <summary>The first identifier of a system.</summary>
    /// <param name="System">FHIR URI of it.</param>
    public sealed record Identifier(string System) : GatewayAddress;
}

/// <summary>Body of a request. Closed set.</summary>
public abstract record GatewayBody
{
    private GatewayBody()
    {
    }

    /// <summary>Names of the placeholders in it.</summary>
    public IEnumerable<string> Names => this switch
    {
        Json json => json.Template.Names,
        Form form => form.Fields.SelectMany(entry => entry.Value.Names),
        _ => [],
    };

    /// <summary>None.</summary>
    public sealed record Empty : GatewayBody;

    /// <summary><c>application/json</c>.</summary>
    public sealed record Json(JsonTemplate Template) : GatewayBody;

    /// <summary><c>application/x-www-form-urlencoded</c> in UTF-8.</summary>
    public sealed record Form(IReadOnlyList<(string Name, PlaceholderText Value)> Fields) : GatewayBody;
}

/// <summary>What an answer means.</summary>
public enum AnswerMeaning
{
    /// <summary>The provider will send it.</summary>
    Accepted,

    /// <summary>It never will: the next channel is tried.</summary>
    Rejected,

    /// <summary>Not now: the same again later.</summary>
    Again,
}

/// <summary>A sign in an answer.</summary>
/// <param name="Statuses">Ranges of HTTP status, both ends inside; empty: any from 200 to 299.</param>
/// <param name="Path">A value of its JSON; null: the status says all.</param>
/// <param name="Is">Texts that the value may be.</param>
public sealed record AnswerRule(AnswerMeaning Meaning, IReadOnlyList<(int From, int To)> Statuses, JsonPath? Path, IReadOnlyList<string> Is)
{
    /// <param name="json">Null: the body is no JSON.</param>
    public bool Fits(int status, JsonNode? json) =>
        (Statuses.Count == 0 ? status is >= 200 and <= 299 : Statuses.Any(range => status >= range.From && status <= range.To))
        && (Path is null || (Path.TextOf(json) is { } text && Is.Contains(text)));
}

/// <summary>How callbacks prove where they come from.</summary>
/// <param name="Header">Header that holds the secret; null: they are signed as webhooks are.</param>
/// <param name="Secret">Name of the secret.</param>
public sealed record CallbackAuthentication(string? Header, string Secret);

/// <summary>Where a callback says what became of a message.</summary>
/// <param name="List">Path of the array of receipts; null: the body is one, or an array of them.</param>
/// <param name="Delivered">Words for: it arrived.</param>
/// <param name="Failed">Words for: it never will. Any other word is an interim state and changes nothing.</param>
/// <param name="Answer">What the provider expects back as JSON; null: nothing.</param>
public sealed record ReceiptFormat(
    JsonPath? List, JsonPath MessageId, JsonPath Status, IReadOnlyList<string> Delivered, IReadOnlyList<string> Failed, JsonPath? Reason, string? Answer);

/// <summary>Where a callback holds what a patient wrote.</summary>
/// <param name="From">Address that it came from.</param>
/// <param name="Id">Id of the reply; null: equal texts of one address within a minute are one.</param>
public sealed record ReplyFormat(JsonPath? List, JsonPath From, JsonPath Text, JsonPath? Id, string? Answer);
