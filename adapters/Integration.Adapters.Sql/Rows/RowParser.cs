using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Core.Diagnostics;
using Integration.Core.Parsing;

namespace Integration.Adapters.Sql.Rows;

/// <summary>
/// Reads messages made of rows: <c>{"message": "his_bill", "key": "B1", "read": "2026-03-01T08:00:00Z", "rows": [{"bill": {"bill_no": "B1"}}, {"line": {…}}],
/// "gone": [{"line": {…}}]}</c>. <c>read</c> is when the source said so; <c>gone</c> holds rows that it does not have any more, as they last were.
/// </summary>
internal sealed class RowParser : IMessageParser
{
    public const string FormatName = "rows";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Format => FormatName;

    public ParseResult Parse(ReadOnlyMemory<byte> raw, string feed)
    {
        if (Read(raw, out var issue) is not { } root)
        {
            return new ParseResult(null, [issue!]);
        }

        var rows = new List<SourceRow>();
        var problem = AddRows(root, "rows", isGone: false, rows) ?? AddRows(root, "gone", isGone: true, rows);
        return problem is not null
            ? new ParseResult(null, [problem])
            : new ParseResult(new RowDocument(Text(root, "message"), TimeOf(root), rows), []);
    }

    public string Display(ReadOnlyMemory<byte> raw, string feed)
    {
        if (Read(raw, out _) is not { } root)
        {
            return Encoding.UTF8.GetString(raw.Span);
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            root.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>The message as JSON; null when it is none.</summary>
    internal static JsonElement? Read(ReadOnlyMemory<byte> raw, out MessageIssue? issue)
    {
        issue = null;
        try
        {
            using var document = JsonDocument.Parse(raw);
            if (document.RootElement.ValueKind == JsonValueKind.Object && Text(document.RootElement, "message").Length > 0)
            {
                return document.RootElement.Clone();
            }

            issue = MessageIssue.Error(IntegrationErrorCode.NotRows, "message", "The message is a JSON object that does not name itself: 'message' is missing.");
        }
        catch (JsonException e)
        {
            issue = MessageIssue.Error(
                IntegrationErrorCode.NotRows, string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}"), "The message is not JSON.");
        }

        return null;
    }

    internal static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static MessageIssue? AddRows(JsonElement root, string name, bool isGone, List<SourceRow> rows)
    {
        if (!root.TryGetProperty(name, out var list))
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return MessageIssue.Error(IntegrationErrorCode.NotRows, name, $"'{name}' is no list of rows.");
        }

        var number = 0;
        foreach (var entry in list.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || entry.EnumerateObject().ToList() is not [{ Value.ValueKind: JsonValueKind.Object } row])
            {
                return MessageIssue.Error(IntegrationErrorCode.NotRows, $"{name}[{number}]", "An entry is one row with its name: {\"bill\": {\"column\": \"value\"}}.");
            }

            rows.Add(SourceRow.Of(row.Name, row.Value, isGone));
            number++;
        }

        return null;
    }

    private static DateTimeOffset? TimeOf(JsonElement root) =>
        DateTimeOffset.TryParse(Text(root, "read"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;
}
