using Microsoft.Extensions.Logging;

namespace Integration.Storage.Mongo;

/// <summary>What the store tells operators. Names and numbers only, never contents.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(7101, LogLevel.Information, "Opened MongoDB database {Database}: {Collections} collections")]
    public static partial void Opened(this ILogger logger, string database, int collections);

    [LoggerMessage(7102, LogLevel.Warning, "Index {Index} is not declared by {Collection} and costs every write; if nobody needs it: db.{Collection}.dropIndex(\"{Index}\")")]
    public static partial void IndexUnknown(this ILogger logger, string index, string collection);

    [LoggerMessage(7103, LogLevel.Warning, "Index {Index} of {Collection} is not as declared; made again. It serves: {Serves}")]
    public static partial void IndexDiffers(this ILogger logger, string index, string collection, string serves);

    [LoggerMessage(7104, LogLevel.Warning, "Index {Index} of {Collection} was missing; made now. It serves: {Serves}")]
    public static partial void IndexMissing(this ILogger logger, string index, string collection, string serves);

    [LoggerMessage(7105, LogLevel.Warning, "Collection {Collection} had no field {Field}; filled from {Documents} documents")]
    public static partial void FieldAdded(this ILogger logger, string collection, string field, long documents);

    [LoggerMessage(7106, LogLevel.Error, "A commit of {Batches} batches failed")]
    public static partial void CommitFailed(this ILogger logger, int batches, Exception exception);

    [LoggerMessage(7107, LogLevel.Warning, "The answer to a commit was lost; asked again ({Attempt})")]
    public static partial void CommitUnknown(this ILogger logger, int attempt);
}
