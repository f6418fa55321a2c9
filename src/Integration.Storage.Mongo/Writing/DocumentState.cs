using Integration.Storage.Mongo.Bson;

namespace Integration.Storage.Mongo.Writing;

/// <summary>A document as it stands inside a group of batches: as found in the database, or after the batches before.</summary>
/// <param name="Version">0: there is none.</param>
/// <param name="Sequence">Of the last write of this group; 0 when it is as found.</param>
internal sealed record DocumentState(long Version, long Sequence)
{
    public static readonly DocumentState None = new(0, 0);

    /// <summary>Version found in the database; 0 when it was not there.</summary>
    public long FoundVersion { get; init; }

    /// <summary>Parts of a long payload found in the database.</summary>
    public BsonDocument? FoundParts { get; init; }

    /// <summary>The last put of this group; null when deleted or as found.</summary>
    public PreparedWrite? Put { get; init; }

    /// <summary>Payload to write; null keeps what is stored, unless <see cref="IsReplaced"/>.</summary>
    public ReadOnlyMemory<byte>? Payload { get; init; }

    /// <summary>It was deleted inside this group: nothing of what is stored is kept.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>Whether this group changes it.</summary>
    public bool IsTouched { get; init; }
}
