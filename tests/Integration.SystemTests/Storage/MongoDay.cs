using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Storage;

/// <summary>The hospital day on MongoDB, played once for all tests that only read it.</summary>
public sealed class MongoDay(MongoPeer peer) : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private EngineProcess? _engine;

    /// <summary>Connection string with the database of the day.</summary>
    public string Uri { get; private set; } = "";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The engine that has played the day. Skips the test where there is no server.</summary>
    internal async Task<EngineProcess> PlayedAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_engine is null)
            {
                Uri = peer.NewDatabase();
                _engine = await HospitalDay.PlayAsync(EngineStorage.Mongo(Uri), _data.Path, cancellationToken);
            }

            return _engine;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _turn.Dispose();
        _data.Dispose();
    }
}

/// <summary>Tests that read <see cref="MongoDay"/>.</summary>
[CollectionDefinition(Name)]
public sealed class MongoDayCollection : ICollectionFixture<MongoDay>
{
    public const string Name = "hospital day on MongoDB";
}
