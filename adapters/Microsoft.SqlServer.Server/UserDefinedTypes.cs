namespace Microsoft.SqlServer.Server;

/// <summary>How a CLR user-defined type is written.</summary>
public enum Format
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>By SQL Server itself.</summary>
    Native = 1,

    /// <summary>By the type, see <see cref="IBinarySerialize"/>.</summary>
    UserDefined = 2,
}

/// <summary>A CLR user-defined type that writes and reads itself.</summary>
public interface IBinarySerialize
{
    /// <summary>Fills the value from what <see cref="Write"/> wrote.</summary>
    void Read(BinaryReader r);

    /// <summary>Writes the value.</summary>
    void Write(BinaryWriter w);
}

/// <summary>Marks a CLR user-defined type.</summary>
/// <param name="format">How it is written.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class SqlUserDefinedTypeAttribute(Format format) : Attribute
{
    /// <summary>How it is written.</summary>
    public Format Format { get; } = format;

    /// <summary>All values have one length.</summary>
    public bool IsFixedLength { get; set; }

    /// <summary>Bytes order as values do.</summary>
    public bool IsByteOrdered { get; set; }

    /// <summary>Longest value in bytes; -1: more than 8,000.</summary>
    public int MaxByteSize { get; set; }

    /// <summary>Name of a method that checks a value; null: none.</summary>
    public string? ValidationMethodName { get; set; }

    /// <summary>Name in SQL; null: that of the type.</summary>
    public string? Name { get; set; }
}
