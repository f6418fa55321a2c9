using Integration.Core.Storage;

namespace Integration.Storage.Mongo;

/// <summary>Tells operators what a failed command means to them.</summary>
internal static class StoreFailure
{
    private const int OutOfDiskSpace = 14031;

    public static StoreUnavailableException From(MongoCommandException failure) => new(
        failure.IsDenied ? "MongoDB refuses the user of Storage:MongoDb:ConnectionString, or what it may do. Check user, password and its role readWrite on the database."
        : failure is { IsFromServer: true, Code: OutOfDiskSpace } ? "MongoDB has no disk space left. Free some or add a volume; senders are told to come again."
        : failure.IsFromServer ? $"MongoDB refused a command (code {failure.Code})."
        : $"MongoDB cannot be reached: {failure.Message}. Check that it runs and that Storage:MongoDb:ConnectionString names its hosts.",
        failure);
}
