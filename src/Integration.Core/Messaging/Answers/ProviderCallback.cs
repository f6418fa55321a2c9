using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Messaging.Gateways;

namespace Integration.Core.Messaging.Answers;

/// <summary>What a provider says became of one message.</summary>
/// <param name="MessageId">The provider's id.</param>
/// <param name="Status">Its word for it.</param>
/// <param name="Reason">Null: it gives none.</param>
public sealed record ProviderReceipt(string MessageId, string Status, string? Reason);

/// <summary>What a patient wrote back.</summary>
/// <param name="From">Phone or account.</param>
/// <param name="Id">The provider's id of it; null: none.</param>
public sealed record ProviderReply(string From, string Text, string? Id);

/// <summary>Reads what providers post, JSON or a form, by the paths of their gateway's file. Pure.</summary>
public static class ProviderCallback
{
    /// <summary>Null: the body is neither.</summary>
    /// <param name="isForm">It is <c>application/x-www-form-urlencoded</c>: an object of texts. A list in it may be JSON itself.</param>
    public static JsonNode? Parse(ReadOnlySpan<byte> body, bool isForm)
    {
        if (!isForm)
        {
            return Json(body);
        }

        var fields = new JsonObject();
        foreach (var pair in Encoding.UTF8.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var value = Decode(parts.ElementAtOrDefault(1) ?? "");
            fields[Decode(parts[0])] = value.StartsWith('[') ? Json(Encoding.UTF8.GetBytes(value)) ?? value : value;
        }

        return fields;
    }

    /// <summary>The receipts in a callback; null: one of them lacks its id or status.</summary>
    public static IReadOnlyList<ProviderReceipt>? Receipts(JsonNode body, ReceiptFormat format) => All(body, format.List, entry =>
        (format.MessageId.TextOf(entry), format.Status.TextOf(entry)) is ({ Length: > 0 } id, { Length: > 0 } status) ? new ProviderReceipt(id, status, format.Reason?.TextOf(entry)) : null);

    /// <summary>The replies in a callback; null: one of them lacks its sender or text.</summary>
    public static IReadOnlyList<ProviderReply>? Replies(JsonNode body, ReplyFormat format) => All(body, format.List, entry =>
        (format.From.TextOf(entry), format.Text.TextOf(entry)) is ({ Length: > 0 } from, { } text) ? new ProviderReply(from, text, format.Id?.TextOf(entry)) : null);

    private static List<T>? All<T>(JsonNode body, JsonPath? list, Func<JsonNode?, T?> read)
        where T : class
    {
        var entries = (list is null ? body : list.Find(body)) switch
        {
            JsonArray many => many.ToList(),
            JsonObject one => [one],
            _ => null,
        };
        var all = entries?.Select(read).ToList();
        return all is null || all.Contains(null) ? null : [.. all.OfType<T>()];
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static JsonNode? Json(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
