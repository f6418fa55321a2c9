using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Mapping.Language;

namespace Integration.Core.Messaging.Gateways;

/// <summary>Reads the part of a gateway file that says what the provider tells us afterwards.</summary>
internal sealed class CallbackReader(string file, IReadOnlyCollection<string> secrets, ProblemList problems)
{
    public (CallbackAuthentication? Authentication, ReceiptFormat? Receipts, ReplyFormat? Replies) Read(YamlBlock gateway)
    {
        if (gateway.Node("callbacks") is not { } node || YamlBlock.Read(node, file, "'callbacks'", ["auth", "receipts", "replies"], problems) is not { } block)
        {
            return default;
        }

        return (ReadAuthentication(block), ReadReceipts(block), ReadReplies(block));
    }

    private CallbackAuthentication? ReadAuthentication(YamlBlock callbacks)
    {
        if (callbacks.Node("auth") is not { } node)
        {
            problems.Add(callbacks.Position, "Callbacks need the key 'auth': anybody could send them.", "Write it as auth: { header: X-Token, secret: callback }, or auth: { secret: callback } for a signature.");
            return null;
        }

        if (YamlBlock.Read(node, file, "'auth'", ["header", "secret"], problems) is not { } block)
        {
            return null;
        }

        var secret = block.RequiredWord("secret", "'auth'");
        if (secret.Text.Length > 0 && !secrets.Contains(secret.Text))
        {
            problems.AddUnknown(secret.Position, $"The gateway has no secret '{secret}'; 'secrets' lists those it has.", secret.Text, secrets);
        }

        return new CallbackAuthentication(block.Word("header")?.Text, secret.Text);
    }

    private ReceiptFormat? ReadReceipts(YamlBlock callbacks)
    {
        if (callbacks.Node("receipts") is not { } node
            || YamlBlock.Read(node, file, "'receipts'", ["list", "messageId", "status", "delivered", "failed", "reason", "answer"], problems) is not { } block)
        {
            return null;
        }

        var (delivered, failed) = (block.Words("delivered"), block.Words("failed"));
        if (delivered.Count == 0)
        {
            problems.Add(block.Position, "Receipts need the key 'delivered', the words for a message that arrived.", "For example delivered: [DELIVRD]");
        }

        foreach (var word in failed.Where(word => delivered.Any(other => other.Text == word.Text)))
        {
            problems.Add(word.Position, $"'{word}' stands under 'delivered' too.", "Take one of them out.");
        }

        return Required(block, "messageId") is { } id && Required(block, "status") is { } status
            ? new ReceiptFormat(
                GatewayPaths.Read(block, "list", problems), id, status, [.. delivered.Select(word => word.Text)], [.. failed.Select(word => word.Text)],
                GatewayPaths.Read(block, "reason", problems), Answer(block))
            : null;
    }

    private ReplyFormat? ReadReplies(YamlBlock callbacks)
    {
        if (callbacks.Node("replies") is not { } node || YamlBlock.Read(node, file, "'replies'", ["list", "from", "text", "id", "answer"], problems) is not { } block)
        {
            return null;
        }

        return Required(block, "from") is { } from && Required(block, "text") is { } text
            ? new ReplyFormat(GatewayPaths.Read(block, "list", problems), from, text, GatewayPaths.Read(block, "id", problems), Answer(block))
            : null;
    }

    private JsonPath? Required(YamlBlock block, string key)
    {
        if (block.Node(key) is null)
        {
            problems.Add(block.Position, $"It needs the key '{key}', a path into the provider's JSON.", $"For example {key}: data.{key}");
            return null;
        }

        return GatewayPaths.Read(block, key, problems);
    }

    private string? Answer(YamlBlock block)
    {
        if (block.Word("answer") is not { } word)
        {
            return null;
        }

        try
        {
            JsonNode.Parse(word.Text);
            return word.Text;
        }
        catch (JsonException)
        {
            problems.Add(word.Position, "'answer' must be JSON.", "For example answer: '{\"code\":0}'");
            return null;
        }
    }
}
