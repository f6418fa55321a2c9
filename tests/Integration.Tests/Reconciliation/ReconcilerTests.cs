using System.Text;
using Integration.Core.Reconciliation;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Reconciliation;

/// <summary>What a source counts at the end of a day against what the record holds.</summary>
public sealed class ReconcilerTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 16, 0, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public async Task When_the_record_lacks_2_of_1203_visits_Should_name_the_2()
    {
        await using var engine = await TestEngine.StartAsync();
        await Task.WhenAll(Enumerable.Range(1, 1203).Where(visit => visit is not (17 or 1100))
            .Select(visit => engine.AcceptAsync(Visit($"V{visit:D4}", $"{1000 + (visit % 40)}", "20260316090000"))));
        await engine.RunAsync();

        var outcome = await RunAsync(engine, "encounters", string.Join('\n', Enumerable.Range(1, 1203).Select(visit => $"V{visit:D4}")));

        Assert.Equal((1203, 1201), (outcome.Source.Count, outcome.Record.Count));
        Assert.Equal(["V0017", "V1100"], outcome.Missing.Keys);
        Assert.Equal((2, 0, 0, 0), (outcome.Missing.Count, outcome.Extra.Count, outcome.Cancelled.Count, outcome.OtherDay.Count));
        Assert.False(outcome.Agrees);
        Assert.Equal(outcome.Id, (await engine.Services.GetRequiredService<Reconciler>().ListAsync(10, null, CancellationToken.None)).Outcomes[0].Id);
    }

    [Fact]
    public async Task When_visits_differ_in_other_ways_Should_say_in_which()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Visit("V1", "1001", "20260316090000"));
        await engine.SendAsync(Visit("V2", "1002", "20260316090000"));
        await engine.SendAsync(Visit("V3", "1003", "20260316090000"));
        await engine.SendAsync(Visit("V3", "1003", "20260316090000", trigger: "A11"));
        await engine.SendAsync(Visit("V4", "1004", "20260317000500"));
        await engine.SendAsync(Visit("V5", "1005", "20260320000500"));

        var outcome = await RunAsync(engine, "encounters", "key\nV1\nV3\nV4\n");

        Assert.Equal(["V2"], outcome.Extra.Keys);
        Assert.Equal(["V3"], outcome.Cancelled.Keys);
        Assert.Equal(["V4"], outcome.OtherDay.Keys);
        Assert.Equal(0, outcome.Missing.Count);
        Assert.Equal(2, outcome.Record.Count);
    }

    [Fact]
    public async Task When_bills_are_compared_Should_net_refunds_and_name_the_amounts_that_differ()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Charge("C1", "CG", "100.10"));
        await engine.SendAsync(Charge("C2", "CG", "30.20"));
        await engine.SendAsync(Charge("C2", "CR", "30.20"));
        await engine.SendAsync(Charge("C3", "CG", "7.00"));

        var outcome = await RunAsync(engine, "charges", "C1,100.10\r\nC2,0\r\n\"C3\";7.50\r\n");

        Assert.Equal(new DifferingAmount("C3", 7.50m, 7.00m), Assert.Single(outcome.Amounts.Items));
        Assert.Equal((107.60m, 107.10m), (outcome.Source.Sum, outcome.Record.Sum));
        Assert.Equal((3, 3), (outcome.Source.Count, outcome.Record.Count));
        Assert.Equal((0, 0, 0, 0), (outcome.Missing.Count, outcome.Extra.Count, outcome.Cancelled.Count, outcome.OtherDay.Count));
    }

    [Theory]
    [InlineData("V1\nV2,abc\n", "line 2: The amount")]
    [InlineData("V1\n,5\n", "line 2: The number")]
    public void When_a_line_cannot_be_read_Should_say_which_without_its_text(string list, string expected)
    {
        Assert.Null(SourceList.Read(Encoding.UTF8.GetBytes(list), out var problem));
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void When_a_list_is_in_GB18030_Should_read_its_numbers()
    {
        var list = SourceList.Read(CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes("门诊-0001,12.5\n"), out _);

        Assert.Equal("门诊-0001", Assert.Single(list!.Amounts).Key);
    }

    private static async Task<ReconciliationDocument> RunAsync(TestEngine engine, string section, string list) =>
        await engine.Services.GetRequiredService<Reconciler>().RunAsync(
            new ReconciliationRequest(section, Day, Day.AddDays(1), null, SourceList.Read(Encoding.UTF8.GetBytes(list), out _)!), "tests", CancellationToken.None);

    private static string[] Visit(string visit, string patient, string admitted, string trigger = "A01") =>
    [
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316100000+0800||ADT^{trigger}|{trigger}{visit}|P|2.5.1",
        $"EVN|{trigger}|20260316100000+0800",
        $"PID|1||{patient}^^^HIS^MR||王^芳",
        $"PV1|1|O|||||||||||||||||{visit}|||||||||||||||||||||||||{admitted}+0800",
    ];

    private static string[] Charge(string number, string kind, string amount) =>
    [
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316100000+0800||DFT^P03|{kind}{number}|P|2.5.1",
        "EVN|P03|20260316100000+0800",
        "PID|1||1001^^^HIS^MR||王^芳",
        $"FT1|1|{number}||20260316093000+0800||{kind}|XY01^阿莫西林||||{amount}",
    ];
}
