using Microsoft.Extensions.Logging;

namespace Integration.Storage.Sqlite;

/// <summary>What the store tells operators. Names and numbers only, never contents.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(7001, LogLevel.Information, "Opened {Path}: {Collections} collections, next sequence {Sequence}")]
    public static partial void Opened(this ILogger logger, string path, int collections, long sequence);

    [LoggerMessage(7002, LogLevel.Warning, "Index {Index} is not declared by {Collection}; dropped")]
    public static partial void IndexDropped(this ILogger logger, string index, string collection);

    [LoggerMessage(7003, LogLevel.Warning, "Index {Index} of {Collection} is not as declared; made again. It serves: {Serves}")]
    public static partial void IndexDiffers(this ILogger logger, string index, string collection, string serves);

    [LoggerMessage(7004, LogLevel.Warning, "Index {Index} of {Collection} was missing; made now. It serves: {Serves}")]
    public static partial void IndexMissing(this ILogger logger, string index, string collection, string serves);

    [LoggerMessage(7005, LogLevel.Warning, "Collection {Collection} had no field {Field}; added and filled from {Documents} documents")]
    public static partial void FieldAdded(this ILogger logger, string collection, string field, long documents);

    [LoggerMessage(7006, LogLevel.Error, "A commit of {Batches} batches failed; none of them is stored")]
    public static partial void CommitFailed(this ILogger logger, int batches, Exception exception);

    [LoggerMessage(7007, LogLevel.Warning, "The write-ahead log could not be copied into the database; it is tried again")]
    public static partial void CheckpointFailed(this ILogger logger, Exception exception);
}
