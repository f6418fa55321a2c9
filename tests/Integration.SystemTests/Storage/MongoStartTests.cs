using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Storage;

/// <summary>What a person reads who got the MongoDB settings wrong: one line a problem, what to do, exit code 2, and never the password.</summary>
public sealed class MongoStartTests : IDisposable
{
    private const int BadConfiguration = 2;
    private const string Password = "Geheim4711";

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Start_NoConnectionString_NamesTheVariable()
    {
        RequireDriver();
        var output = await RefusedAsync("");

        Assert.Contains("Storage:MongoDb:ConnectionString", output, StringComparison.Ordinal);
        Assert.Contains("Storage__MongoDb__ConnectionString", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ConnectionStringThatIsNone_IsNotShown()
    {
        RequireDriver();
        var output = await RefusedAsync($"mongodb://user:{Password}@@host:x/y?replicaSet=");

        Assert.Contains("Storage:MongoDb:ConnectionString: it cannot be parsed", output, StringComparison.Ordinal);
        Assert.Contains("%40", output, StringComparison.Ordinal);   // what to do
    }

    [Fact]
    public async Task Start_SeveralMistakes_AreAllNamedAtOnce()
    {
        RequireDriver();
        var output = await RefusedAsync(
            $"mongodb://user:{Password}@127.0.0.1:1/y", "--Storage:MongoDb:MaxReaders=many", "--Storage:MongoDb:RetryLimit=1.00:00:00", "--Storage:MongoDb:Pool=3");

        Assert.Contains("Storage:MongoDb:MaxReaders", output, StringComparison.Ordinal);
        Assert.Contains("Storage:MongoDb:RetryLimit", output, StringComparison.Ordinal);
        Assert.Contains("Storage:MongoDb:Pool: there is no such setting", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NobodyListens_SaysThatMongoCannotBeReachedAndWhatToDo()
    {
        RequireDriver();
        var output = await RefusedAsync($"mongodb://user:{Password}@127.0.0.1:{FreePort.Next()}/y?serverSelectionTimeoutMS=1000");

        Assert.Contains("MongoDB cannot be reached", output, StringComparison.Ordinal);
        Assert.Contains("Storage:MongoDb:ConnectionString", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_StandaloneServer_IsRefusedWithTheCommandThatHelps()
    {
        await using var server = await MongoPeer.StartAsync("--standalone");

        Assert.Contains("rs.initiate()", await RefusedAsync(DocumentDbProcess.WithDatabase(server.Uri, "alone")), StringComparison.Ordinal);
    }

    private static void RequireDriver() => Peer.Require(
        new[] { "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib" }
            .SelectMany(folder => new[] { "libmongoc-1.0.so.0", "libmongoc2.so.2" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
        ?? "/usr/lib/libmongoc-1.0.so.0",
        "apt-get install libmongoc-1.0-0");

    private async Task<string> RefusedAsync(string uri, params string[] arguments)
    {
        var (code, output) = await EngineProcess.RunToEndAsync(
            EngineStorage.Mongo(uri), TestContext.Current.CancellationToken,
            [$"--Engine:DataFolder={Path.Combine(_data.Path, "data")}", "--Log:Folder=", $"--urls=http://127.0.0.1:{FreePort.Next()}",
             $"--Feeds:his:Listen=127.0.0.1:{FreePort.Next()}", $"--Feeds:lis:Listen=127.0.0.1:{FreePort.Next()}", .. arguments]);
        Assert.Equal(BadConfiguration, code);
        Assert.DoesNotContain(Password, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
        return output;
    }
}
