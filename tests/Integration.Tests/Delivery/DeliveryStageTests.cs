
namespace Integration.Tests.Delivery;

/// <summary>Which changes of the record are told, once each, in the commit of the change.</summary>
public sealed class DeliveryStageTests
{
    private static readonly string[] Report =
    [
        "MSH|^~\\&|LIS|EAST|||20260301090000||ORU^R01|L1|P|2.5.1||||||UNICODE UTF-8", "PID|1||P1^^^HIS||张三",
        "OBR|1|O1^HIS|F1^LIS|CBC^血常规^LAB|||20260301083000|||||||||||||||20260301090000||HM|F", "OBX|1|NM|WBC^白细胞^LAB||6.1|10^9/L|3.5-9.5|N|||F",
    ];

    [Fact]
    public async Task Replay_OfWhatWasTold_TellsNothingAgain()
    {
        await using var host = await DeliveryHost.StartAsync();
        var id = await host.ChangeAsync("P1", "张三");
        await host.SendAsync(TimeSpan.FromHours(1));

        await host.Journal.RequestReplayAsync(id, CancellationToken.None);
        await host.RunWaitingAsync();
        await host.SendAsync(TimeSpan.FromHours(1));

        Assert.Single(host.Peer.Sent);
    }

    [Fact]
    public async Task Change_ThatSaysNothingNew_IsNotTold()
    {
        await using var host = await DeliveryHost.StartAsync();
        await host.ChangeAsync("P1", "张三");
        await host.ChangeAsync("P1", "张三");

        Assert.Single(await host.DeliveriesAsync());
    }

    [Theory]
    [InlineData("Destinations:crm:Feed", "his", 0)]
    [InlineData("Destinations:crm:From", "his", 1)]
    [InlineData("Destinations:crm:Messages", "ADT_A31", 1)]
    [InlineData("Destinations:crm:Messages", "SIU_S12", 0)]
    [InlineData("Destinations:crm:Enabled", "true", 1)]
    public async Task Change_GoesOnlyWhereItIsWanted(string key, string value, int expected)
    {
        await using var host = await DeliveryHost.StartAsync((key, value));
        await host.ChangeAsync("P1", "张三");

        Assert.Equal(expected, (await host.DeliveriesAsync()).Count);
    }

    [Fact]
    public async Task Change_OfTheDestinationsOwnFeed_ComesBackOnlyWhenAskedFor()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:Feed", "his"), ("Destinations:crm:Echo", "true"));
        await host.ChangeAsync("P1", "张三");

        Assert.Single(await host.DeliveriesAsync());
    }

    [Fact]
    public async Task Report_Released_IsToldWithTheMessageOfItsPatient()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:Messages", "ORU_R01"));

        var message = await host.RunAsync(Report);
        await host.RunAsync([Report[0].Replace("L1", "L2", StringComparison.Ordinal), Report[1], Report[2].Replace("F1", "F2", StringComparison.Ordinal)[..^1] + "P", Report[3]]);

        var delivery = Assert.Single(await host.DeliveriesAsync());
        Assert.Equal(("ORU_R01", message), (delivery.Trigger, delivery.MessageId));
        Assert.StartsWith("DiagnosticReport/", delivery.Reference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_CorrectedWhileItsReportSaysTheSame_IsToldWithTheReport()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:Messages", "ORU_R01"));
        await host.RunAsync(Report);

        var message = await host.RunAsync(
            [Report[0].Replace("L1", "L2", StringComparison.Ordinal).Replace("090000", "100000", StringComparison.Ordinal), .. Report[1..3], Report[3].Replace("||6.1|", "||7.4|", StringComparison.Ordinal)]);
        await host.RunAsync(
            [Report[0].Replace("L1", "L3", StringComparison.Ordinal).Replace("090000", "110000", StringComparison.Ordinal), .. Report[1..3], Report[3].Replace("||6.1|", "||7.4|", StringComparison.Ordinal)]);

        var deliveries = await host.DeliveriesAsync();
        Assert.Equal(2, deliveries.Count);
        Assert.Equal(("ORU_R01", deliveries[0].Reference), (deliveries[1].Trigger, deliveries[1].Reference));
        Assert.Contains(message, deliveries.Select(delivery => delivery.MessageId));
    }

    [Fact]
    public async Task Appointment_BookedMovedCancelled_IsS12S13S15()
    {
        await using var host = await DeliveryHost.StartAsync();
        await host.RunAsync(Appointment("S12", "A1", "20260305090000"));
        await host.RunAsync(Appointment("S13", "A2", "20260306090000"));
        await host.RunAsync(Appointment("S15", "A3", "20260306090000"));

        Assert.Equal(["SIU_S12", "SIU_S13", "SIU_S15"], (await host.DeliveriesAsync()).Select(d => d.Trigger).Where(t => t != "ADT_A08"));
    }

    private static string[] Appointment(string trigger, string controlId, string start) =>
    [
        $"MSH|^~\\&|YY|EAST|||2026030108000{controlId[1]}||SIU^{trigger}|{controlId}|P|2.5.1||||||UNICODE UTF-8", $"SCH|1^YY|1^YY|||||||15|min|^^15^{start}", "PID|1||P1^^^HIS||张三",
    ];
}
