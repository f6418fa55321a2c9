using System.Globalization;
using Integration.Peers;
using Integration.Storage.Mongo.Bson;
using Integration.Storage.Mongo.Native;

namespace Integration.Benchmarks;

/// <summary>The MongoDB that is measured: the server that <c>MONGODB_URI</c> names, or the test server of the repository, started for this run.</summary>
internal sealed class BenchMongo : IAsyncDisposable
{
    private readonly DocumentDbProcess? _ours;
    private readonly string _uri;
    private int _databases;

    private BenchMongo(DocumentDbProcess? ours, string uri)
    {
        _ours = ours;
        _uri = uri;
    }

    /// <exception cref="FileNotFoundException">The test server is not built.</exception>
    public static async Task<BenchMongo> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("MONGODB_URI") is { } uri)
        {
            return new BenchMongo(null, uri);
        }

        if (!File.Exists(DocumentDbProcess.BuiltMark))
        {
            throw new FileNotFoundException($"Set MONGODB_URI, or build the test server: tests/peers/documentdb-root {DocumentDbProcess.Root}", DocumentDbProcess.BuiltMark);
        }

        var ours = await DocumentDbProcess.StartAsync(RepositoryFolder.Path, new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name);
        return new BenchMongo(ours, ours.Uri);
    }

    /// <summary>Connection string with a database that is new.</summary>
    public string NewDatabase() =>
        DocumentDbProcess.WithDatabase(_uri, string.Create(CultureInfo.InvariantCulture, $"bench{Environment.ProcessId}x{++_databases}"));

    /// <summary>Bytes that documents and indexes of a database take.</summary>
    public static long BytesOf(string uri)
    {
        var figures = Run(uri, new BsonWriter().Int32("dbStats", 1));
        return (long)((figures["storageSize"u8]?.Number ?? 0) + (figures["indexSize"u8]?.Number ?? 0));
    }

    public static void Drop(string uri) => Run(uri, new BsonWriter().Int32("dropDatabase", 1));

    public async ValueTask DisposeAsync()
    {
        if (_ours is not null)
        {
            await _ours.DisposeAsync();
        }
    }

    private static BsonDocument Run(string uri, BsonWriter command)
    {
        using var connector = new MongocConnector(uri);
        using var connection = connector.Connect();
        return connection.Run(connector.DatabaseName!, command.Finish());
    }
}
