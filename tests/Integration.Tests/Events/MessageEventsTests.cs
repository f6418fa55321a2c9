using Integration.Core.Storage;
using Integration.Tests.Samples;

namespace Integration.Tests.Events;

/// <summary>Real messages through the walk, and the events that their commits left behind.</summary>
public sealed class MessageEventsTests
{
    private const string Pid = "PID|1||1001^^^HIS^PI||张三||19491231|1";

    private int _sent;

    /// <summary>A no-show is told again by the source, replayed by a person, told of an appointment that somebody touched in between: one event.</summary>
    [Fact]
    public async Task When_a_no_show_is_repeated_and_replayed_Should_raise_one_missed_event()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Booking("S12", "20260301083000", "20260305090000"));
        var missed = await engine.SendAsync(Booking("S26", "20260305100000", "20260305090000"));
        var again = await engine.SendAsync(Booking("S26", "20260305103000", "20260305090000"));
        await engine.SendAsync(Booking("S14", "20260305110000", "20260305090000"));
        await engine.SendAsync(Booking("S26", "20260305113000", "20260305090000"));
        foreach (var id in new[] { missed.Id, again.Id, missed.Id })
        {
            Assert.True(await engine.Journal.RequestReplayAsync(id, CancellationToken.None));
            await engine.RunAsync();
        }

        var events = (await engine.Store.EventsAsync()).Where(e => e.Type == "appointment.missed").ToList();

        var e = Assert.Single(events);
        Assert.Equal(missed.Id, e.Cause);
        Assert.Equal(missed.PatientId, e.PatientId);
        Assert.StartsWith("Appointment/", e.Subject);
        Assert.Equal("noshow", (string)e.Data["status"]!);
        Assert.Equal(new DateTimeOffset(2026, 3, 5, 2, 0, 0, TimeSpan.Zero), e.Time);
    }

    [Fact]
    public async Task When_the_patient_misses_the_new_time_too_Should_raise_a_second_event()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Booking("S12", "20260301083000", "20260305090000"));
        await engine.SendAsync(Booking("S26", "20260305100000", "20260305090000"));
        await engine.SendAsync(Booking("S13", "20260305110000", "20260307090000"));
        await engine.SendAsync(Booking("S26", "20260307100000", "20260307090000"));

        var types = (await engine.Store.EventTypesAsync()).Where(t => t.StartsWith("appointment.", StringComparison.Ordinal));

        Assert.Equal(["appointment.booked", "appointment.missed", "appointment.moved", "appointment.missed"], types);
    }

    [Fact]
    public async Task When_a_stay_goes_from_admission_to_discharge_Should_tell_each_step_once()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Stay("A01", "20260301080000", "心内科^302^01"));
        await engine.SendAsync(Stay("A02", "20260302080000", "骨科^101^02"));
        await engine.SendAsync(Stay("A03", "20260305080000", "骨科^101^02"));
        await engine.SendAsync(Stay("A13", "20260305090000", "骨科^101^02"));
        await engine.SendAsync(Stay("A03", "20260306080000", "骨科^101^02"));

        Assert.Equal(
            ["patient.registered", "encounter.started", "encounter.moved", "encounter.ended", "encounter.resumed", "encounter.ended"],
            await engine.Store.EventTypesAsync());
    }

    [Fact]
    public async Task When_two_numbers_are_merged_Should_tell_it_once_with_both_records()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync("MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A08|A1|P|2.5.1||||||UNICODE UTF-8", "PID|1||1001^^^HIS^PI||张三", "PV1|1|N");
        var other = await engine.SendAsync("MSH|^~\\&|HIS|EAST|||20260301080100||ADT^A08|A2|P|2.5.1||||||UNICODE UTF-8", "PID|1||1002^^^HIS^PI||张三", "PV1|1|N");
        var merge = await engine.SendAsync(
            "MSH|^~\\&|HIS|EAST|||20260301090000||ADT^A40|A3|P|2.5.1||||||UNICODE UTF-8", "EVN|A40|20260301090000", "PID|1||1001^^^HIS^PI||张三", "MRG|1002^^^HIS^PI");
        Assert.True(await engine.Journal.RequestReplayAsync(merge.Id, CancellationToken.None));
        await engine.RunAsync();

        var merged = Assert.Single(await engine.Store.EventsAsync(), e => e.Type == "patient.merged");

        Assert.Equal($"patients/{merge.PatientId}", merged.Subject);
        Assert.Equal(other.PatientId, (string)merged.Data["mergedPatientId"]!);
    }

    /// <summary>A day of a hospital, then all of it once more: the second time says nothing.</summary>
    [Fact]
    public async Task When_a_whole_day_is_replayed_Should_raise_nothing_twice()
    {
        await using var engine = await TestEngine.StartAsync();
        foreach (var message in SampleFiles.DayMessages.Take(120))
        {
            await engine.AcceptRawAsync(message.Bytes);
        }

        await engine.RunAsync();
        var before = await engine.Store.EventsAsync();
        foreach (var message in (await engine.Journal.SearchAsync(new(State: Core.Intake.MessageState.Done, Limit: 500), CancellationToken.None)).Messages.Reverse())
        {
            Assert.True(await engine.Journal.RequestReplayAsync(message.Id, CancellationToken.None));
        }

        await engine.RunAsync();

        Assert.Equal(before.Select(e => e.Id), (await engine.Store.EventsAsync()).Select(e => e.Id));
        Assert.True(before.Count > 100);
        Assert.Equal(before.Select(e => e.Recorded), before.Select(e => e.Recorded).Order().Distinct());
        var patients = (await engine.Store.QueryAsync(new DocumentQuery(Collections.Patients) { Limit = 1000 }, CancellationToken.None)).Documents.Count;
        Assert.Equal(patients, before.Count(e => e.Type == "patient.registered"));
    }

    [Fact]
    public async Task When_reference_data_comes_Should_raise_nothing()
    {
        await using var engine = await TestEngine.StartAsync();

        var message = await engine.SendAsync(
            "MSH|^~\\&|HIS|EAST|||20260301080000||MFN^M05|M1|P|2.5.1||||||UNICODE UTF-8", "MFI|LOC^Location Master^HL70175||UPD|||NE",
            "MFE|MAD|1||心内科^^^^N|PL", "LOC|心内科^^^^N|心内科|N");

        Assert.NotEmpty(message.Changes);
        Assert.Empty(await engine.Store.EventsAsync());
    }

    private string[] Booking(string trigger, string at, string start) =>
    [
        $"MSH|^~\\&|HIS|EAST|||{at}||SIU^{trigger}|B{++_sent}|P|2.5.1||||||UNICODE UTF-8", $"SCH|P1|F1|||||||30|MIN|^^^{start}", Pid, "AIS|1||CONS^门诊复诊^L",
    ];

    private string[] Stay(string trigger, string at, string place) =>
    [
        $"MSH|^~\\&|HIS|EAST|||{at}||ADT^{trigger}|S{++_sent}|P|2.5.1||||||UNICODE UTF-8", $"EVN|{trigger}|{at}", Pid, $"PV1|1|I|{place}||||||||||||||||V1",
    ];
}
