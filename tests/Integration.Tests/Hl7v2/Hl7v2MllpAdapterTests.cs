using Integration.Adapters.Hl7v2;

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
}
