using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Integration.Core.Storage;

/// <summary>One named set of documents with its declared fields and indexes. All of them stand in <see cref="Collections"/>.</summary>
public abstract class DocumentCollection(
    string name, IReadOnlyList<DocumentField> fields, IReadOnlyList<DocumentIndex> indexes, bool hasPayload)
{
    /// <summary>camelCase plural noun, the name in every engine.</summary>
    public string Name { get; } = name;

    /// <summary>Declared fields, without the built-in <c>id</c> and <c>sequence</c>.</summary>
    public IReadOnlyList<DocumentField> Fields { get; } = fields;

    public IReadOnlyList<DocumentIndex> Indexes { get; } = indexes;

    /// <summary>Whether documents carry bytes beside their body (kept apart, read only on request).</summary>
    public bool HasPayload { get; } = hasPayload;

    /// <summary>The declared or built-in field of that name.</summary>
    /// <exception cref="ArgumentException">The collection declares no such field.</exception>
    public DocumentField Field(string name) =>
        Fields.FirstOrDefault(f => f.Name == name)
        ?? (name == DocumentField.Id.Name ? DocumentField.Id : name == DocumentField.Sequence.Name ? DocumentField.Sequence
        : throw new ArgumentException($"Collection {Name} declares no field {name}."));

    /// <summary>What the values of a body stand for.</summary>
    public abstract BodyShape Shape { get; }

    /// <summary>Values of <see cref="Fields"/> in that order, made from a stored body: fills a field that was declared after the document was written.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    public abstract object?[] ValuesOf(ReadOnlyMemory<byte> body);
}

/// <summary>A collection whose documents are read and written as <typeparamref name="T"/>.</summary>
/// <param name="name">Name in every engine.</param>
/// <param name="id">Key of a document, 1 to 200 characters.</param>
/// <param name="json">Source-generated contract of the body.</param>
/// <param name="columns">Declared fields with the accessor of their value: string, long, DateTimeOffset, list of strings, or null.</param>
/// <param name="indexes">Indexes by field names.</param>
/// <param name="payload">Bytes kept beside the body, e.g. the raw message; null when the collection has none.</param>
public sealed class DocumentCollection<T>(
    string name,
    Func<T, string> id,
    JsonTypeInfo<T> json,
    IReadOnlyList<(DocumentField Field, Func<T, object?> Value)> columns,
    IReadOnlyList<DocumentIndex> indexes,
    Func<T, ReadOnlyMemory<byte>>? payload = null)
    : DocumentCollection(name, [.. columns.Select(c => c.Field)], indexes, payload is not null)
    where T : class
{
    private readonly Func<T, object?>[] _values = [.. columns.Select(c => c.Value)];
    private readonly Lazy<BodyShape> _shape = new(() => BodyShape.Of(json));

    public override BodyShape Shape => _shape.Value;

    /// <summary>A write that stores <paramref name="document"/> whole.</summary>
    /// <param name="document">The document as it shall be.</param>
    /// <param name="expectedVersion">0: it must not exist yet. n: it must stand at version n. null: whatever is there is replaced.</param>
    /// <param name="withPayload">False leaves the stored payload as it is; true writes it.</param>
    public DocumentWrite Put(T document, long? expectedVersion, bool withPayload = false) =>
        new(this, id(document), expectedVersion, Values(document), StorageJson.Write(document, json),
            withPayload && payload is not null ? payload(document) : (ReadOnlyMemory<byte>?)null);

    /// <summary>A write that stores anew what another collection of the same documents holds, without writing its JSON again.</summary>
    /// <param name="document">What <paramref name="stored"/> reads as.</param>
    /// <param name="expectedVersion">See <see cref="Put"/>.</param>
    public DocumentWrite PutCopy(StoredDocument stored, T document, long? expectedVersion) =>
        new(this, id(document), expectedVersion, Values(document), stored.Json, null);

    /// <summary>A write that removes a document; removing what is not there changes nothing.</summary>
    public DocumentWrite Delete(string documentId, long? expectedVersion = null) =>
        new(this, documentId, expectedVersion, null, default, null);

    /// <summary>The body of a stored document.</summary>
    public T Read(StoredDocument stored) =>
        JsonSerializer.Deserialize(stored.Json.Span, json) ?? throw new InvalidDataException($"{Name}/{stored.Id} holds a JSON null.");

    public override object?[] ValuesOf(ReadOnlyMemory<byte> body) =>
        Values(JsonSerializer.Deserialize(body.Span, json) ?? throw new InvalidDataException($"{Name} holds a document that is a JSON null."));

    private object?[] Values(T document)
    {
        var values = new object?[_values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _values[i](document);
        }

        return values;
    }
}
