using Integration.Core.Jobs;
using Integration.Core.Retention;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Jobs;

/// <summary>Two engines on one store, a clock of their own.</summary>
public sealed class JobClaimsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(30);
    private static readonly DateTimeOffset Start = new(2026, 3, 29, 0, 30, 0, TimeSpan.Zero);

    private readonly StepClock _clock = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryTake_WhileAnotherEngineDoesIt_IsRefused_UntilThatOneMustHaveDied()
    {
        await using var engine = await TestEngine.StartAsync();
        var (one, other) = (new JobClaims(engine.Store, _clock), new JobClaims(engine.Store, _clock));

        Assert.True(await one.TryTakeAsync("job", Lease, Rest, Token));
        Assert.False(await other.TryTakeAsync("job", Lease, Rest, Token));
        Assert.True(await other.TryTakeAsync("another job", Lease, Rest, Token));
        _clock.Advance(Lease);
        Assert.True(await other.TryTakeAsync("job", Lease, Rest, Token));
        Assert.False(await one.TryTakeAsync("job", Lease, Rest, Token));
    }

    [Fact]
    public async Task Finish_Rests_ForBothEngines()
    {
        await using var engine = await TestEngine.StartAsync();
        var (one, other) = (new JobClaims(engine.Store, _clock), new JobClaims(engine.Store, _clock));
        Assert.True(await one.TryTakeAsync("job", Lease, Rest, Token));
        await other.FinishAsync("job", Token);   // not its own: nothing happens
        Assert.False(await other.TryTakeAsync("job", Lease, Rest, Token));

        await one.FinishAsync("job", Token);

        Assert.False(await one.TryTakeAsync("job", Lease, Rest, Token));
        Assert.False(await other.TryTakeAsync("job", Lease, Rest, Token));
        _clock.Advance(Rest);
        Assert.True(await other.TryTakeAsync("job", Lease, Rest, Token));
    }

    [Fact]
    public async Task TryTake_ClockWentBackADay_IsNotHeldUp()
    {
        await using var engine = await TestEngine.StartAsync();
        var (one, other) = (new JobClaims(engine.Store, _clock), new JobClaims(engine.Store, _clock));
        Assert.True(await one.TryTakeAsync("job", Lease, Rest, Token));
        await one.FinishAsync("job", Token);

        _clock.Advance(TimeSpan.FromDays(-1));

        Assert.True(await other.TryTakeAsync("job", Lease, Rest, Token));
    }

    [Fact]
    public async Task TryTake_ManyAtOnce_OneGetsIt()
    {
        await using var engine = await TestEngine.StartAsync();

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => new JobClaims(engine.Store, _clock).TryTakeAsync("job", Lease, Rest, Token).AsTask())));

        Assert.Single(taken, isTaken => isTaken);
    }

    [Fact]
    public async Task Retention_AnotherEngineDidIt_IsNotDoneAgain()
    {
        await using var engine = await TestEngine.StartAsync(services => services.AddSingleton<TimeProvider>(_clock));
        var other = new JobClaims(engine.Store, _clock);
        var sweep = engine.Services.GetRequiredService<RetentionSweep>();
        Assert.True(await other.TryTakeAsync(RetentionSweep.Job, Lease, Rest, Token));

        Assert.Null(await sweep.TryRunAsync(Token));
        await other.FinishAsync(RetentionSweep.Job, Token);
        Assert.Null(await sweep.TryRunAsync(Token));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(await sweep.TryRunAsync(Token));
        Assert.Null(await sweep.TryRunAsync(Token));
    }
}
