using Integration.Core.Storage;
using Integration.Storage.Mongo;
using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.SystemTests.Storage;

/// <summary>Opens stores on a connection string, and removes their databases.</summary>
internal static class MongoStores
{
    public static async Task<MongoDocumentStore> OpenAsync(string uri, IReadOnlyList<DocumentCollection> collections, ILogger<MongoDocumentStore>? logger = null)
    {
        var options = Options.Create(new MongoStorageOptions { ConnectionString = uri });
        var store = new MongoDocumentStore(options, TimeProvider.System, logger ?? NullLogger<MongoDocumentStore>.Instance);
        await store.OpenAsync(collections, CancellationToken.None);
        return store;
    }

    public static void Drop(string uri) => Run(uri, null, new BsonWriter().Int32("dropDatabase", 1));

    /// <summary>Makes our own server cut the connection of the next such command.</summary>
    /// <param name="when"><c>closeConnection</c>: before it is carried out; <c>closeAfterCommand</c>: only the reply is lost.</param>
    public static void FailOnce(string uri, string command, string when) => Run(
        uri, "admin",
        new BsonWriter().String("configureFailPoint", "failCommand").BeginDocument("mode").Int32("times", 1).End()
            .BeginDocument("data").BeginArray("failCommands").String("", command).End().Boolean(when, true).End());

    /// <summary>Runs a command; in the connection string's database when none is named.</summary>
    public static BsonDocument Run(string uri, string? database, BsonWriter command)
    {
        using var connector = new MongocConnector(uri);
        using var connection = connector.Connect();
        return connection.Run(database ?? connector.DatabaseName!, command.Finish());
    }
}
