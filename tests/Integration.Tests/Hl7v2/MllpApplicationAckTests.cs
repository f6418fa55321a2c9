using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Tests.Hl7v2;

/// <summary>Enhanced mode on a connection: the application answer follows when the pipeline has finished the message.</summary>
public sealed class MllpApplicationAckTests
{
    [Fact]
    public async Task When_messages_finish_out_of_order_Should_send_CA_in_order_and_each_end_as_it_comes()
    {
        await using var host = await AdapterHost.StartAsync();
        using var client = await host.ConnectRawAsync();
        byte[] burst = [.. Enhanced("C1", "AL", "AL"), .. Enhanced("C2", "AL", "AL")];
        await client.WriteAsync(burst, TestContext.Current.CancellationToken);
        var accepts = await ReadAsync(client, 2);

        Finish(host, "C2", MessageState.Failed);
        var second = await ReadAsync(client, 1);
        Finish(host, "C1", MessageState.Done);
        var first = await ReadAsync(client, 1);

        Assert.Equal(["CA C1", "CA C2"], accepts);
        Assert.Equal(["AE C2 PID^1^3^1"], second);
        Assert.Equal(["AA C1"], first);
    }

    [Fact]
    public async Task When_the_pipeline_is_quicker_than_the_answer_Should_still_send_CA_before_AA()
    {
        await using var host = await AdapterHost.StartAsync();
        using var client = await host.ConnectRawAsync();
        host.Intake.FinishAtOnce = Message("C1", MessageState.Done);

        await client.WriteAsync(Enhanced("C1", "AL", "AL"), TestContext.Current.CancellationToken);

        Assert.Equal(["CA C1", "AA C1"], await ReadAsync(client, 2));
    }

    [Fact]
    public async Task When_the_end_takes_too_long_Should_send_nothing_and_go_on()
    {
        await using var host = await AdapterHost.StartAsync(new() { ApplicationAckTimeout = TimeSpan.FromMilliseconds(100) });
        using var client = await host.ConnectRawAsync();

        await client.WriteAsync(Enhanced("C1", "NE", "AL"), TestContext.Current.CancellationToken);
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.Empty(await AdapterHost.ReadAnswersAsync(client));
    }

    [Fact]
    public async Task When_stopped_Should_not_wait_long_for_the_end_of_a_message()
    {
        await using var host = await AdapterHost.StartAsync(new() { ApplicationAckTimeout = TimeSpan.FromMinutes(5) });
        using var client = await host.ConnectRawAsync();
        await client.WriteAsync(Enhanced("C1", "AL", "AL"), TestContext.Current.CancellationToken);
        Assert.Equal(["CA C1"], await ReadAsync(client, 1));

        await host.Adapter.StopAsync(CancellationToken.None).WaitAsync(AdapterHost.Patience, TestContext.Current.CancellationToken);

        Assert.Empty(await AdapterHost.ReadAnswersAsync(client));
    }

    [Fact]
    public async Task When_the_feed_speaks_original_mode_only_Should_answer_AA_whatever_the_header_asks()
    {
        await using var host = await AdapterHost.StartAsync(new() { AckMode = Hl7AckMode.Original });
        using var client = await host.ConnectRawAsync();

        await client.WriteAsync(Enhanced("C1", "AL", "AL"), TestContext.Current.CancellationToken);

        Assert.Equal(["AA C1"], await ReadAsync(client, 1));
        Assert.False(Assert.Single(host.Intake.Messages).WatchCompletion);
    }

    private static byte[] Enhanced(string controlId, string accept, string application) => MllpFraming.Wrap(Encoding.UTF8.GetBytes(
        $"MSH|^~\\&|HIS|EAST|HUB|H|20240501101500||ADT^A01^ADT_A01|{controlId}|P|2.5.1|||{accept}|{application}\rPID|1||P1\r"));

    private static void Finish(AdapterHost host, string id, MessageState state) => host.Intake.Completions.Publish(Message(id, state));

    private static JournaledMessage Message(string id, MessageState state) => new()
    {
        Id = id,
        Feed = "his",
        Received = DateTimeOffset.UnixEpoch,
        Format = "hl7v2",
        ContentHash = "",
        State = state,
        Issues = state == MessageState.Failed ? [MessageIssue.Error(IntegrationErrorCode.PatientIdentifierMissing, "PID-3", "Missing.")] : [],
    };

    /// <summary>So many answers as <c>MSA-1 MSA-2 ERR-2</c>.</summary>
    private static async Task<IReadOnlyList<string>> ReadAsync(NetworkStream client, int count)
    {
        using var patience = new CancellationTokenSource(AdapterHost.Patience);
        var answers = new List<string>();
        var frame = new List<byte>();
        var one = new byte[1];
        while (answers.Count < count)
        {
            await client.ReadExactlyAsync(one, patience.Token);
            frame.Add(one[0]);
            if (frame is [.., MllpFraming.EndBlock, MllpFraming.CarriageReturn])
            {
                var lines = Encoding.UTF8.GetString(frame.ToArray()).Split('\r');
                var (acknowledgment, error) = (lines[1].Split('|'), lines.FirstOrDefault(l => l.StartsWith("ERR", StringComparison.Ordinal))?.Split('|'));
                answers.Add(string.Join(' ', new[] { acknowledgment[1], acknowledgment[2], error?[2] }.Where(t => t is not null)));
                frame.Clear();
            }
        }

        return answers;
    }
}
