using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Intake;

namespace Integration.Tests.Intake;

/// <summary>Who asks for it hears how a message ended, whichever comes first.</summary>
public sealed class MessageCompletionTests
{
    private const string Header = @"MSH|^~\&|HIS|EAST|HUB|H|20240501101500||ADT^A01^ADT_A01|C1|P|2.5.1||||||UNICODE UTF-8";

    [Fact]
    public async Task Finished_AcceptedMessage_ComesWhenItsRunIsCommitted()
    {
        await using var engine = await TestEngine.StartAsync();
        var accepted = Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(engine, "PID|1||P1^^^EAST||欧阳^娜娜"));
        using var watch = accepted.Completion!;
        Assert.False(watch.Finished.IsCompleted);

        await engine.RunAsync();

        Assert.Equal((accepted.MessageId, MessageState.Done), ((await watch.Finished).Id, (await watch.Finished).State));
    }

    [Fact]
    public async Task Finished_MessageThatFails_TellsItsIssues()
    {
        await using var engine = await TestEngine.StartAsync();
        var accepted = Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(engine, "PID|1||"));

        await engine.RunAsync();

        var message = await accepted.Completion!.Finished;
        Assert.Equal(MessageState.Failed, message.State);
        Assert.NotEmpty(message.Issues);
    }

    [Fact]
    public async Task Finished_DuplicateOfAFinishedMessage_IsThereAtOnce()
    {
        await using var engine = await TestEngine.StartAsync();
        var first = Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(engine, "PID|1||P1^^^EAST||欧阳^娜娜"));
        await engine.RunAsync();

        var duplicate = Assert.IsType<IntakeResult.Duplicate>(await AcceptAsync(engine, "PID|1||P1^^^EAST||欧阳^娜娜"));

        Assert.True(duplicate.Completion!.Finished.IsCompletedSuccessfully);
        Assert.Equal((first.MessageId, MessageState.Done), ((await duplicate.Completion.Finished).Id, (await duplicate.Completion.Finished).State));
    }

    [Fact]
    public async Task Completion_NotAskedFor_IsNull()
    {
        await using var engine = await TestEngine.StartAsync();

        Assert.Null(Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(Header, "PID|1||P1^^^EAST||欧阳^娜娜")).Completion);
    }

    private static Task<IntakeResult> AcceptAsync(TestEngine engine, string patient)
    {
        var raw = Encoding.UTF8.GetBytes($"{Header}\r{patient}\r");
        return engine.AcceptAsync(new InboundMessage("his", Hl7Parser.FormatName, raw) { ControlId = "C1", Sender = "HIS|EAST", PatientKey = "EAST|P1", WatchCompletion = true });
    }
}
