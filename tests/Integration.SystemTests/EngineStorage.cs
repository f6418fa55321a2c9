namespace Integration.SystemTests;

/// <summary>Where the product keeps its data in a test: nothing is different but its settings.</summary>
/// <param name="Name">For what a test prints.</param>
/// <param name="Environment">Settings that may hold a password, so they do not stand on a command line.</param>
internal sealed record EngineStorage(string Name, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>A file in the data folder.</summary>
    public static EngineStorage Sqlite { get; } = new("SQLite", new Dictionary<string, string>());

    /// <param name="uri">Connection string with a database.</param>
    public static EngineStorage Mongo(string uri) => new("MongoDB", new Dictionary<string, string>
    {
        ["Storage__Provider"] = "MongoDb",
        ["Storage__MongoDb__ConnectionString"] = uri,
    });
}
