using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Pipeline;

namespace Integration.Tests.Pipeline;

public sealed class RecoveryPolicyTests
{
    [Fact]
    public void Decide_Continue_FinishesDone() =>
        Assert.Equal(MessageState.Done, Assert.IsType<RecoveryAction.Finish>(RecoveryPolicy.Decide(StageOutcome.Next, 0)).State);

    [Fact]
    public void Decide_Skip_FinishesFiltered() =>
        Assert.Equal(MessageState.Filtered, Assert.IsType<RecoveryAction.Finish>(RecoveryPolicy.Decide(new StageOutcome.Skip("rule"), 0)).State);

    [Fact]
    public void Decide_Quarantine_FinishesFailedWithItsIssues()
    {
        var issue = MessageIssue.Error(IntegrationErrorCode.NotHl7, "", "Not HL7.");

        var finish = Assert.IsType<RecoveryAction.Finish>(RecoveryPolicy.Decide(new StageOutcome.Quarantine([issue]), 0));

        Assert.Equal((MessageState.Failed, issue), (finish.State, Assert.Single(finish.Issues)));
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 400)]
    [InlineData(5, 6400)]
    [InlineData(8, 30_000)]
    [InlineData(1000, 30_000)]
    public void Decide_Retry_PausesLongerEachTime(int failedRuns, int milliseconds) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(milliseconds),
            Assert.IsType<RecoveryAction.RunAgain>(RecoveryPolicy.Decide(new StageOutcome.Retry("away"), failedRuns)).After);
}
