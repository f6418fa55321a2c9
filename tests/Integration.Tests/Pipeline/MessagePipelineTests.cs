using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Tests.Pipeline;

/// <summary>Whole flows: message in by intake, record out of the store.</summary>
public sealed class MessagePipelineTests
{
    private int _sent;

    [Fact]
    public async Task Stages_StandInTheOrderOfTheDesign()
    {
        await using var engine = await TestEngine.StartAsync();

        Assert.Equal(["parse", "map", "identify", "record", "followUp", "deliver"], engine.Pipeline.Stages.Select(s => s.Name));
        Assert.All(engine.Pipeline.Stages, s => Assert.EndsWith(".", s.Description, StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_a_patient_is_admitted_and_discharged_Should_keep_one_encounter_in_two_versions()
    {
        await using var engine = await TestEngine.StartAsync();

        var admitted = await engine.SendAsync(Adt("A01", "20260316080000", "1001", "王芳"));
        var discharged = await engine.SendAsync(Adt("A03", "20260318100000", "1001", "王芳", discharge: "20260318100000"));

        Assert.Equal((MessageState.Done, MessageState.Done), (admitted.State, discharged.State));
        Assert.Equal(admitted.PatientId, discharged.PatientId);
        var encounter = await OneAsync(engine, admitted.PatientId!, "Encounter");
        Assert.Equal(("finished", 2), ((string)encounter.Resource["status"]!, encounter.Version));
        Assert.Equal("2026-03-16T08:00:00+08:00", (string)encounter.Resource["period"]!["start"]!);
        var earlier = Assert.Single(await engine.Records.HistoryAsync(encounter.Id, CancellationToken.None));
        Assert.Equal("in-progress", (string)earlier.Resource["status"]!);
        Assert.Equal(discharged.Id, encounter.Provenance.MessageId);
        Assert.Equal(["parse", "map", "identify", "record", "followUp", "deliver"], discharged.Stages.Select(s => s.Name));
    }

    [Fact]
    public async Task When_the_admission_arrives_after_the_discharge_Should_not_reopen_the_encounter()
    {
        await using var engine = await TestEngine.StartAsync();

        await engine.SendAsync(Adt("A03", "20260318100000", "1001", "王芳", discharge: "20260318100000"));
        var late = await engine.SendAsync(Adt("A01", "20260316080000", "1001", "王芳"));

        var encounter = await OneAsync(engine, late.PatientId!, "Encounter");
        Assert.Equal("finished", (string)encounter.Resource["status"]!);
        Assert.Contains(late.Issues, i => i.Code == IntegrationErrorCode.OlderThanRecord);
    }

    [Fact]
    public async Task When_two_numbers_are_merged_Should_move_everything_and_send_later_messages_to_the_survivor()
    {
        await using var engine = await TestEngine.StartAsync();
        var kept = await engine.SendAsync(Adt("A01", "20260316080000", "1001", "王芳"));
        var gone = await engine.SendAsync(Adt("A01", "20260316083000", "2002", "王芳", visit: "V9"));

        var merge = await engine.SendAsync(Merge("20260316090000", "1001", "2002"));
        var later = await engine.SendAsync(Adt("A08", "20260316100000", "2002", "王芳", visit: "V9"));

        Assert.Equal(MessageState.Done, merge.State);
        Assert.Equal(kept.PatientId, merge.PatientId);
        Assert.Equal(kept.PatientId, later.PatientId);
        Assert.Equal(kept.PatientId, (await engine.Records.GetAsync(gone.PatientId!, CancellationToken.None))!.MergedInto);
        var encounters = (await engine.Records.ResourcesAsync(kept.PatientId!, "Encounter", 10, null, CancellationToken.None)).Resources;
        Assert.Equal(2, encounters.Count);
        Assert.Equal(["urn:authority:HIS|1001", "urn:authority:HIS|2002"], encounters.Select(e => e.SourceIdentity).Order());
        Assert.Equal(2, (await engine.PatientAsync("2002")).Sections.Single(s => s.Name == "encounters").Count);
        Assert.Empty((await engine.Records.ResourcesAsync(gone.PatientId!, null, 10, null, CancellationToken.None)).Resources);
    }

    [Fact]
    public async Task When_a_number_is_merged_before_it_was_seen_Should_file_its_messages_under_the_survivor()
    {
        await using var engine = await TestEngine.StartAsync();

        var merge = await engine.SendAsync(Merge("20260316090000", "1001", "2002"));
        var later = await engine.SendAsync(Adt("A01", "20260316100000", "2002", "王芳"));

        Assert.Equal(merge.PatientId, later.PatientId);
        Assert.Contains(merge.Issues, i => i.Code == IntegrationErrorCode.MergeSourceUnknown);
    }

    [Fact]
    public async Task When_a_merge_is_repeated_or_inverted_Should_leave_one_record()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Adt("A01", "20260316080000", "1001", "王芳"));
        await engine.SendAsync(Adt("A01", "20260316083000", "2002", "王芳", visit: "V9"));

        var first = await engine.SendAsync(Merge("20260316090000", "1001", "2002"));
        var again = await engine.SendAsync(Merge("20260316090100", "1001", "2002"));
        var inverse = await engine.SendAsync(Merge("20260316090200", "2002", "1001"));
        var self = await engine.SendAsync(Merge("20260316090300", "1001", "1001"));

        Assert.Equal(first.PatientId, again.PatientId);
        Assert.Equal(first.PatientId, inverse.PatientId);
        Assert.Equal(MessageState.Failed, self.State);
        Assert.Contains(self.Issues, i => i.Code == IntegrationErrorCode.MergeIntoItself);
    }

    [Fact]
    public async Task When_two_hospitals_know_one_resident_id_Should_link_them_but_not_a_parents_number_on_a_child()
    {
        const string Resident = "~11010519491231002X^^^&2.16.156.10011.1.3&ISO^NI";
        await using var engine = await TestEngine.StartAsync();

        var east = await engine.SendAsync(Adt("A04", "20260316080000", "1001^^^EAST^MR" + Resident, "王芳", birth: "19491231", sex: "F"));
        var west = await engine.SendAsync(Adt("A04", "20260316090000", "77^^^WEST^MR" + Resident, "王芳", birth: "19491231", sex: "F", visit: "V2"));
        var child = await engine.SendAsync(Adt("A04", "20260316100000", "78^^^WEST^MR" + Resident, "李小明", birth: "20240501", sex: "M", visit: "V3"));

        Assert.Equal(east.PatientId, west.PatientId);
        Assert.NotEqual(east.PatientId, child.PatientId);
        Assert.Contains(child.Issues, i => i.Code == IntegrationErrorCode.ResidentIdContradicts);
        var reviews = await engine.Store.QueryAsync(new DocumentQuery(Collections.LinkReviews), CancellationToken.None);
        Assert.Equal("open", Collections.LinkReviews.Read(Assert.Single(reviews.Documents)).State);
    }

    /// <summary>Whichever number was known first, and in whatever order the messages came.</summary>
    [Fact]
    public async Task When_numbers_are_merged_Should_know_the_patient_as_the_number_that_stays()
    {
        await using var engine = await TestEngine.StartAsync();
        var names = new List<string?>();
        for (var i = 0; i < 8; i++)
        {
            var (stays, goes) = ($"A{i}", $"B{i}");
            string[][] messages = [Adt("A04", "20260316080000", stays, "王芳", $"V{stays}"), Adt("A04", "20260316090000", goes, "李静", $"V{goes}"), Merge("20260316100000", stays, goes)];
            foreach (var number in i % 2 == 0 ? new[] { 0, 1, 2 } : [0, 2, 1])
            {
                await engine.SendAsync(messages[number]);
            }

            names.Add((await engine.PatientAsync(stays)).Demographics.Name);
        }

        Assert.All(names, name => Assert.Equal("王芳", name));
    }

    [Fact]
    public async Task When_a_message_is_sent_twice_Should_count_it_as_duplicate_and_flag_a_reused_control_id()
    {
        await using var engine = await TestEngine.StartAsync();
        var message = Adt("A01", "20260316080000", "1001", "王芳");
        var altered = message.ToArray();
        altered[2] = altered[2].Replace("王芳", "王芬", StringComparison.Ordinal);

        var first = Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(message));
        var second = Assert.IsType<IntakeResult.Duplicate>(await engine.AcceptAsync(message));
        var third = await engine.SendAsync(altered);

        Assert.Equal(first.MessageId, second.FirstMessageId);
        Assert.Equal((MessageState.Done, first.MessageId), (third.State, third.RelatesTo));
        Assert.Contains(third.Issues, i => i.Code == IntegrationErrorCode.ControlIdReused);
        Assert.Equal(1, engine.Tally.Of("his")[MessageState.Duplicate]);
    }

    [Fact]
    public async Task When_many_copies_arrive_at_once_Should_accept_one()
    {
        await using var engine = await TestEngine.StartAsync();
        var message = Adt("A01", "20260316080000", "1001", "王芳");

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => engine.AcceptAsync(message))));

        Assert.Single(results.OfType<IntakeResult.Accepted>());
        Assert.Equal(19, results.OfType<IntakeResult.Duplicate>().Count());
    }

    [Fact]
    public async Task When_no_mapping_serves_the_message_Should_quarantine_it_with_its_bytes_and_let_it_be_replayed()
    {
        await using var engine = await TestEngine.StartAsync();

        var failed = await engine.SendAsync("MSH|^~\\&|HIS|EAST|||20260316080000||ZZZ^Z99|X1|P|2.5.1", "PID|1||1001^^^HIS^MR||王芳");

        Assert.Equal(MessageState.Failed, failed.State);
        Assert.Equal(IntegrationErrorCode.NoMappingForMessage, Assert.Single(failed.Issues).Code);
        Assert.False((await engine.Journal.GetAsync(failed.Id, withRaw: true, CancellationToken.None))!.Value.Message.Raw.IsEmpty);
        Assert.True(await engine.Journal.RequestReplayAsync(failed.Id, CancellationToken.None));
        Assert.False(await engine.Journal.RequestReplayAsync(failed.Id, CancellationToken.None));
        await engine.RunAsync();
        var again = (await engine.Journal.GetAsync(failed.Id, withRaw: false, CancellationToken.None))!.Value.Message;
        Assert.Equal((MessageState.Failed, 2), (again.State, again.Attempts));
    }

    private string[] Adt(
        string trigger, string time, string identifiers, string name, string visit = "V1", string birth = "19800203", string sex = "F", string discharge = "") =>
    [
        $"MSH|^~\\&|HIS|EAST|HUB|EAST|{time}||ADT^{trigger}|C{++_sent}|P|2.5.1||||||UNICODE UTF-8",
        $"EVN|{trigger}|{time}",
        $"PID|1||{(identifiers.Contains('^', StringComparison.Ordinal) ? identifiers : identifiers + "^^^HIS^MR")}||{name}||{birth}|{sex}",
        $"PV1|1|I|W1^101^1||||||||||||||||{visit}^^^HIS^VN|||||||||||||||||||||||||20260316080000|{discharge}",
    ];

    private string[] Merge(string time, string survivor, string gone) =>
    [
        $"MSH|^~\\&|HIS|EAST|HUB|EAST|{time}||ADT^A40|C{++_sent}|P|2.5.1||||||UNICODE UTF-8",
        $"EVN|A40|{time}",
        $"PID|1||{survivor}^^^HIS^MR||王芳||19800203|F",
        $"MRG|{gone}^^^HIS^MR",
    ];

    private static async Task<ResourceDocument> OneAsync(TestEngine engine, string patientId, string type) =>
        Assert.Single((await engine.Records.ResourcesAsync(patientId, type, 10, null, CancellationToken.None)).Resources);
}
