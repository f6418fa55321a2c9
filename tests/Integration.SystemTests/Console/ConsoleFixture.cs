namespace Integration.SystemTests.Console;

/// <summary>One engine over the seeded store, and one browser, for all tests of the console.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    /// <summary>A destination that nobody answers for.</summary>
    internal const string Destination = "crm";

    private readonly TemporaryFolder _folder = new();
    private EngineProcess? _engine;
    private Chromium? _browser;

    internal EngineProcess Engine => _engine ?? throw new InvalidOperationException("Not started.");

    /// <summary>Skips the test where there is no browser.</summary>
    internal Chromium Browser
    {
        get
        {
            Chromium.RequireInstalled();
            return _browser ?? throw new InvalidOperationException("Not launched.");
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsInstalled)
        {
            return;
        }

        _browser = await Chromium.LaunchAsync();
        await ConsoleSeed.FillAsync(Path.Combine(_folder.Path, "integration.db"), CancellationToken.None);
        _engine = await EngineProcess.StartAsync(
            _folder.Path, CancellationToken.None,
            $"--Destinations:{Destination}:Adapter=Hl7v2.Mllp", $"--Destinations:{Destination}:Connect=127.0.0.1:{FreePort.Next()}",
            $"--Destinations:{Destination}:Messages=ADT_A08", "--Incidents:RecoverAfter=01:00:00", $"--Engine:MappingsFolder={_folder.CopyMappings()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _folder.Dispose();
    }
}
