using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Tests.Pipeline;

/// <summary>Messages about two people: both records change together, or none does.</summary>
public sealed class TwoPatientMessageTests
{
    private const string First = "PID|1||1001^^^HIS^PI||张三||19491231|1";
    private const string Second = "PID|2||1002^^^HIS^PI||李四||19550505|2";

    private int _sent;

    [Fact]
    public async Task When_two_change_beds_Should_be_found_by_the_numbers_of_both()
    {
        await using var engine = await TestEngine.StartAsync();

        var swap = await SendAsync(engine, "A17", First, Visit("V1", "02"), Second, Visit("V2", "01"));

        Assert.Equal(MessageState.Done, swap.State);
        Assert.Contains("1001", swap.Identifiers);
        Assert.Contains("1002", swap.Identifiers);
        Assert.Equal(["02", "01"], [await BedAsync(engine, "1001"), await BedAsync(engine, "1002")]);
        Assert.Equal(swap.Stages.Count, swap.Stages.DistinctBy(stage => stage.Name).Count());
    }

    [Fact]
    public async Task When_it_is_replayed_Should_change_nothing()
    {
        await using var engine = await TestEngine.StartAsync();
        await SendAsync(engine, "A17", First, Visit("V1", "02"), Second, Visit("V2", "01"));

        var again = await SendAsync(engine, "A17", First, Visit("V1", "02"), Second, Visit("V2", "01"));

        Assert.All(again.Changes, change => Assert.Equal("unchanged", change.Action));
        Assert.Equal(2, await CountAsync(engine, Collections.Patients));
    }

    [Fact]
    public async Task When_both_are_one_person_Should_refuse_and_change_neither()
    {
        await using var engine = await TestEngine.StartAsync();

        var swap = await SendAsync(engine, "A17", First, Visit("V1", "02"), First, Visit("V2", "01"));

        Assert.Equal(MessageState.Failed, swap.State);
        Assert.Contains(swap.Issues, issue => issue.Code == IntegrationErrorCode.PatientsAreOne);
        Assert.Equal(0, await CountAsync(engine, Collections.Resources));
    }

    [Fact]
    public async Task When_the_second_has_the_visit_of_the_first_Should_refuse_and_change_neither()
    {
        await using var engine = await TestEngine.StartAsync();
        await SendAsync(engine, "A01", First, Visit("V1", "01"));
        await SendAsync(engine, "A01", Second, Visit("V2", "02"));

        var swap = await SendAsync(engine, "A17", First, Visit("V1", "03"), Second, Visit("V1", "04"));

        Assert.Equal(MessageState.Failed, swap.State);
        Assert.Contains(swap.Issues, issue => issue.Code == IntegrationErrorCode.PatientsNotApart);
        Assert.Equal(["01", "02"], [await BedAsync(engine, "1001"), await BedAsync(engine, "1002")]);
    }

    [Fact]
    public async Task When_a_link_names_one_person_twice_Should_be_no_news()
    {
        await using var engine = await TestEngine.StartAsync();
        await SendAsync(engine, "A01", First, Visit("V1", "01"));
        await SendAsync(engine, "A40", First, "MRG|1002^^^HIS^PI");

        var message = await SendAsync(engine, "A24", First, Second);

        Assert.Equal(MessageState.Done, message.State);
        Assert.Contains(message.Issues, issue => issue.Code == IntegrationErrorCode.PatientsAreOne);
    }

    [Fact]
    public async Task When_two_are_linked_again_after_a_decision_Should_let_the_decision_stand()
    {
        await using var engine = await TestEngine.StartAsync();
        await SendAsync(engine, "A24", First, Second);
        await SendAsync(engine, "A37", First, Second);

        await SendAsync(engine, "A24", First, Second);

        Assert.Equal(["separate"], await ReviewStatesAsync(engine));
    }

    private static string Visit(string number, string bed) => $"PV1|1|I|心内科^302^{bed}||||||||||||||||{number}|||||||||||||||||||||||||20260301083000";

    private Task<JournaledMessage> SendAsync(TestEngine engine, string trigger, params string[] segments)
    {
        var time = $"2026030110{++_sent:00}00";
        return engine.SendAsync([$"MSH|^~\\&|HIS|EAST|||{time}||ADT^{trigger}|M{_sent}|P|2.5.1", $"EVN|{trigger}|{time}", .. segments]);
    }

    private static async Task<string> BedAsync(TestEngine engine, string number)
    {
        var patient = await engine.PatientAsync(number);
        var visits = await engine.Records.ResourcesAsync(patient.Id, "Encounter", 10, null, CancellationToken.None);
        return ((string)Assert.Single(visits.Resources).Resource["location"]![0]!["location"]!["display"]!).Split(' ')[^1];
    }

    private static async Task<int> CountAsync(TestEngine engine, DocumentCollection collection)
    {
        var count = 0;
        await foreach (var _ in engine.Store.ReadAllAsync(new DocumentQuery(collection) { Limit = 100 }, CancellationToken.None))
        {
            count++;
        }

        return count;
    }

    private static async Task<List<string>> ReviewStatesAsync(TestEngine engine)
    {
        var states = new List<string>();
        await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(Collections.LinkReviews) { Limit = 100 }, CancellationToken.None))
        {
            states.Add(Collections.LinkReviews.Read(stored).State);
        }

        return states;
    }
}
