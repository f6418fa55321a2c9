using Integration.Core.Intake;

namespace Integration.Tests.Intake;

/// <summary>A source that names the id of a message may hand it over again: it is journaled once and answered as before.</summary>
public sealed class GivenMessageIdTests
{
    private const string Id = "019aa4d07c0070008000000000000001";

    [Theory]
    [InlineData("")]
    [InlineData("C1")]
    public async Task Accept_SameIdTwice_JournalsOnceAndAnswersAlike(string controlId)
    {
        await using var engine = await TestEngine.StartAsync();
        var message = new InboundMessage("lab", "hl7v2", "MSH|^~\\&|A"u8.ToArray()) { Id = Id, ControlId = controlId };

        var first = await engine.Intake.AcceptAsync(message, CancellationToken.None);
        var again = await engine.Intake.AcceptAsync(message, CancellationToken.None);

        Assert.Equal((new IntakeResult.Accepted(Id), new IntakeResult.Accepted(Id)), (first, again));
        Assert.Equal(Id, Assert.Single((await engine.Journal.SearchAsync(new MessageSearch(), CancellationToken.None)).Messages).Id);
        Assert.Equal(1, engine.Tally.Of("lab").Values.Sum());
    }

    [Fact]
    public async Task Accept_SameContentAtAnotherPlace_IsADuplicateEachTime()
    {
        await using var engine = await TestEngine.StartAsync();
        var message = new InboundMessage("lab", "hl7v2", "MSH|^~\\&|A"u8.ToArray()) { Id = Id, ControlId = "C1" };
        var copy = message with { Id = Id[..31] + "2" };

        await engine.Intake.AcceptAsync(message, CancellationToken.None);
        var first = await engine.Intake.AcceptAsync(copy, CancellationToken.None);
        var again = await engine.Intake.AcceptAsync(copy, CancellationToken.None);

        Assert.Equal(new IntakeResult.Duplicate(copy.Id!, Id), Assert.IsType<IntakeResult.Duplicate>(first));
        Assert.Equal(first, again);
        Assert.Equal(2, engine.Tally.Of("lab").Values.Sum());
    }
}
