using Integration.Core.Storage;
using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Schema;

namespace Integration.Storage.Mongo.Reading;

/// <summary>One page of a query, by keyset: it goes on where the last page ended, at the cost of one index search.</summary>
/// <remarks>
/// "Behind (a, b, id)" is asked as ranges one after another: a and b equal, id behind; then a equal, b behind; then a behind. Each is one stretch of an
/// index. Absent values are a stretch of their own, first ascending. Where a declared index has the whole order the server is told which: a planner that
/// has no figures yet reads and sorts everything that matches instead.
/// </remarks>
internal sealed class PageQuery
{
    private readonly DocumentQuery _query;
    private readonly List<DocumentSort> _sorts;
    private readonly List<(FieldKey Key, bool Descending)> _keys;
    private readonly List<Stretch> _stretches = [];
    private readonly DocumentIndex? _index;

    /// <exception cref="ArgumentException">The query names what its collection does not declare, or its token is not its own.</exception>
    public PageQuery(DocumentQuery query)
    {
        DocumentQueryRules.Check(query);
        _query = query;
        _sorts = DocumentQueryRules.SortKeys(query);
        _keys = [.. _sorts.SelectMany(sort => FieldKey.Of(sort.Field).Select(key => (key, sort.Descending)))];
        _index = IndexInOrder();
        if (query.After is null)
        {
            _stretches.Add(new Stretch(0, [], null));
        }
        else
        {
            AddStretchesBehind(PageToken.Read(query, _sorts, query.After));
        }
    }

    /// <summary>The command of every stretch, for tests of which index serves it.</summary>
    public IEnumerable<byte[]> Commands => _stretches.Select(stretch => Command(stretch, _query.Limit + 1, _index));

    public DocumentPage Read(DocumentCommands commands)
    {
        try
        {
            return Read(commands, _index);
        }
        catch (MongoCommandException e) when (e.IsBadValue && _index is not null)
        {
            // Somebody has dropped the index; the next start makes it again.
            return Read(commands, null);
        }
    }

    private DocumentPage Read(DocumentCommands commands, DocumentIndex? index)
    {
        var collection = _query.Collection;
        var documents = new List<StoredDocument>(Math.Min(_query.Limit, 256));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        object?[] lastKeys = [];
        foreach (var stretch in _stretches)
        {
            foreach (var found in commands.Find(Command(stretch, _query.Limit + 1 - documents.Count, index)))
            {
                if (documents.Count == _query.Limit)
                {
                    return new DocumentPage(documents, PageToken.Write(_query, lastKeys));
                }

                // Stretches are read one after another: a document that was written meanwhile could stand in two of them.
                var document = commands.Document(collection, found, _query.WithPayload)
                    ?? commands.Get(collection, found["_id"u8]!.Value.Text, withPayload: true);
                if (document is not null && seen.Add(document.Id))
                {
                    documents.Add(document);
                    lastKeys = [.. _sorts.Select(sort => FieldReading.Read(found, sort.Field))];
                }
            }
        }

        return new DocumentPage(documents, null);
    }

    private void AddStretchesBehind(object?[] sortValues)
    {
        var values = _keys.Select(key => sortValues[_sorts.FindIndex(sort => sort.Field == key.Key.Field)]).ToArray();
        for (var i = _keys.Count - 1; i >= 0; i--)
        {
            if (values[i] is null && _keys[i].Key.IsMicros)
            {
                // Without a time there are no microseconds to be behind of.
                continue;
            }

            var equal = Enumerable.Range(0, i).Where(j => values[j] is not null || !_keys[j].Key.IsMicros)
                .Select(j => new Condition(_keys[j].Key, null, values[j])).ToList();
            AddStretchesBehind(i, equal, values[i]);
        }
    }

    private void AddStretchesBehind(int place, List<Condition> equal, object? value)
    {
        var (key, descending) = _keys[place];
        if (!descending)
        {
            _stretches.Add(new Stretch(place, equal, value is null ? new Condition(key, "$exists", null) : new Condition(key, "$gt", value)));
        }
        else if (value is not null)
        {
            _stretches.Add(new Stretch(place, equal, new Condition(key, "$lt", value)));
            if (!DocumentQueryRules.IsUnshared(key.Field) && !key.IsMicros)
            {
                _stretches.Add(new Stretch(place + 1, [.. equal, new Condition(key, null, null)], null));
            }
        }
    }

    /// <summary>The index that begins with the fields whose value is asked for and goes on with those that are sorted by. Null as soon as a filter stands outside of it: another index may then find far fewer.</summary>
    private DocumentIndex? IndexInOrder()
    {
        var order = _sorts.Select(sort => sort.Field).Where(field => field != DocumentField.Id).ToList();
        return _sorts.All(sort => sort.Descending == _sorts[0].Descending)
            ? _query.Collection.Indexes.FirstOrDefault(index => !index.Unique && index.Fields[0].Type != DocumentFieldType.TextList && Serves(index.Fields, order))
            : null;
    }

    private bool Serves(IReadOnlyList<DocumentField> fields, List<DocumentField> order)
    {
        var asked = fields.Take(fields.Count - Math.Min(order.Count, fields.Count)).ToList();
        return fields.Skip(asked.Count).SequenceEqual(order)
            && asked.All(field => _query.Where.Any(filter => filter is DocumentFilter.Equal && filter.Field == field))
            && _query.Where.All(filter => asked.Contains(filter.Field) ? filter is DocumentFilter.Equal : filter is DocumentFilter.Range && filter.Field == order.FirstOrDefault());
    }

    private byte[] Command(Stretch stretch, int limit, DocumentIndex? index)
    {
        var writer = new BsonWriter().String("find", _query.Collection.Name);
        FilterBson.Write(writer, "filter", _query.Where, stretch.Equal.Count == 0 && stretch.Behind is null ? null : stretch.Write);
        writer.BeginDocument("sort");
        foreach (var (key, descending) in _keys[stretch.SortFrom..])
        {
            writer.Int32(key.Path, descending ? -1 : 1);
        }

        writer.End().Int64("limit", limit).Int32("batchSize", limit);
        if (index is not null)
        {
            writer.String("hint", index.Name);
        }

        DocumentCommands.WriteProjection(writer, _query.WithPayload && _query.Collection.HasPayload, _keys.Select(key => key.Key.Path));
        return writer.ToArray();
    }

    /// <param name="Operator">Null: equal.</param>
    /// <param name="Value">Null with <c>$exists</c>: is there; null and equal: is not there.</param>
    private sealed record Condition(FieldKey Key, string? Operator, object? Value)
    {
        public void Write(BsonWriter writer)
        {
            writer.BeginDocument("");
            if (Operator is null)
            {
                Key.Write(writer, Key.Path, Value);
            }
            else if (Value is null)
            {
                writer.BeginDocument(Key.Path).Boolean(Operator, true).End();
            }
            else
            {
                writer.BeginDocument(Key.Path);
                Key.Write(writer, Operator, Value);
                writer.End();
            }

            writer.End();
        }
    }

    /// <param name="SortFrom">Keys before it are equal in the whole stretch.</param>
    private sealed record Stretch(int SortFrom, List<Condition> Equal, Condition? Behind)
    {
        public void Write(BsonWriter writer)
        {
            foreach (var condition in Equal)
            {
                condition.Write(writer);
            }

            Behind?.Write(writer);
        }
    }
}
