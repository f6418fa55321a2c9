using Integration.Core.Storage;
using Integration.Storage.Mongo.Schema;

namespace Integration.Storage.Mongo.Writing;

/// <summary>Values of a unique index, none of them absent. Compared by value; times by the microsecond.</summary>
internal sealed class UniqueKey(CollectionLayout layout, DocumentIndex index, object[] values) : IEquatable<UniqueKey>
{
    public CollectionLayout Layout { get; } = layout;

    public DocumentIndex Index { get; } = index;

    /// <summary>In the order of the index's fields.</summary>
    public IReadOnlyList<object> Values { get; } = [.. values.Select(value => value is DateTimeOffset time ? Microseconds.Of(time) : value)];

    /// <summary>The keys that a put asks for.</summary>
    public static IEnumerable<UniqueKey> Of(PreparedWrite prepared)
    {
        if (prepared.Write.Values is not { } values)
        {
            yield break;
        }

        foreach (var index in prepared.Layout.UniqueIndexes)
        {
            if (prepared.Layout.UniqueKey(index, values) is { } key)
            {
                yield return new UniqueKey(prepared.Layout, index, key);
            }
        }
    }

    public bool Equals(UniqueKey? other) =>
        other is not null && Layout == other.Layout && Index.Name == other.Index.Name && Values.SequenceEqual(other.Values);

    public override bool Equals(object? obj) => Equals(obj as UniqueKey);

    public override int GetHashCode() => HashCode.Combine(Layout.Name, Index.Name, Values[0]);
}
