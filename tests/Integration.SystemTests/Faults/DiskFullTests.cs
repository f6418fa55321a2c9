using System.Diagnostics;

namespace Integration.SystemTests.Faults;

/// <summary>The disk of the embedded store is full, on a small file system of its own: senders are told to keep their messages, and later nothing is missing.</summary>
public sealed class DiskFullTests(ITestOutputHelper output)
{
    [Fact]
    public async Task DiskFull_ThenRoomAgain_LosesAndDoublesNothing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var mount = Directory.CreateDirectory(Path.Combine(folder.Path, "disk")).FullName;
        Assert.SkipUnless(OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", mount), "Only root may mount a small file system (tmpfs) for this test.");
        try
        {
            var data = Path.Combine(mount, "data");
            var load = new VisitLoad(noteBytes: 100_000);
            await using (var engine = await EngineProcess.StartAsync(data, cancellationToken, "--Storage:MinFreeMb=0"))
            {
                await load.SendAsync(engine.MllpPort, senders: 4, () => load.Refused >= 20).WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
                var before = load.Acknowledged;
                Assert.True(before > 10 && load.Refused >= 20, $"Acknowledged {before}, refused {load.Refused}: the disk was never full.");

                // Killed while it is full: the store must open again all the same once there is room.
                engine.Kill();
            }

            Assert.True(await RunAsync("mount", "-o", "remount,size=600m", mount));
            await using (var engine = await EngineProcess.StartAsync(data, cancellationToken, "--Storage:MinFreeMb=0"))
            {
                await load.SendAgainAsync(engine.MllpPort).WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
                await engine.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);
                var visits = await load.AssertEffectsAsync(engine, cancellationToken);
                Assert.True((bool)(await engine.GetJsonAsync("/api/v1/conservation", cancellationToken))["balanced"]!);
                Assert.Equal(0, await engine.TerminateAsync(TimeSpan.FromSeconds(30), cancellationToken));
                output.WriteLine($"acknowledged {load.Acknowledged}, refused {load.Refused}, visits {visits}");
            }

            var (exitCode, text) = await EngineProcess.RunToEndAsync(cancellationToken, "store", "verify", "--json", $"--Engine:DataFolder={data}");
            Assert.True(exitCode == 0, text);
        }
        finally
        {
            await RunAsync("umount", mount);
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
