using System.Net;
using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Hl7v2;

public sealed class Hl7v2MllpAdapterTests
{
    [Fact]
    public async Task When_a_message_is_accepted_Should_answer_AA_with_its_control_id()
    {
        await using var host = await AdapterHost.StartAsync();
        await using var sender = await host.ConnectAsync();

        var ack = await sender.SendAsync(AdapterHost.Message("C1"), TestContext.Current.CancellationToken);

        Assert.Equal(new Hl7Ack(AcknowledgmentCode.AA, "C1", ""), ack);
        var message = Assert.Single(host.Intake.Messages);
        Assert.Equal(("his", "hl7v2", "ADT^A01", "C1", "HIS|EAST", "EAST|P1"), (message.Feed, message.Format, message.MessageType, message.ControlId, message.Sender, message.PatientKey));
        Assert.Equal(AdapterHost.Message("C1"), message.Raw.ToArray());
    }

    [Fact]
    public async Task When_fifty_senders_send_twenty_messages_each_Should_answer_each_its_own()
    {
        await using var host = await AdapterHost.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
        {
            await using var sender = await host.ConnectAsync();
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
            {
                var id = $"S{number}-{i}";
                var ack = await sender.SendAsync(AdapterHost.Message(id), CancellationToken.None);
                Assert.Equal(new Hl7Ack(AcknowledgmentCode.AA, id, ""), ack);
            }));
        }));

        Assert.Equal(1000, host.Intake.Messages.Select(m => m.ControlId).Distinct().Count());
    }

    [Fact]
    public async Task When_a_message_comes_byte_by_byte_Should_answer_it()
    {
        await using var host = await AdapterHost.StartAsync();
        using var client = await host.ConnectRawAsync();
        client.Socket.NoDelay = true;

        foreach (var value in MllpFraming.Wrap(AdapterHost.Message("B1")))
        {
            await client.WriteAsync(new[] { value }, TestContext.Current.CancellationToken);
        }

        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("B1", Assert.Single(await AdapterHost.ReadAnswersAsync(client))["MSA-2"]);
    }

    [Fact]
    public async Task When_a_sender_pipelines_Should_journal_together_up_to_the_limit_and_answer_in_order()
    {
        const int Count = 200;
        await using var host = await AdapterHost.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Intake.Gate = gate.Task;
        using var client = await host.ConnectRawAsync();

        byte[] burst = [.. Enumerable.Range(0, Count).SelectMany(i => MllpFraming.Wrap(AdapterHost.Message($"N{i}")))];
        await client.WriteAsync(burst, TestContext.Current.CancellationToken);
        client.Socket.Shutdown(SocketShutdown.Send);
        await Until(() => host.Intake.Messages.Count >= MllpLimits.MaxInFlight);
        gate.SetResult();
        var answers = await AdapterHost.ReadAnswersAsync(client);

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"N{i}"), answers.Select(a => a["MSA-2"]));
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"N{i}"), host.Intake.Messages.Select(m => m.ControlId));
        Assert.InRange(host.Intake.MostAtOnce, MllpLimits.MaxInFlight, MllpLimits.MaxInFlight + 1);
    }

    [Fact]
    public async Task When_the_header_is_unreadable_Should_keep_the_bytes_and_answer_AR_with_ERR_and_go_on()
    {
        await using var host = await AdapterHost.StartAsync();
        using var client = await host.ConnectRawAsync();

        byte[] stream = [.. MllpFraming.Wrap("no HL7 at all"u8), .. MllpFraming.Wrap(AdapterHost.Message("C2"))];
        await client.WriteAsync(stream, TestContext.Current.CancellationToken);
        client.Socket.Shutdown(SocketShutdown.Send);
        var answers = await AdapterHost.ReadAnswersAsync(client);

        Assert.Equal<IEnumerable<string?>>(["AR", "AA"], answers.Select(a => a["MSA-1"]));
        Assert.Equal("100", answers[0]["ERR-3.1"]);
        Assert.Equal("no HL7 at all", Encoding.UTF8.GetString(host.Intake.Messages.First().Raw.Span));
        Assert.Equal(IntegrationErrorCode.NotHl7, Assert.Single(host.Intake.Messages.First().HeaderIssues).Code);
    }

    [Fact]
    public async Task When_the_store_refuses_Should_answer_AR_and_keep_the_connection()
    {
        await using var host = await AdapterHost.StartAsync();
        await using var sender = await host.ConnectAsync();

        host.Intake.Answer = _ => new IntakeResult.Refused("The disk is full.");
        var refused = await sender.SendAsync(AdapterHost.Message("C1"), TestContext.Current.CancellationToken);
        host.Intake.Answer = _ => new IntakeResult.Duplicate("m2", "m1");
        var resent = await sender.SendAsync(AdapterHost.Message("C1"), TestContext.Current.CancellationToken);

        Assert.Equal((AcknowledgmentCode.AR, "C1"), (refused.Code, refused.ControlId));
        Assert.StartsWith("The disk is full.", refused.Text);
        Assert.Equal(new Hl7Ack(AcknowledgmentCode.AA, "C1", ""), resent);
    }

    [Fact]
    public async Task When_a_message_is_too_long_Should_answer_AR_naming_it_and_close()
    {
        await using var host = await AdapterHost.StartAsync(new() { MaxMessageBytes = 2000 });
        using var client = await host.ConnectRawAsync();

        byte[] message = [.. AdapterHost.Message("BIG"), .. new byte[200_000]];
        byte[] stream = [.. MllpFraming.Wrap(AdapterHost.Message("C1")), .. MllpFraming.Wrap(message)];
        await client.WriteAsync(stream, TestContext.Current.CancellationToken);
        var answers = await AdapterHost.ReadAnswersAsync(client);

        Assert.Equal(["AA C1", "AR BIG"], answers.Select(a => $"{a["MSA-1"]} {a["MSA-2"]}"));
        Assert.Equal(("207", "1101"), (answers[1]["ERR-3.1"], answers[1]["ERR-5.1"]));
        Assert.Single(host.Intake.Messages);
    }

    [Fact]
    public async Task When_many_long_messages_come_at_once_Should_make_senders_wait_and_lose_none()
    {
        const int Bound = 512 * 1024;
        const int Length = 400_000;
        await using var host = await AdapterHost.StartAsync(new(), new IntakeBudget(Bound));
        byte[] long400K = [.. Encoding.ASCII.GetBytes("NTE|1||"), .. Enumerable.Repeat((byte)'x', Length), (byte)'\r'];
        var mostHeld = 0L;
        host.Intake.Answer = message =>
        {
            lock (host.Intake)
            {
                mostHeld = Math.Max(mostHeld, host.Budget.Held);
            }

            return new IntakeResult.Accepted(message.ControlId);
        };

        var acks = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            await using var sender = await host.ConnectAsync();
            return await sender.SendAsync((byte[])[.. AdapterHost.Message($"L{i}"), .. long400K], CancellationToken.None);
        }));

        Assert.All(acks, ack => Assert.True(ack.IsAccepted));
        Assert.Equal(30, host.Intake.Messages.Select(m => m.ControlId).Distinct().Count());
        Assert.InRange(mostHeld, 1, Bound + (2 * Length));
        Assert.Equal((0, 0), (host.Budget.Held, host.Budget.Waiting));
    }

    [Fact]
    public async Task When_a_connection_is_idle_Should_close_it_and_only_it()
    {
        await using var host = await AdapterHost.StartAsync(new() { IdleTimeout = TimeSpan.FromMilliseconds(500) });
        using var idle = await host.ConnectRawAsync();

        Assert.Empty(await AdapterHost.ReadAnswersAsync(idle));

        await using var sender = await host.ConnectAsync();
        Assert.True((await sender.SendAsync(AdapterHost.Message("C1"), TestContext.Current.CancellationToken)).IsAccepted);
    }

    [Fact]
    public async Task When_an_answer_takes_longer_than_the_idle_timeout_Should_still_send_it()
    {
        await using var host = await AdapterHost.StartAsync(new() { IdleTimeout = TimeSpan.FromMilliseconds(500) });
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Intake.Gate = gate.Task;
        await using var sender = await host.ConnectAsync();

        var sending = sender.SendAsync(AdapterHost.Message("C1"), TestContext.Current.CancellationToken);
        await Until(() => host.Intake.Messages.Count == 1);
        await Task.Delay(700, TestContext.Current.CancellationToken);
        gate.SetResult();

        Assert.True((await sending).IsAccepted);
    }

    [Fact]
    public async Task When_too_many_connect_Should_close_the_surplus_only()
    {
        await using var host = await AdapterHost.StartAsync(new() { MaxConnections = 1 });
        await using var first = await host.ConnectAsync();
        Assert.True((await first.SendAsync(AdapterHost.Message("C1"), TestContext.Current.CancellationToken)).IsAccepted);

        using var second = await host.ConnectRawAsync();
        Assert.Empty(await AdapterHost.ReadAnswersAsync(second));

        Assert.True((await first.SendAsync(AdapterHost.Message("C2"), TestContext.Current.CancellationToken)).IsAccepted);
        Assert.Equal(1, host.Adapter.Connections);
    }

    [Fact]
    public async Task When_a_sender_vanishes_or_sends_rubbish_Should_go_on_serving_others()
    {
        await using var host = await AdapterHost.StartAsync();
        await using var good = await host.ConnectAsync();
        for (var i = 0; i < 10; i++)
        {
            using var bad = await host.ConnectRawAsync();
            bad.Socket.LingerState = new(enable: i % 2 == 0, seconds: 0);
            await bad.WriteAsync(i % 3 == 0 ? "\vhalf a message"u8.ToArray() : new byte[5000], TestContext.Current.CancellationToken);
        }

        Assert.True((await good.SendAsync(AdapterHost.Message("C1"), TestContext.Current.CancellationToken)).IsAccepted);
        await Until(() => host.Adapter.Connections == 1);
        Assert.Equal("C1", Assert.Single(host.Intake.Messages).ControlId);
    }

    [Fact]
    public async Task When_intake_faults_Should_close_that_connection_without_an_answer()
    {
        await using var host = await AdapterHost.StartAsync();
        host.Intake.Answer = m => m.ControlId == "BAD" ? throw new InvalidOperationException("fault") : new IntakeResult.Accepted("m");
        await using var bad = await host.ConnectAsync();
        await using var good = await host.ConnectAsync();

        await Assert.ThrowsAsync<IOException>(() => bad.SendAsync(AdapterHost.Message("BAD"), TestContext.Current.CancellationToken));

        Assert.True((await good.SendAsync(AdapterHost.Message("C1"), TestContext.Current.CancellationToken)).IsAccepted);
    }

    [Fact]
    public async Task When_stopped_Should_answer_what_was_taken_and_take_no_more()
    {
        await using var host = await AdapterHost.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Intake.Gate = gate.Task;
        await using var sender = await host.ConnectAsync();
        var sending = Enumerable.Range(0, 5).Select(i => sender.SendAsync(AdapterHost.Message($"C{i}"), CancellationToken.None)).ToArray();
        await Until(() => host.Intake.Messages.Count == 5);

        var stopping = host.Adapter.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping.WaitAsync(AdapterHost.Patience, TestContext.Current.CancellationToken);

        Assert.All(await Task.WhenAll(sending), ack => Assert.True(ack.IsAccepted));
        await Assert.ThrowsAnyAsync<IOException>(() => sender.SendAsync(AdapterHost.Message("LATE"), CancellationToken.None));
        await Assert.ThrowsAnyAsync<SocketException>(host.ConnectAsync);
    }

    [Fact]
    public async Task When_stopping_takes_too_long_Should_cut_off_without_an_answer()
    {
        await using var host = await AdapterHost.StartAsync();
        host.Intake.Gate = new TaskCompletionSource().Task;
        await using var sender = await host.ConnectAsync();
        var sending = sender.SendAsync(AdapterHost.Message("C1"), CancellationToken.None);
        await Until(() => host.Intake.Messages.Count == 1);

        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await host.Adapter.StopAsync(limit.Token).WaitAsync(AdapterHost.Patience, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<IOException>(() => sending);
    }

    [Fact]
    public async Task When_the_port_is_in_use_Should_say_so_in_one_line_with_a_remedy()
    {
        await using var host = await AdapterHost.StartAsync();
        await using var second = new Hl7v2MllpAdapter(
            "lis", new() { Listen = new(IPAddress.Loopback, host.Port) }, host.Intake, host.Budget, TimeProvider.System, NullLogger.Instance);

        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => second.StartAsync(TestContext.Current.CancellationToken));

        var problem = Assert.Single(exception.Problems);
        Assert.Equal(("Feeds:lis:Listen", $"Port {host.Port} on 127.0.0.1 is already in use."), (problem.Place, problem.Text));
        Assert.Contains($"--Feeds:lis:Listen=127.0.0.1:{host.Port + 1}", problem.Remedy);
    }

    [Fact]
    public async Task When_no_acknowledgement_comes_Should_time_out_and_take_later_ones()
    {
        await using var host = await AdapterHost.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Intake.Gate = gate.Task;
        await using var sender = await MllpSender.ConnectAsync(
            "127.0.0.1", host.Port, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        var exception = await Assert.ThrowsAsync<TimeoutException>(() => sender.SendAsync(AdapterHost.Message("C1"), CancellationToken.None));
        gate.SetResult();
        var ack = await sender.SendAsync(AdapterHost.Message("C2"), CancellationToken.None);

        Assert.Equal("No acknowledgement for message 'C1' within 1 s.", exception.Message);
        Assert.Equal("C2", ack.ControlId);
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(AdapterHost.Patience);
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
