namespace Integration.Core.Storage;

/// <summary>How a declared field compares and sorts in every engine.</summary>
public enum DocumentFieldType
{
    /// <summary>A string, compared ordinally by UTF-8 bytes.</summary>
    Text,

    /// <summary>A 64-bit whole number.</summary>
    Integer,

    /// <summary>An instant in UTC with a resolution of one microsecond.</summary>
    Time,

    /// <summary>Zero or more strings; a filter matches when any of them does (a multikey index).</summary>
    TextList,
}

/// <summary>
/// A field of a collection that queries may filter and sort by. Only declared fields can: everything else in the
/// document is body that an engine stores and returns unread.
/// </summary>
/// <param name="Name">camelCase, also the name of the property in the JSON body, so that readers of MongoDB see one name.</param>
/// <param name="Type">How it compares.</param>
public sealed record DocumentField(string Name, DocumentFieldType Type)
{
    /// <summary>Built in: the key of the document inside its collection.</summary>
    public static readonly DocumentField Id = new("id", DocumentFieldType.Text);

    /// <summary>
    /// Built in: the number the store gave the write that produced this version. Grows with every commit over all
    /// collections, and a reader that has seen n never later sees a new number below n.
    /// </summary>
    public static readonly DocumentField Sequence = new("sequence", DocumentFieldType.Integer);
}

/// <summary>An index over declared fields, in this order.</summary>
/// <param name="Serves">The query it exists for; shown when an unknown or missing index is reported.</param>
/// <param name="Fields">
/// One or more. A <see cref="DocumentFieldType.TextList"/> field stands alone in its index, or first before one Time or Integer: documents that hold a
/// text, in that order.
/// </param>
/// <param name="Unique">Two documents may not agree in all fields. A null in any of them exempts the document.</param>
public sealed record DocumentIndex(string Serves, IReadOnlyList<DocumentField> Fields, bool Unique = false)
{
    /// <summary>Stable name made of the field names, e.g. <c>feed_state_received</c>.</summary>
    public string Name { get; } = string.Join('_', Fields.Select(f => f.Name));
}
