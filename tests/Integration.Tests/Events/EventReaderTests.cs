using Integration.Core.Events;
using Integration.Core.Storage;

namespace Integration.Tests.Events;

/// <summary>Events as a person looks for them: newest first, by type, patient and day.</summary>
public sealed class EventReaderTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 16, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", null, null, "e29 e28 e27 e26 e25")]
    [InlineData("appointment.*", null, null, "e28 e26 e24 e22 e20")]
    [InlineData("", "p1", null, "e28 e25 e22 e19 e16")]
    [InlineData("appointment.*", "p1", null, "e28 e22 e16 e10 e4")]
    [InlineData("", null, 12, "e11 e10 e9 e8 e7")]
    [InlineData("", null, 0, "")]
    [InlineData("", null, 99, "e29 e28 e27 e26 e25")]
    [InlineData("", "p1", 3, "e1")]
    public async Task ReadBack_Filters_FindsTheNewest(string type, string? patient, int? untilHour, string expected)
    {
        await using var engine = await FilledAsync();

        var page = await new EventReader(engine.Store).ReadBackAsync(
            null, type.Length == 0 ? [] : [type], patient, untilHour is { } hour ? Start.AddHours(hour) : null, 5, CancellationToken.None);

        Assert.Equal(expected, string.Join(' ', page.Events.Select(e => e.Cause)));
    }

    [Fact]
    public async Task ReadBack_PageByPage_ShowsEachOnce()
    {
        await using var engine = await FilledAsync();
        var (seen, before) = (new List<string>(), (long?)null);
        while (true)
        {
            var page = await new EventReader(engine.Store).ReadBackAsync(before, [], null, Start.AddHours(25), 7, CancellationToken.None);
            seen.AddRange(page.Events.Select(e => e.Cause));
            if (page.IsCaughtUp)
            {
                break;
            }

            before = page.Sequence;
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"e{24 - i}"), seen);
    }

    /// <summary>One event an hour; two types in turn, three patients in turn.</summary>
    private static async Task<TestEngine> FilledAsync()
    {
        var engine = await TestEngine.StartAsync();
        for (var i = 0; i < 30; i++)
        {
            var batch = new WriteBatch();
            var type = i % 2 == 0 ? "appointment.booked" : "result.final";
            batch.Add(Collections.Events.Put(new EventDocument
            {
                Id = EventDocument.IdOf(type, $"e{i}", "x"),
                Type = type,
                SchemaVersion = 1,
                Subject = "x",
                PatientId = $"p{i % 3}",
                Time = Start.AddHours(i),
                Recorded = Start.AddHours(i),
                Cause = $"e{i}",
                Data = [],
            }, expectedVersion: 0));
            Assert.IsType<CommitResult.Committed>(await engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
        }

        return engine;
    }
}
