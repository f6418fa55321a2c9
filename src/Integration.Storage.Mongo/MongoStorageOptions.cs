namespace Integration.Storage.Mongo;

/// <summary>Settings of the MongoDB store, section <c>Storage:MongoDb</c>.</summary>
public sealed class MongoStorageOptions
{
    public const string Section = "Storage:MongoDb";

    /// <summary>
    /// <c>mongodb://USER:PASSWORD@HOST1,HOST2/DATABASE?replicaSet=NAME</c> or <c>mongodb+srv://…</c>, with every option of MongoDB's connection strings (TLS,
    /// SCRAM, X.509). Holds a secret as a rule: give it by environment, <c>Storage__MongoDb__ConnectionString</c>. No default.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Database where the connection string names none; default <c>integration</c>.</summary>
    public string Database { get; set; } = "integration";

    /// <summary>Queries that run at once; further ones wait. Default 8, 1 to 64. Each costs a thread and a connection.</summary>
    public int MaxReaders { get; set; } = 8;

    /// <summary>
    /// How long a commit is tried again while the database is away; then its caller hears of it. Default 10 s, 1 s to 5 minutes. Longer keeps senders
    /// waiting for their acknowledgement.
    /// </summary>
    public TimeSpan RetryLimit { get; set; } = TimeSpan.FromSeconds(10);
}
