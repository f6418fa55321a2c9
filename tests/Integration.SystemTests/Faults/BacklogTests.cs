using System.Text;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.Faults;

/// <summary>A backlog lies on disk, not in memory.</summary>
public sealed class BacklogTests(ITestOutputHelper output)
{
    private const long MostMemoryKb = 512 * 1024;
    private const int Senders = 32;

    [Fact]
    public Task Send_FasterThanTheRecordTakes_KeepsTheBacklogOnDisk() => SendAsync(messages: 20_000, leastDone: 20_000 - 1);

    /// <summary>The full size, some minutes, without waiting until all of it is in the record: run it by hand with <c>-explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public Task Send_AMillionFasterThanTheRecordTakes_StaysIn512Megabytes() => SendAsync(messages: 1_000_000, leastDone: 20_000);

    private async Task SendAsync(int messages, int leastDone)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken);

        // One that fails stands at the head, and must not hold up the others.
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            await using var sender = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromMinutes(1), cancellationToken);
            for (var number = Interlocked.Increment(ref next); number <= messages; number = Interlocked.Increment(ref next))
            {
                Assert.True((await sender.SendAsync(Message(number), cancellationToken)).IsAccepted);
            }
        }, cancellationToken)));
        var waiting = await CountAsync(engine, "waiting", cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        while (await CountAsync(engine, "done", limit.Token) < leastDone || await CountAsync(engine, "failed", limit.Token) == 0)
        {
            await Task.Delay(100, limit.Token);
        }

        var peak = engine.PeakMemoryKb;
        output.WriteLine($"{messages:N0} acknowledged, {waiting:N0} of them waiting then; peak memory {peak / 1024:N0} MB");
        Assert.True(waiting > messages / 20, "There was no backlog.");
        Assert.Equal(1, await CountAsync(engine, "failed", cancellationToken));
        Assert.True(peak < MostMemoryKb, $"Peak memory was {peak:N0} KB.");
    }

    private static async Task<long> CountAsync(EngineProcess engine, string state, CancellationToken cancellationToken) =>
        (long)(await engine.GetJsonAsync("/api/v1/feeds", cancellationToken))["items"]!.AsArray().Single(f => (string)f!["name"]! == "his")!["counts"]![state]!;

    private static byte[] Message(int number) => Encoding.UTF8.GetBytes(
        $"MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A28|B{number}|P|2.5.1\rEVN|A28|20260301080000\rPID|1||{(number == 1 ? "" : $"{100_000 + (number % 5_000)}^^^HIS")}||Name^{number % 5_000}\r");
}
