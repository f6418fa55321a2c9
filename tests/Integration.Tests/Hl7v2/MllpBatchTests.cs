using System.Text;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Intake;
using Integration.Tests.Hl7v2.Batches;

namespace Integration.Tests.Hl7v2;

/// <summary>A batch that comes as one frame: each message has its own outcome, the answer is one batch of acknowledgements.</summary>
public sealed class MllpBatchTests
{
    [Fact]
    public async Task Send_TwoMessagesInOneFrame_AnswersABatchOfTwo()
    {
        await using var host = await AdapterHost.StartAsync();

        var lines = await SendAsync(host, BatchFiles.Message(1) + BatchFiles.Message(2));

        Assert.Equal(2, host.Intake.Messages.Count);
        Assert.Equal("BHS MSH MSA MSH MSA BTS", string.Join(' ', lines.Select(l => l[..3])));
        Assert.Equal("MSA|AA|C1 MSA|AA|C2 BTS|2", $"{lines[2]} {lines[4]} {lines[5]}");
    }

    [Fact]
    public async Task Send_BatchWithOneBadMessage_RefusesThatOneAlone()
    {
        await using var host = await AdapterHost.StartAsync();

        var lines = await SendAsync(host, $"BHS|^~\\&|HIS|EAST|HUB|H||||b|B7\r{BatchFiles.Message(1)}MSH|^~\\&|HIS\rPID|1\r{BatchFiles.Message(3)}BTS|3\r");

        var answers = lines.Where(l => l.StartsWith("MSA", StringComparison.Ordinal)).Select(l => l.Split('|')).Select(f => $"{f[1]} {f[2]}");
        Assert.Equal(["AA C1", "AR ", "AA C3"], answers);
        Assert.Equal(3, host.Intake.Messages.Count);
        Assert.Contains(lines, l => l == "BTS|3");
    }

    [Fact]
    public async Task Send_StoreAwayInTheMiddle_RefusesTheRestAndKeepsTheAnswersOfTheOthers()
    {
        await using var host = await AdapterHost.StartAsync();
        host.Intake.Answer = message => message.ControlId is "C1" or "C2"
            ? new IntakeResult.Accepted(Guid.NewGuid().ToString("N"))
            : new IntakeResult.Refused("The disk is full.");

        var lines = await SendAsync(host, string.Concat(Enumerable.Range(1, 80).Select(i => BatchFiles.Message(i % 2, $"C{i}"))));

        var answers = lines.Where(l => l.StartsWith("MSA", StringComparison.Ordinal)).Select(l => l.Split('|')).ToList();
        Assert.Equal(80, answers.Count);
        Assert.Equal(["C1", "C2"], answers.Where(a => a[1] == "AA").Select(a => a[2]));
        Assert.True(host.Intake.Messages.Count < 80);
    }

    [Fact]
    public async Task Send_FrameThatIsNoBatch_IsAnsweredPlainly()
    {
        await using var host = await AdapterHost.StartAsync();

        var lines = await SendAsync(host, BatchFiles.Message(1));

        Assert.StartsWith("MSH", lines[0], StringComparison.Ordinal);
        Assert.Empty(Assert.Single(host.Intake.Messages).HeaderIssues);
    }

    private static async Task<string[]> SendAsync(AdapterHost host, string text)
    {
        await using var client = await host.ConnectRawAsync();
        await client.WriteAsync(MllpFraming.Wrap(Encoding.UTF8.GetBytes(text)));
        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        using var all = new MemoryStream();
        using var patience = new CancellationTokenSource(AdapterHost.Patience);
        await client.CopyToAsync(all, patience.Token);
        return Encoding.UTF8.GetString(all.ToArray()).Trim('\x0b', '\x1c', '\r').Split('\r', StringSplitOptions.RemoveEmptyEntries);
    }
}
