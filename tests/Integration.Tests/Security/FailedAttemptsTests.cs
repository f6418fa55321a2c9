using System.Net;
using Integration.Host.Security;

namespace Integration.Tests.Security;

public sealed class FailedAttemptsTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("192.0.2.7");

    private readonly StepClock _clock = new(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void BlockedFor_TwentyDifferentKeys_OpensAgainAfterAMinute()
    {
        var failures = new FailedAttempts(_clock);
        Guess(failures, Guesser, 20);

        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(TimeSpan.FromSeconds(40), failures.BlockedFor(Guesser));
        Assert.Null(failures.BlockedFor(IPAddress.Parse("192.0.2.8")));
        _clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Null(failures.BlockedFor(Guesser));
    }

    [Fact]
    public void Note_FailuresOfTwoMinutes_AreCountedApart()
    {
        var failures = new FailedAttempts(_clock);
        Guess(failures, Guesser, 19);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Guess(failures, Guesser, 19);

        Assert.Null(failures.BlockedFor(Guesser));
    }

    [Fact]
    public void BlockedFor_AddressesOfOneIPv6Network_AreOne()
    {
        var failures = new FailedAttempts(_clock);
        for (var i = 0; i < 20; i++)
        {
            Guess(failures, IPAddress.Parse($"2001:db8:1:2::{i:x}"), 1, seed: i);
        }

        Assert.NotNull(failures.BlockedFor(IPAddress.Parse("2001:db8:1:2:ffff::1")));
        Assert.Null(failures.BlockedFor(IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void BlockedFor_MappedIPv4_IsTheIPv4Address()
    {
        var failures = new FailedAttempts(_clock);
        Guess(failures, Guesser.MapToIPv6(), 20);

        Assert.NotNull(failures.BlockedFor(Guesser));
    }

    [Fact]
    public void Note_FromEverywhere_StillAnswersAndForgetsWhatIsOver()
    {
        var failures = new FailedAttempts(_clock);
        for (var i = 0; i < 5000; i++)
        {
            failures.Note(new IPAddress((long)i + 1), ApiKeyring.HashOf("guess"));
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        Guess(failures, Guesser, 20);

        Assert.NotNull(failures.BlockedFor(Guesser));
    }

    private static void Guess(FailedAttempts failures, IPAddress address, int times, int seed = 0)
    {
        for (var i = 0; i < times; i++)
        {
            failures.Note(address, ApiKeyring.HashOf($"guess {seed} {i}"));
        }
    }
}
