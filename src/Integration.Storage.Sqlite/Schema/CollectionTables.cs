using System.Collections.Frozen;
using Integration.Core.Storage;

namespace Integration.Storage.Sqlite.Schema;

/// <summary>The tables of the collections that the store was opened with.</summary>
internal sealed class CollectionTables
{
    private readonly FrozenDictionary<DocumentCollection, CollectionTable> _tables;

    public CollectionTables(IEnumerable<DocumentCollection> collections)
    {
        All = [.. collections.Select(collection => new CollectionTable(collection))];
        _tables = All.ToFrozenDictionary(table => table.Collection);
    }

    public IReadOnlyList<CollectionTable> All { get; }

    public CollectionTable this[DocumentCollection collection] =>
        _tables.TryGetValue(collection, out var table)
            ? table
            : throw new ArgumentException($"Collection {collection.Name} was not among those the store was opened with.");
}
