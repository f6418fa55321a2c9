using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Integration.SystemTests.Faults;

/// <summary>What a person reads who got the start wrong: one line a problem, what to do, exit code 2, no stack trace.</summary>
public sealed class StartProblemTests : IDisposable
{
    private const int BadConfiguration = 2;

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Start_ThreeMistakes_AreAllNamedAtOnce()
    {
        var (code, output) = await RunAsync("--Feeds:his:Listen=127.0.0.1:notaport", "--Feeds:lis:Adapter=Hl7v2.Fax", "--Storage:Sqlite:CacheMb=lots");

        Assert.Equal(BadConfiguration, code);
        Assert.Contains("Feeds:his:Listen", output, StringComparison.Ordinal);
        Assert.Contains("Hl7v2.Fax", output, StringComparison.Ordinal);
        Assert.Contains("Storage:Sqlite:CacheMb", output, StringComparison.Ordinal);
        AssertReadable(output);
    }

    [Fact]
    public async Task Start_SettingsThatThereAreNot_AreNamedWithWhatWasMeant()
    {
        var (code, output) = await RunAsync("--Mapping:Folder=x", "--Retentoin:Finished=30", "--Engine:MappingFolder=x", "--Storage:Sqlite:CacheMB2=5", "--Log:Levels=Debug");

        Assert.Equal(BadConfiguration, code);
        Assert.Contains("Mapping: There is no such section.", output, StringComparison.Ordinal);
        Assert.Contains("Retentoin: There is no such section. Did you mean Retention?", output, StringComparison.Ordinal);
        Assert.Contains("Engine:MappingFolder: There is no such setting. Did you mean MappingsFolder?", output, StringComparison.Ordinal);
        Assert.Contains("Storage:Sqlite:CacheMB2: There is no such setting. Did you mean Sqlite:CacheMb?", output, StringComparison.Ordinal);
        Assert.Contains("Log:Levels: There is no such setting. Did you mean Level?", output, StringComparison.Ordinal);
        AssertReadable(output);
    }

    [Theory]
    [InlineData("feed")]
    [InlineData("web")]
    public async Task Start_PortInUse_SaysWhichAndWhatToDo(string which)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        var (code, output) = await RunAsync(
            $"--Feeds:his:Listen=127.0.0.1:{(which == "feed" ? port : FreePort.Next())}",
            $"--urls=http://127.0.0.1:{(which == "web" ? port : FreePort.Next())}");

        Assert.Equal(BadConfiguration, code);
        Assert.Contains(port.ToString(CultureInfo.InvariantCulture), output, StringComparison.Ordinal);
        Assert.Contains("already in use", output, StringComparison.Ordinal);
        Assert.Contains("another", output, StringComparison.Ordinal);   // what to do
        AssertReadable(output);
    }

    [Fact]
    public async Task Start_BrokenMapping_NamesFileAndLine()
    {
        var mappings = Path.Combine(_data.Path, "mappings");
        Copy(Path.Combine(RepositoryRoot.Path, "mappings"), mappings);
        var file = Path.Combine(mappings, "hl7v2", "segments", "PID-Patient.yaml");
        await File.AppendAllTextAsync(file, "\nnonsense: [\n", TestContext.Current.CancellationToken);

        var (code, output) = await RunAsync($"--Engine:MappingsFolder={mappings}");

        Assert.Equal(BadConfiguration, code);
        Assert.Contains("PID-Patient.yaml:", output, StringComparison.Ordinal);
        AssertReadable(output);
    }

    [Fact]
    public async Task Start_DataFolderIsAFile_SaysSo()
    {
        var file = Path.Combine(_data.Path, "occupied");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var (code, output) = await EngineProcess.RunToEndAsync(TestContext.Current.CancellationToken, $"--Engine:DataFolder={file}", "--Log:Folder=", Web);

        Assert.Equal(BadConfiguration, code);
        Assert.Contains(file, output, StringComparison.Ordinal);
        AssertReadable(output);
    }

    private static string Web => $"--urls=http://127.0.0.1:{FreePort.Next()}";

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => EngineProcess.RunToEndAsync(
        TestContext.Current.CancellationToken,
        [$"--Engine:DataFolder={Path.Combine(_data.Path, "data")}", "--Log:Folder=", Web, $"--Feeds:his:Listen=127.0.0.1:{FreePort.Next()}",
         $"--Feeds:lis:Listen=127.0.0.1:{FreePort.Next()}", .. arguments]);

    private static void AssertReadable(string output)
    {
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
