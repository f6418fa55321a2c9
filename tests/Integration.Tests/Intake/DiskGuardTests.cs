using Integration.Core.Intake;
using Integration.Tests.Api;
using Microsoft.Extensions.Logging;

namespace Integration.Tests.Intake;

public sealed class DiskGuardTests
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public void Problem_DiskFillsAndEmpties_ComesAndGoesAndIsLoggedOnceEach()
    {
        using var logs = new CapturedLogs();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(logs));
        var clock = new StepClock(DateTimeOffset.UnixEpoch);
        long? free = 600 * Megabyte;
        var guard = new DiskGuard(() => free, 500 * Megabyte, clock, loggers.CreateLogger<DiskGuard>());

        Assert.Null(Ask());
        free = 499 * Megabyte;
        Assert.StartsWith("Low disk: 499 MB free, 500 MB are needed.", Ask());
        free = 540 * Megabyte;   // not yet a tenth more: no going to and fro
        Assert.StartsWith("Low disk: 540 MB free, 550 MB are needed.", Ask());
        free = 550 * Megabyte;
        Assert.Null(Ask());

        Assert.Equal([LogLevel.Error, LogLevel.Information], logs.Lines.Select(l => l.Level));

        string? Ask()
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return guard.Problem;
        }
    }

    [Fact]
    public void Problem_AskedOften_AsksTheDiskOnceASecond()
    {
        var asked = 0;
        var clock = new StepClock(DateTimeOffset.UnixEpoch);
        var guard = new DiskGuard(() => ++asked, 1, clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<DiskGuard>.Instance);

        for (var i = 0; i < 100; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            _ = guard.Problem;
        }

        Assert.Equal(5, asked);
    }

    [Fact]
    public void Problem_UnknownOrSwitchedOff_IsNone()
    {
        Assert.Null(new DiskGuard(() => null, 1, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<DiskGuard>.Instance).Problem);
        Assert.Null(new DiskGuard(() => 0, 0, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<DiskGuard>.Instance).Problem);
        Assert.True(DiskGuard.FreeBytesOf(Path.GetTempPath())() > 0);
    }

    [Fact]
    public async Task Accept_LowDisk_RefusesThenTakesTheSameMessageWithoutADouble()
    {
        long free = 0;
        await using var engine = await TestEngine.StartAsync(() => free);
        string[] message = [@"MSH|^~\&|HIS|EAST|HUB|H|20240501101500||ADT^A01^ADT_A01|C1|P|2.5.1||||||UNICODE UTF-8", "PID|1||P1^^^EAST||欧阳^娜娜"];

        var refused = Assert.IsType<IntakeResult.Refused>(await engine.AcceptAsync(message));
        Assert.StartsWith("Low disk", refused.Reason);
        free = long.MaxValue;
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);

        Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(message));
        Assert.Equal(1, engine.Tally.Total(MessageState.Waiting));
    }
}
