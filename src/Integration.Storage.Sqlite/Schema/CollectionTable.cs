using Integration.Core.Storage;

namespace Integration.Storage.Sqlite.Schema;

/// <summary>A declared scalar field: a column of the collection's table.</summary>
/// <param name="Index">Position of its value in <see cref="DocumentWrite.Values"/>.</param>
internal sealed record ScalarColumn(DocumentField Field, int Index);

/// <summary>
/// A declared list field: a side table (value, row) that queries search, and a column that holds the list as one blob, so that a
/// write can tell what changed without reading the side table.
/// </summary>
/// <param name="Index">Position of its value in <see cref="DocumentWrite.Values"/>.</param>
/// <param name="Table">Quoted name of the side table.</param>
/// <param name="Order">The field by which an index orders the documents that hold a text; the side table then repeats it. Null: none does.</param>
internal sealed record ListColumn(DocumentField Field, int Index, string Table, ScalarColumn? Order)
{
    /// <summary>Stands in the side table for a document without the field. It sorts where absence does: first.</summary>
    public const long AbsentOrder = long.MinValue;
}

/// <summary>
/// How a collection lies in the database: a table <c>name</c> with a row a document, <c>name.payload</c> with the bytes beside it
/// and a table <c>name.field</c> for each list. Side tables and indexes point at <c>row</c>, a number, as ids are long.
/// </summary>
internal sealed class CollectionTable
{
    /// <summary>Column names that no declared field may take. SQLite compares them without regard to case.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase) { "row", "id", "version", "sequence", "body", "payload" };

    /// <summary>Declared fields at most: a write keeps a bit for each.</summary>
    private const int MaxFields = 60;

    public CollectionTable(DocumentCollection collection)
    {
        if (collection.Fields.Count > MaxFields)
        {
            throw new ArgumentException($"Collection {collection.Name} declares {collection.Fields.Count} fields; {MaxFields} are possible.");
        }

        Collection = collection;
        Table = Quote(collection.Name);
        PayloadTable = Quote($"{collection.Name}.payload");
        foreach (var (field, index) in collection.Fields.Select((field, index) => (field, index)))
        {
            if (Reserved.Contains(field.Name))
            {
                throw new ArgumentException($"Collection {collection.Name} declares the field {field.Name}, a name that the store uses itself.");
            }

            if (field.Type == DocumentFieldType.TextList)
            {
                Lists.Add(new ListColumn(field, index, Quote($"{collection.Name}.{field.Name}"), OrderOf(collection, field)));
            }
            else
            {
                Scalars.Add(new ScalarColumn(field, index));
            }
        }

        SelectById = $"SELECT id, version, sequence, body FROM {Table} WHERE id=?";
        SelectByIdWithPayload =
            $"SELECT t.id, t.version, t.sequence, t.body, p.bytes FROM {Table} t LEFT JOIN {PayloadTable} p ON p.row=t.row WHERE t.id=?";
        HasUniqueIndex = collection.Indexes.Any(index => index.Unique);
    }

    public DocumentCollection Collection { get; }

    /// <summary>Quoted name.</summary>
    public string Table { get; }

    /// <summary>Quoted name; the table exists only when the collection has a payload.</summary>
    public string PayloadTable { get; }

    public List<ScalarColumn> Scalars { get; } = [];

    public List<ListColumn> Lists { get; } = [];

    public bool HasUniqueIndex { get; }

    /// <summary>id, version, sequence, body of one document.</summary>
    public string SelectById { get; }

    /// <summary>The same with the payload.</summary>
    public string SelectByIdWithPayload { get; }

    /// <summary>Position of a scalar's column among <see cref="Scalars"/>.</summary>
    public int PlaceOf(ScalarColumn column) => Scalars.FindIndex(scalar => scalar.Index == column.Index);

    /// <summary>The list column of a declared list field.</summary>
    public ListColumn List(DocumentField field) => Lists.First(list => list.Field.Name == field.Name);

    private static ScalarColumn? OrderOf(DocumentCollection collection, DocumentField list)
    {
        var index = collection.Indexes.FirstOrDefault(index => index.Fields[0].Name == list.Name && index.Fields.Count > 1);
        return index switch
        {
            null => null,
            { Fields: [_, { Type: DocumentFieldType.Time or DocumentFieldType.Integer } order], Unique: false } when order != DocumentField.Sequence =>
                new ScalarColumn(order, collection.Fields.TakeWhile(field => field.Name != order.Name).Count()),
            _ => throw new ArgumentException($"Index {index.Name} of {collection.Name}: behind a list there can be one declared Time or Integer."),
        };
    }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"")}\"";
}
