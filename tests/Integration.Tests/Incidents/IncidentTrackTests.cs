using Integration.Core.Incidents;

namespace Integration.Tests.Incidents;

/// <summary>When trouble becomes an incident, and when it is over.</summary>
public sealed class IncidentTrackTests
{
    private static readonly TimeSpan After = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);
    private static readonly DateTimeOffset Start = new(2026, 3, 16, 8, 0, 0, TimeSpan.Zero);

    private readonly IncidentTrack _track = new();
    private DateTimeOffset _now = Start;
    private bool _isOpen;

    [Fact]
    public void Bad_ShorterThanAllowed_OpensNothing()
    {
        Assert.Equal(0, LookFor(TimeSpan.FromSeconds(290), Condition.Bad));
        Assert.Equal(0, LookFor(TimeSpan.FromMinutes(3), Condition.Good));

        Assert.Null(_track.TroubleSince);
    }

    [Fact]
    public void Bad_LongEnough_OpensOnceAndRecoversAfterTheGrace()
    {
        Assert.Equal(1, LookFor(TimeSpan.FromMinutes(20), Condition.Bad));
        Assert.Equal(0, LookFor(TimeSpan.FromSeconds(110), Condition.Good));
        Assert.True(_isOpen);

        Assert.Equal(1, LookFor(TimeSpan.FromSeconds(30), Condition.Good));
        Assert.False(_isOpen);
    }

    [Fact]
    public void Bad_BetweenShortGoodTimes_IsOneTroubleThatBeganManyTimes()
    {
        var steps = 0;
        for (var flap = 0; flap < 50; flap++)
        {
            steps += LookFor(TimeSpan.FromSeconds(20), Condition.Bad) + LookFor(TimeSpan.FromSeconds(20), Condition.Good);
        }

        Assert.Equal((1, true, 50), (steps, _isOpen, _track.Occurrences));
        Assert.Equal(1, LookFor(TimeSpan.FromMinutes(3), Condition.Good));
        Assert.False(_isOpen);
    }

    [Fact]
    public void Good_SinceAnotherMomentAtEachLook_IsAFlappingLineThatNoLookMet()
    {
        var steps = 0;
        for (var look = 0; look < 50; look++)
        {
            _now += TimeSpan.FromSeconds(10);
            steps += Take(_track.Observe(Link(_now - TimeSpan.FromSeconds(1)), _isOpen, Grace, _now));
        }

        Assert.Equal((1, true), (steps, _isOpen));
        Assert.True(_track.Occurrences > 40, $"{_track.Occurrences} occurrences");
    }

    [Fact]
    public void Unknown_WhileBad_CountsAnewBehindIt()
    {
        LookFor(TimeSpan.FromMinutes(4), Condition.Bad);
        LookFor(TimeSpan.FromHours(8), Condition.Unknown);

        Assert.Equal(0, LookFor(TimeSpan.FromMinutes(4), Condition.Bad));
        Assert.Equal(1, LookFor(TimeSpan.FromMinutes(2), Condition.Bad));
    }

    [Fact]
    public void Unknown_WhileOpen_ChangesNothing()
    {
        LookFor(TimeSpan.FromMinutes(6), Condition.Bad);

        Assert.Equal(0, LookFor(TimeSpan.FromHours(8), Condition.Unknown));
        Assert.True(_isOpen);
    }

    [Fact]
    public void Bad_SinceBeforeTheFirstLook_CountsFromThen() =>
        Assert.Equal(IncidentStep.Open, _track.Observe(Bad(_now - After), isOpen: false, Grace, _now));

    [Fact]
    public void Good_AfterTroubleThatCouldNotBeWritten_OpensItFirst()
    {
        // While the store is away nothing is carried out: the track only counts.
        for (var i = 0; i < 40; i++)
        {
            _now += TimeSpan.FromSeconds(10);
            _track.Observe(Bad(null), isOpen: false, Grace, _now);
        }

        Assert.Equal(1, LookFor(TimeSpan.FromSeconds(10), Condition.Good));
        Assert.True(_isOpen);
        Assert.Equal(1, LookFor(TimeSpan.FromMinutes(3), Condition.Good));
    }

    private static Observation Bad(DateTimeOffset? since) => Observation.Bad(IncidentKind.FeedDisconnected, "feeds/his", since, After);

    private static Observation Link(DateTimeOffset since) =>
        new(IncidentKind.FeedDisconnected, "feeds/his", Condition.Good, since, After, new Dictionary<string, string>());

    /// <returns>How many steps were taken.</returns>
    private int LookFor(TimeSpan time, Condition condition)
    {
        var (end, steps) = (_now + time, 0);
        while (_now < end)
        {
            _now += TimeSpan.FromSeconds(10);
            var seen = condition switch
            {
                Condition.Bad => Bad(null),
                Condition.Good => Observation.Good(IncidentKind.FeedDisconnected, "feeds/his"),
                _ => Observation.Unknown(IncidentKind.FeedDisconnected, "feeds/his"),
            };
            steps += Take(_track.Observe(seen, _isOpen, Grace, _now));
        }

        return steps;
    }

    private int Take(IncidentStep step)
    {
        switch (step)
        {
            case IncidentStep.Open:
                Assert.False(_isOpen);
                _isOpen = true;
                return 1;
            case IncidentStep.Recover:
                Assert.True(_isOpen);
                _isOpen = false;
                _track.Reset();
                return 1;
            default:
                return 0;
        }
    }
}
