using System.Globalization;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Language;

namespace Integration.Core.Messaging.Gateways;

/// <summary>Reads one gateway file. What is wrong goes to the problem list with its place; the rest is still read.</summary>
/// <param name="file">Path as shown to people, <c>mappings/gateways/generic-http.yaml</c>.</param>
internal sealed class GatewayReader(string file, ProblemList problems)
{
    private static readonly string[] ChannelKeys = ["address", "method", "url", "sign", "headers", "json", "form", "accepted", "rejected", "again", "messageId", "reason"];

    /// <summary>Null when it cannot be used, which has then been reported.</summary>
    public GatewayDefinition? Read(string yaml)
    {
        if (new MappingFileReader(file, problems).ReadRoot(yaml, "A gateway", ["title", "secrets", "channels", "callbacks"]) is not { } block)
        {
            return null;
        }

        var before = problems.Count;
        var secrets = block.Words("secrets").Select(word => word.Text).ToList();
        var values = new GatewayValueReader(file, yaml, secrets, problems);
        var channels = new Dictionary<string, GatewayChannel>(StringComparer.Ordinal);
        if (block.Node("channels") is { } node && YamlBlock.Read(node, file, "'channels'", MessageChannels.All.ToList(), problems) is { } all)
        {
            foreach (var channel in MessageChannels.All.Where(name => all.Node(name) is not null))
            {
                if (YamlBlock.Read(all.Node(channel)!, file, $"'{channel}'", ChannelKeys, problems) is { } inner && ReadChannel(inner, channel, values) is { } read)
                {
                    channels[channel] = read;
                }
            }
        }
        else if (block.Node("channels") is null)
        {
            problems.Add(block.Position, "A gateway needs the key 'channels'.", $"Describe at least one of {string.Join(", ", MessageChannels.All)}.");
        }

        var callbacks = new CallbackReader(file, secrets, problems).Read(block);
        var title = ReadTitle(block);
        return problems.Count > before ? null : new GatewayDefinition(Path.GetFileNameWithoutExtension(file), title, secrets, channels)
        {
            Authentication = callbacks.Authentication,
            Receipts = callbacks.Receipts,
            Replies = callbacks.Replies,
            NeedsUrl = values.NeedsUrl,
        };
    }

    private RuleTitle ReadTitle(YamlBlock block)
    {
        if (block.Node("title") is not { } node)
        {
            problems.Add(block.Position, "A gateway needs the key 'title'.", "Write it as title: { en: Our text messages, zh: 短信平台 }.");
            return new RuleTitle("", "");
        }

        return YamlBlock.Read(node, file, "A title", ["en", "zh"], problems) is { } title
            ? new RuleTitle(title.RequiredWord("en", "A title").Text, title.RequiredWord("zh", "A title").Text)
            : new RuleTitle("", "");
    }

    private GatewayChannel? ReadChannel(YamlBlock block, string channel, GatewayValueReader values)
    {
        if (block.Node("url") is not { } node)
        {
            if (channel == MessageChannels.Email)
            {
                return ReadMail(block);
            }

            problems.Add(block.Position, "A channel needs the key 'url'.", "Write it as url: \"{{url}}/messages\".");
            return null;
        }

        values.Signatures.Clear();
        var signing = new SignatureReader(file, values, problems);
        var signatures = signing.Read(block);
        var url = values.Text(node, "'url'");
        var method = block.Choice("method", HttpMethod.Post, ("POST", HttpMethod.Post), ("GET", HttpMethod.Get), ("PUT", HttpMethod.Put));
        if (block.Node("json") is not null && block.Node("form") is not null)
        {
            problems.Add(block.Position, "A request has one body: 'json' or 'form'.", "Take one of them out.");
        }

        GatewayBody body = block.Node("json") is { } json ? new GatewayBody.Json(values.Json(json))
            : block.Node("form") is { } form ? new GatewayBody.Form([.. values.Texts(form, "'form'")])
            : new GatewayBody.Empty();
        signing.CheckBody(body, block);
        var headers = block.Node("headers") is { } named ? values.Texts(named, "'headers'").ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal) : [];
        List<AnswerRule> rules =
        [
            .. Rules(block, "again", AnswerMeaning.Again), .. Rules(block, "rejected", AnswerMeaning.Rejected), .. Rules(block, "accepted", AnswerMeaning.Accepted),
        ];
        if (!rules.Exists(rule => rule.Meaning == AnswerMeaning.Accepted))
        {
            problems.Add(block.Position, "Nothing says which answer means that a message was accepted.", "Write accepted: [{ status: 200 }], or name a value of the answer with path and is.");
        }

        return url is null ? null : new GatewayChannel(ReadAddress(block, channel), method, url, headers, body, rules, GatewayPaths.Read(block, "messageId", problems), GatewayPaths.Read(block, "reason", problems))
        {
            Signatures = signatures,
        };
    }

    /// <summary>Mail by SMTP has no request that could be described: the server is a setting of the destination, the text stands in the template.</summary>
    private GatewayChannel ReadMail(YamlBlock block)
    {
        foreach (var key in ChannelKeys.Where(key => key != "address" && block.Node(key) is not null))
        {
            problems.Add(YamlBlock.PositionOf(block.Node(key)!, file), $"Mail by SMTP has no '{key}'.", "Take it out, or write 'url' too: then a provider is asked over HTTP.");
        }

        return new GatewayChannel(
            ReadAddress(block, MessageChannels.Email), HttpMethod.Post, null, new Dictionary<string, PlaceholderText>(), new GatewayBody.Empty(), [], null, null);
    }

    private GatewayAddress ReadAddress(YamlBlock block, string channel)
    {
        switch (block.Word("address"))
        {
            case null when channel == MessageChannels.Email:
            case { Text: "email" }:
                return new GatewayAddress.Email();
            case null or { Text: "mobile" }:
                return new GatewayAddress.Mobile();
            case { Text: "phone" }:
                return new GatewayAddress.Phone();
            case { } word when word.Text.StartsWith("identifier ", StringComparison.Ordinal) && Uri.TryCreate(word.Text[11..].Trim(), UriKind.Absolute, out var system):
                return new GatewayAddress.Identifier(system.OriginalString);
            case { } word:
                problems.Add(word.Position, $"'{word}' is no address of a patient.", "Write mobile, phone, email, or identifier and the system, e.g. identifier urn:wechat:openid.");
                return new GatewayAddress.Mobile();
        }
    }

    private IEnumerable<AnswerRule> Rules(YamlBlock block, string key, AnswerMeaning meaning)
    {
        foreach (var node in block.List(key))
        {
            if (YamlBlock.Read(node, file, $"An entry of '{key}'", ["status", "path", "is"], problems) is { } rule)
            {
                var path = GatewayPaths.Read(rule, "path", problems);
                var texts = rule.Words("is").Select(word => word.Text).ToList();
                if (rule.Node("path") is null != (texts.Count == 0))
                {
                    problems.Add(rule.Position, "'path' and 'is' go together.", "Write them as { path: code, is: [\"0\"] }.");
                }

                yield return new AnswerRule(meaning, [.. rule.Words("status").Select(Status).OfType<(int, int)>()], path, texts);
            }
        }
    }

    private (int From, int To)? Status(Word word)
    {
        var parts = word.Text.Split('-');
        if (parts.Length <= 2 && parts.All(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599))
        {
            return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[^1], CultureInfo.InvariantCulture));
        }

        problems.Add(word.Position, $"'{word}' is no HTTP status.", "Write 200, or 200-299.");
        return null;
    }
}
