using Integration.Core.Storage;
using Integration.Storage.Mongo.Bson;

namespace Integration.Storage.Mongo.Schema;

/// <summary>A declared index as MongoDB is told of it, and whether one that is there is the same.</summary>
/// <remarks>
/// The id stands last, as it does in every order, except where it would make a unique index meaningless. A list's index leaves out documents without
/// any value; a unique index those that lack one of its fields.
/// </remarks>
internal sealed class IndexLayout(DocumentIndex index)
{
    private readonly string[] _paths =
        [.. index.Fields.SelectMany(FieldKey.Of).Select(key => key.Path), .. index.Unique || index.Fields[^1] == DocumentField.Id ? [] : new[] { StoredNames.Id }];

    private readonly bool _isList = index.Fields[0].Type == DocumentFieldType.TextList;

    public DocumentIndex Index { get; } = index;

    public string Name => Index.Name;

    /// <summary>Writes the element of <c>createIndexes.indexes</c>.</summary>
    public void Write(BsonWriter writer)
    {
        writer.BeginDocument("").BeginDocument("key");
        foreach (var path in _paths)
        {
            writer.Int32(path, 1);
        }

        writer.End().String("name", Name);
        if (_isList)
        {
            writer.Boolean("sparse", true);
        }

        if (Index.Unique)
        {
            writer.Boolean("unique", true).BeginDocument("partialFilterExpression");
            foreach (var field in Index.Fields)
            {
                writer.BeginDocument(FieldKey.Of(field).First().Path).Boolean("$exists", true).End();
            }

            writer.End();
        }

        writer.End();
    }

    /// <param name="found">An element of <c>listIndexes</c>.</param>
    public bool IsSame(BsonDocument found) =>
        found["key"u8]?.Document.Select(key => key.NameText).SequenceEqual(_paths) == true
        && found["key"u8]!.Value.Document.All(key => key.Value.Type is BsonType.Int32 or BsonType.Int64 or BsonType.Double && key.Value.Whole == 1)
        && (found["unique"u8]?.IsTrue == true) == Index.Unique
        && (found["sparse"u8]?.IsTrue == true) == _isList
        && found.Has("partialFilterExpression"u8) == Index.Unique;
}
