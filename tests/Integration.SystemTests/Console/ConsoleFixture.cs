namespace Integration.SystemTests.Console;

/// <summary>One engine over the seeded store for all tests of the console.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private EngineProcess? _engine;

    internal EngineProcess Engine => _engine ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        await ConsoleSeed.FillAsync(Path.Combine(_folder.Path, "integration.db"), CancellationToken.None);
        _engine = await EngineProcess.StartAsync(_folder.Path, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _folder.Dispose();
    }
}
