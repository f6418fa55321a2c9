using System.Text.Json;

namespace Integration.Core.Parsing;

/// <summary>
/// A parsed message made of rows with named columns: of a table or of a file of values. Mappings read <c>row.column</c>; the columns get
/// their numbers from the mappings that read them. It has no segments before that.
/// </summary>
/// <remarks>Immutable; may be read from many threads.</remarks>
public interface IRowDocument : ISourceDocument
{
    /// <summary>In the order sent; those that are gone come last.</summary>
    IReadOnlyList<SourceRow> Rows { get; }
}

/// <summary>One row.</summary>
/// <param name="Name">What mappings call it, small letters: <c>bill</c>, <c>line</c>.</param>
/// <param name="Columns">By name in small letters. The text of each; <c>""</c> where the source has none (SQL NULL, or nothing but blanks).</param>
/// <param name="IsGone">The source does not have it any more: these are its last known values, and what was made of it goes.</param>
public sealed record SourceRow(string Name, IReadOnlyList<KeyValuePair<string, string>> Columns, bool IsGone)
{
    /// <summary>The row that a JSON object says: numbers as they are written, true and false as 1 and 0.</summary>
    public static SourceRow Of(string name, JsonElement values, bool isGone) =>
        new(name, [.. values.EnumerateObject().Select(column => KeyValuePair.Create(column.Name.ToLowerInvariant(), TextOf(column.Value)))], isGone);

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Trim(),
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
