using Integration.Core.Vitals.Limits;

namespace Integration.Tests.Vitals;

public sealed class LimitMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly VitalLimit HeartRate = new(50, 120, 5, new Persistence(1, 0), new Persistence(1, 5));

    [Theory]
    [InlineData("119 120", "", "out high 120")]
    [InlineData("120 119 116 114", "", "out high 120")]                        // back inside the limit, not yet beyond the margin
    [InlineData("120 110 110 110 110 110 110", "", "out high 120,back high 120")]   // five minutes from the first
    [InlineData("120 110 121 110 121 110 121", "", "out high 120")]           // flaps: told once
    [InlineData("50 40 30", "", "out low 50")]
    [InlineData("51 119", "", "")]
    [InlineData("130 40 40 40 40 40 40", "", "out high 120,back high 120,out low 50")]
    [InlineData("130 80 80 80", "3", "")]
    [InlineData("130 130 130", "3", "out high 120")]
    [InlineData("130 130 80 130 130", "3", "")]                                // a spike begins anew
    public void Step_MinuteByMinute_TellsEachChangeOnce(string values, string breachReadings, string expected)
    {
        var limit = breachReadings.Length == 0 ? HeartRate : HeartRate with { Breach = new Persistence(int.Parse(breachReadings, System.Globalization.CultureInfo.InvariantCulture), 0) };

        var told = Run(limit, values.Split(' ').Select((value, minute) => (decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture), Start.AddMinutes(minute))));

        Assert.Equal(expected, string.Join(",", told.Select(e => $"{(e.IsOut ? "out" : "back")} {e.Side} {e.Limit}")));
    }

    [Fact]
    public void TenSpikesInAMinute_AreOneBreachAndOneRecovery()
    {
        var spikes = Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? 150m : 80m, Start.AddSeconds(3 * i)));
        var quiet = Enumerable.Range(1, 10).Select(i => (80m, Start.AddMinutes(1 + i)));

        Assert.Equal([true, false], Run(HeartRate, [.. spikes, .. quiet]).Select(e => e.IsOut));
    }

    [Fact]
    public void OlderOrRepeatedReading_ChangesNothing()
    {
        var (state, _) = LimitMachine.Step(LimitState.Unknown, HeartRate, 80, Start);

        Assert.Equal((state, []), LimitMachine.Step(state, HeartRate, 150, Start));
        Assert.Equal((state, []), LimitMachine.Step(state, HeartRate, 150, Start.AddMinutes(-1)));
    }

    [Fact]
    public void LimitTakenAway_IsARecovery()
    {
        var (state, _) = LimitMachine.Step(LimitState.Unknown, HeartRate, 150, Start);
        var (after, told) = LimitMachine.Step(state, null, 150, Start.AddMinutes(1));

        Assert.Null(after.Side);
        Assert.Equal(new LimitEvent(IsOut: false, LimitState.High, null), Assert.Single(told));
    }

    [Fact]
    public void AnyReadingsAndChangesOfLimits_BreachesAndRecoveriesAlternate()
    {
        var random = new Random(175);
        for (var person = 0; person < 300; person++)
        {
            var (state, time, limit, isOut) = (LimitState.Unknown, Start, (VitalLimit?)HeartRate, false);
            for (var reading = 0; reading < 200; reading++)
            {
                if (random.Next(40) == 0)
                {
                    limit = random.Next(5) == 0 ? null : new VitalLimit(
                        random.Next(3) == 0 ? null : random.Next(30, 60), random.Next(3) == 0 ? null : random.Next(100, 160), random.Next(0, 15),
                        new Persistence(random.Next(1, 4), random.Next(0, 3)), new Persistence(random.Next(1, 4), random.Next(0, 6)));
                }

                time = time.AddSeconds(random.Next(-30, 120));
                (state, var told) = LimitMachine.Step(state, limit, random.Next(20, 200), time);
                foreach (var e in told)
                {
                    Assert.NotEqual(isOut, e.IsOut);
                    isOut = e.IsOut;
                }

                Assert.Equal(isOut, state.Side is not null);
            }
        }
    }

    private static List<LimitEvent> Run(VitalLimit limit, IEnumerable<(decimal Value, DateTimeOffset Time)> readings)
    {
        var (state, all) = (LimitState.Unknown, new List<LimitEvent>());
        foreach (var (value, time) in readings)
        {
            (state, var told) = LimitMachine.Step(state, limit, value, time);
            all.AddRange(told);
        }

        return all;
    }
}
