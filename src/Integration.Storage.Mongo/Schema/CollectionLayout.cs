using System.Collections.Frozen;
using Integration.Core.Storage;

namespace Integration.Storage.Mongo.Schema;

/// <summary>
/// How a collection lies in the database: one document a document, with <c>_id</c>, <c>version</c>, <c>sequence</c>, the declared fields under their own
/// names, and the body. docs/record.md describes it to readers.
/// </summary>
internal sealed class CollectionLayout
{
    public CollectionLayout(DocumentCollection collection)
    {
        foreach (var field in collection.Fields.Where(field => StoredNames.Reserved.Contains(field.Name) || field.Name.Contains('.') || field.Name.StartsWith('$')))
        {
            throw new ArgumentException($"Collection {collection.Name} declares the field {field.Name}, a name that the store uses itself.");
        }

        Collection = collection;
        Indexes = [.. collection.Indexes.Select(index => new IndexLayout(index))];
        UniqueIndexes = [.. collection.Indexes.Where(index => index.Unique)];
        PayloadCollection = StoredNames.PayloadCollection(collection.Name);
    }

    public DocumentCollection Collection { get; }

    public string Name => Collection.Name;

    public string PayloadCollection { get; }

    public IReadOnlyList<IndexLayout> Indexes { get; }

    public IReadOnlyList<DocumentIndex> UniqueIndexes { get; }

    /// <summary>Values of a unique index in a document; null when one is absent, which exempts it.</summary>
    /// <param name="values">In the order of the declared fields.</param>
    public object[]? UniqueKey(DocumentIndex index, object?[] values)
    {
        var key = new object[index.Fields.Count];
        for (var i = 0; i < key.Length; i++)
        {
            var at = Collection.Fields.TakeWhile(field => field.Name != index.Fields[i].Name).Count();
            if (values[at] is not { } value)
            {
                return null;
            }

            key[i] = value is int number ? (long)number : value;
        }

        return key;
    }
}

/// <summary>The layouts of the collections that the store was opened with.</summary>
internal sealed class CollectionLayouts
{
    private readonly FrozenDictionary<DocumentCollection, CollectionLayout> _layouts;

    public CollectionLayouts(IEnumerable<DocumentCollection> collections)
    {
        All = [.. collections.Select(collection => new CollectionLayout(collection))];
        _layouts = All.ToFrozenDictionary(layout => layout.Collection);
    }

    public IReadOnlyList<CollectionLayout> All { get; }

    public CollectionLayout this[DocumentCollection collection] =>
        _layouts.TryGetValue(collection, out var layout)
            ? layout
            : throw new ArgumentException($"Collection {collection.Name} was not among those the store was opened with.");
}
