using System.Diagnostics;
using System.Globalization;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Faults;

/// <summary>
/// A disk that takes a quarter of a second to make anything durable: senders wait longer and are not lost, a kill meanwhile loses and doubles nothing. By hand
/// (<c>-explicit only</c>): strace delays the calls, which not every machine allows.
/// </summary>
public sealed class SlowDiskTests(ITestOutputHelper output)
{
    private const int Senders = 8;
    private const int LeastAcknowledged = 100;

    [Fact(Explicit = true)]
    public async Task Fsync_OfAQuarterSecond_SlowsSendersDown_AndLosesNothing()
    {
        Peer.Require("/usr/bin/strace", "apt-get install strace");
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var load = new VisitLoad();
        var (slow, took) = (0, TimeSpan.Zero);
        await using (var engine = await EngineProcess.StartAsync(data.Path, cancellationToken))
        {
            using var delay = Process.Start(new ProcessStartInfo("/usr/bin/strace",
            [
                "-f", "-q", "-o", "/dev/null", "-p", engine.ProcessId.ToString(CultureInfo.InvariantCulture),
                "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=250000",
            ]))!;
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            var began = Stopwatch.GetTimestamp();
            await load.SendAsync(engine.MllpPort, Senders, () => load.Acknowledged >= LeastAcknowledged).WaitAsync(TimeSpan.FromMinutes(3), cancellationToken);
            (slow, took) = (load.Acknowledged, Stopwatch.GetElapsedTime(began));
            engine.Kill();
            await delay.WaitForExitAsync(cancellationToken);
        }

        await using var again = await EngineProcess.StartAsync(data.Path, cancellationToken);
        await load.SendAgainAsync(again.MllpPort);
        await again.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);
        var visits = await load.AssertEffectsAsync(again, cancellationToken);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"acknowledged {slow} over {Senders} connections in {took.TotalSeconds:0.0} s, refused {load.Refused}, visits {visits}"));
        Assert.True((bool)(await again.GetJsonAsync("/api/v1/conservation", cancellationToken))["balanced"]!);
        Assert.True(took > TimeSpan.FromSeconds(2), "The disk was not slow.");
    }
}
