using Integration.Core.Storage;
using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Schema;

namespace Integration.Storage.Mongo.Reading;

/// <summary>Writes checked filters as elements of an <c>$and</c>, each a document of its own.</summary>
internal static class FilterBson
{
    /// <summary>Writes <paramref name="name"/> as the condition that all filters hold; further conditions can be written before it ends.</summary>
    public static void Write(BsonWriter writer, string name, IReadOnlyList<DocumentFilter> filters, Action<BsonWriter>? further = null)
    {
        writer.BeginDocument(name);
        if (filters.Count > 0 || further is not null)
        {
            writer.BeginArray("$and");
            foreach (var filter in filters)
            {
                Write(writer, filter);
            }

            further?.Invoke(writer);
            writer.End();
        }

        writer.End();
    }

    private static void Write(BsonWriter writer, DocumentFilter filter)
    {
        var key = FieldKey.Of(filter.Field).First();
        switch (filter)
        {
            case DocumentFilter.Equal equal:
                WriteEqual(writer, equal);
                break;
            case DocumentFilter.In { Values.Count: 0 }:
                writer.BeginDocument("").BeginDocument(StoredNames.Id).BeginArray("$in").End().End().End();
                break;
            case DocumentFilter.In { Field.Type: DocumentFieldType.Time } @in:
                writer.BeginDocument("").BeginArray("$or");
                foreach (var value in @in.Values)
                {
                    WriteEqual(writer, new DocumentFilter.Equal(@in.Field, value));
                }

                writer.End().End();
                break;
            case DocumentFilter.In @in:
                writer.BeginDocument("").BeginDocument(key.Path).BeginArray("$in");
                foreach (var value in @in.Values)
                {
                    key.Write(writer, "", value);
                }

                writer.End().End().End();
                break;
            case DocumentFilter.Range { Field.Type: DocumentFieldType.Time } range:
                WriteTimeRange(writer, range);
                break;
            case DocumentFilter.Range range:
                WriteRange(writer, key, range.From, range.Below);
                break;
            case DocumentFilter.StartsWith startsWith:
                WriteRange(writer, key, startsWith.Prefix.Length == 0 ? null : startsWith.Prefix, TextBehind(startsWith.Prefix));
                break;
            default:
                throw new ArgumentException($"The filter {filter.GetType().Name} is not known to this engine.");
        }
    }

    private static void WriteEqual(BsonWriter writer, DocumentFilter.Equal equal)
    {
        writer.BeginDocument("");
        foreach (var key in FieldKey.Of(equal.Field).Where(key => equal.Value is not null || !key.IsMicros))
        {
            key.Write(writer, key.Path, equal.Value);
        }

        writer.End();
    }

    private static void WriteRange(BsonWriter writer, FieldKey key, object? from, object? below)
    {
        // For a list one and the same value must lie between both bounds.
        var isList = key.Field.Type == DocumentFieldType.TextList && (from ?? below) is not null;
        writer.BeginDocument("").BeginDocument(key.Path);
        if (isList)
        {
            writer.BeginDocument("$elemMatch");
        }

        if (from is null && below is null)
        {
            writer.Boolean("$exists", true);
        }

        if (from is not null)
        {
            key.Write(writer, "$gte", from);
        }

        if (below is not null)
        {
            key.Write(writer, "$lt", below);
        }

        if (isList)
        {
            writer.End();
        }

        writer.End().End();
    }

    /// <summary>
    /// A range of the date, which an index serves, without what lies in the first or last millisecond but outside the bounds.
    /// </summary>
    private static void WriteTimeRange(BsonWriter writer, DocumentFilter.Range range)
    {
        var keys = FieldKey.Of(range.Field).ToArray();
        writer.BeginDocument("").BeginDocument(keys[0].Path);
        if (range.From is null && range.Below is null)
        {
            writer.Boolean("$exists", true);
        }

        var outside = new List<(long Milliseconds, string Operator, int Micros)>();
        if (range.From is DateTimeOffset from)
        {
            var (milliseconds, micros) = FieldKey.Split(from);
            writer.Date("$gte", milliseconds);
            outside.Add((milliseconds, "$lt", micros));
        }

        if (range.Below is DateTimeOffset below)
        {
            var (milliseconds, micros) = FieldKey.Split(below);
            writer.Date(micros == 0 ? "$lt" : "$lte", milliseconds);
            outside.Add((milliseconds, "$gte", micros));
        }

        writer.End().End();
        foreach (var (milliseconds, @operator, micros) in outside.Where(bound => bound.Micros > 0))
        {
            writer.BeginDocument("").BeginArray("$nor").BeginDocument("");
            writer.Date(keys[0].Path, milliseconds).BeginDocument(keys[1].Path).Int32(@operator, micros).End();
            writer.End().End().End();
        }
    }

    /// <summary>The first text behind all that start with the prefix, in the order of UTF-8 bytes, which is that of code points; null when there is none.</summary>
    private static string? TextBehind(string prefix)
    {
        const int LastBeforeSurrogates = 0xD7FF;
        const int FirstBehindSurrogates = 0xE000;
        const int Last = 0x10FFFF;
        var runes = prefix.EnumerateRunes().Select(rune => rune.Value).ToList();
        while (runes.Count > 0 && runes[^1] == Last)
        {
            runes.RemoveAt(runes.Count - 1);
        }

        if (runes.Count == 0)
        {
            return null;
        }

        runes[^1] = runes[^1] == LastBeforeSurrogates ? FirstBehindSurrogates : runes[^1] + 1;
        return string.Concat(runes.Select(char.ConvertFromUtf32));
    }
}
