using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;
using static Integration.Storage.Sqlite.Schema.CollectionTable;

namespace Integration.Storage.Sqlite.Reading;

/// <summary>One page of a query, by keyset: it goes on where the last page ended, at the cost of one index search.</summary>
/// <remarks>
/// "Behind (a, b, id)" is read as ranges one after another: a and b equal, id behind; then a equal, b behind; then a behind. Each is
/// one stretch of an index, which a single condition with OR would not be. Absent values are a stretch of their own.
/// </remarks>
internal sealed class PageQuery
{
    private readonly DocumentQuery _query;
    private readonly CollectionTable _table;
    private readonly List<DocumentSort> _keys;
    private readonly DocumentField? _order;
    private readonly List<SqlText> _stretches = [];

    /// <exception cref="ArgumentException">The query names what its collection does not declare, or its token is not its own.</exception>
    public PageQuery(DocumentQuery query, CollectionTable table)
    {
        (_query, _table) = (query, table);
        DocumentQueryRules.Check(query);
        _keys = DocumentQueryRules.SortKeys(query);
        _order = FilterSql.OrderOf(table, query.Where);
        if (query.After is null)
        {
            AddStretch(_keys, null);
        }
        else
        {
            AddStretchesBehind(PageToken.Read(query, _keys, query.After));
        }
    }

    /// <summary>The statements that are run one after another until the page is full.</summary>
    public IReadOnlyList<SqlText> Stretches => _stretches;

    public DocumentPage Read(Database database)
    {
        var documents = new List<StoredDocument>(Math.Min(_query.Limit, 256));
        string? next = null;
        object?[] lastKeys = [];

        // One transaction: all stretches see the same state.
        database.Prepared("BEGIN").Run();
        foreach (var stretch in _stretches)
        {
            var statement = stretch.Bind(database);
            while (next is null && statement.Step())
            {
                if (documents.Count == _query.Limit)
                {
                    next = PageToken.Write(_query, lastKeys);
                    break;
                }

                documents.Add(DocumentReader.Document(statement, _query.WithPayload && _table.Collection.HasPayload));
                if (documents.Count == _query.Limit)
                {
                    lastKeys = [.. _keys.Select((key, i) => FieldValues.Read(statement, 5 + i, key.Field.Type))];
                }
            }

            statement.Reset();
            if (next is not null)
            {
                break;
            }
        }

        database.Prepared("COMMIT").Run();
        return new DocumentPage(documents, next);
    }

    private void AddStretchesBehind(object?[] values)
    {
        for (var i = _keys.Count - 1; i >= 0; i--)
        {
            var equal = new SqlText();
            for (var j = 0; j < i; j++)
            {
                AddEqual(equal, _keys[j], values[j]);
            }

            AddStretchesBehind(i, equal, values[i]);
        }
    }

    /// <summary>Absent values come first ascending, last descending.</summary>
    private void AddStretchesBehind(int place, SqlText equal, object? value)
    {
        var key = _keys[place];
        var column = OrderColumn(key);
        if (!key.Descending)
        {
            var behind = new SqlText();
            behind.Append(equal);
            behind.Add(" AND ").Add(column);
            if (value is null)
            {
                behind.Add(key.Field == _order ? $">{ListColumn.AbsentOrder}" : " IS NOT NULL");
            }
            else
            {
                behind.Add(">").Value(value);
            }

            AddStretch(_keys[place..], behind);
        }
        else if (value is not null)
        {
            var behind = new SqlText();
            behind.Append(equal);
            behind.Add(" AND ").Add(column).Add("<").Value(value);
            if (key.Field == _order)
            {
                behind.Add(" AND ").Add(column).Add(">").Value(ListColumn.AbsentOrder);
            }

            AddStretch(_keys[place..], behind);
            if (!DocumentQueryRules.IsUnshared(key.Field))
            {
                AddEqual(equal, key, null);
                AddStretch(_keys[(place + 1)..], equal);
            }
        }
    }

    private void AddStretch(List<DocumentSort> order, SqlText? condition)
    {
        var payload = _query.WithPayload && _table.Collection.HasPayload;
        var sql = new SqlText();
        sql.Add($"SELECT t.id, t.version, t.sequence, t.body, {(payload ? "p.bytes" : "NULL")}");
        foreach (var key in _keys)
        {
            sql.Add(", ").Add(Column(key));
        }

        sql.Append(FilterSql.FromWhere(_table, _query.Where, payload ? $" LEFT JOIN {_table.PayloadTable} p ON p.row=t.row" : ""));
        if (condition is not null)
        {
            sql.Append(condition);
        }

        sql.Add(" ORDER BY ").Add(string.Join(", ", order.Select(key => OrderColumn(key) + (key.Descending ? " DESC" : ""))));
        sql.Add(" LIMIT ").Value((long)_query.Limit + 1);
        _stretches.Add(sql);
    }

    private void AddEqual(SqlText sql, DocumentSort key, object? value)
    {
        sql.Add(" AND ").Add(OrderColumn(key));
        if (value is null)
        {
            sql.Add(key.Field == _order ? $"={ListColumn.AbsentOrder}" : " IS NULL");
        }
        else
        {
            sql.Add("=").Value(value);
        }
    }

    /// <summary>Where the search finds a key: beside the text in a list's table, if that has its order.</summary>
    private string OrderColumn(DocumentSort key) => key.Field == _order ? "found.place" : Column(key);

    private static string Column(DocumentSort key) => $"t.{Quote(key.Field.Name)}";
}
