using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Operations;

/// <summary>Failed messages are found by cause, and retried, corrected or discarded until none is left.</summary>
public sealed class DeadLetterTests
{
    [Fact]
    public async Task When_500_messages_fail_by_one_code_table_and_it_is_mended_Should_retry_all_and_leave_none()
    {
        await using var engine = await TestEngine.StartAsync();
        var good = engine.SwapMapping("AdministrativeSex.yaml", RefuseFemale);
        for (var i = 0; i < 500; i++)
        {
            await engine.AcceptAsync(OperationsEngine.Adt(i, $"{1000 + (i % 50)}"));
        }

        await engine.AcceptAsync("MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000||ZZZ^Z01|Z1|P|2.5.1");
        await engine.RunAsync();
        var groups = await engine.Services.GetRequiredService<DeadLetters>().GroupAsync(null, 10, CancellationToken.None);
        Assert.Equal([500L, 1L], groups.Select(g => g.Count));
        Assert.Equal(("map", IntegrationErrorCode.CodeNotMapped, "PID-8"), (groups[0].Cause.Stage, groups[0].Cause.Code, groups[0].Cause.Place));
        Assert.Equal(3, groups[0].Samples.Count);
        Assert.NotEqual(good.Version, groups[0].Cause.MappingVersion);

        engine.Services.GetRequiredService<MappingCatalog>().Swap(good);
        var retry = await engine.CarryOutAsync(OperationKind.Retry, new MessageSelection(Cause: groups[0].Key));

        Assert.Equal((OperationState.Finished, 500L, 500L, 0L, 0L), (retry.State, retry.Total, retry.Done, retry.Failed, retry.Skipped));
        var left = Assert.Single(await engine.Services.GetRequiredService<DeadLetters>().GroupAsync(null, 10, CancellationToken.None));
        Assert.Equal(IntegrationErrorCode.NoMappingForMessage, left.Cause.Code);
        var balance = Assert.Single(engine.Tally.Snapshot());
        Assert.Equal((501L, 500L, 1L, 0L), (balance.In, balance.Counts[MessageState.Done], balance.Counts[MessageState.Failed], balance.Difference));
    }

    [Fact]
    public async Task When_what_is_retried_fails_again_Should_end_and_say_so()
    {
        await using var engine = await TestEngine.StartAsync();
        engine.SwapMapping("AdministrativeSex.yaml", RefuseFemale);
        for (var i = 0; i < 450; i++)
        {
            await engine.AcceptAsync(OperationsEngine.Adt(i, "1", i % 3 == 0 ? "M" : "F"));
        }

        await engine.RunAsync();

        var retry = await engine.CarryOutAsync(OperationKind.Retry, new MessageSelection());

        Assert.Equal((300L, 0L, 300L), (retry.Total, retry.Done, retry.Failed));
        Assert.Equal(300, engine.Tally.Total(MessageState.Failed));
    }

    [Fact]
    public async Task When_the_process_ends_in_the_middle_of_a_retry_Should_go_on_after_the_restart_and_count_each_once()
    {
        await using var engine = await TestEngine.StartAsync();
        var good = engine.SwapMapping("AdministrativeSex.yaml", RefuseFemale);
        for (var i = 0; i < 450; i++)
        {
            await engine.AcceptAsync(OperationsEngine.Adt(i, $"{1000 + i}"));
        }

        await engine.RunAsync();
        engine.Services.GetRequiredService<MappingCatalog>().Swap(good);
        var retry = await engine.Operations().StartAsync(OperationKind.Retry, new MessageSelection(), "tests", "", CancellationToken.None);

        // Every step by a runner that knows nothing of the steps before, as after a restart each.
        while (await ActivatorUtilities.CreateInstance<OperationRunner>(engine.Services).AdvanceAsync(CancellationToken.None) is { } cameOn)
        {
            if (!cameOn)
            {
                await engine.RunAsync();
            }
        }

        retry = (await engine.Operations().GetAsync(retry.Id, CancellationToken.None))!;
        Assert.Equal((OperationState.Finished, 450L, 450L, 0L, 0L), (retry.State, retry.Total, retry.Done, retry.Failed, retry.Skipped));
        Assert.All((await engine.Journal.SearchAsync(new MessageSearch(Limit: 500), CancellationToken.None)).Messages, m => Assert.Equal(2, m.Attempts));
    }

    [Fact]
    public async Task When_some_are_named_Should_retry_those_and_skip_what_is_no_longer_failed()
    {
        await using var engine = await TestEngine.StartAsync();
        var good = engine.SwapMapping("AdministrativeSex.yaml", RefuseFemale);
        var failed = await engine.SendAsync(OperationsEngine.Adt(1, "1"));
        var other = await engine.SendAsync(OperationsEngine.Adt(2, "2"));
        var done = await engine.SendAsync(OperationsEngine.Adt(3, "3", "M"));
        engine.Services.GetRequiredService<MappingCatalog>().Swap(good);

        var retry = await engine.CarryOutAsync(OperationKind.Retry, new MessageSelection(Ids: [failed.Id, done.Id, "unknown"]));

        Assert.Equal((3L, 1L, 0L, 2L), (retry.Total, retry.Done, retry.Failed, retry.Skipped));
        Assert.Equal(MessageState.Failed, (await engine.Journal.GetAsync(other.Id, false, CancellationToken.None))!.Value.Message.State);
        Assert.Equal(1, (await engine.Journal.GetAsync(done.Id, false, CancellationToken.None))!.Value.Message.Attempts);
    }

    [Fact]
    public async Task When_a_group_is_discarded_Should_filter_it_with_the_reason_and_leave_it_out_of_replays()
    {
        await using var engine = await TestEngine.StartAsync();
        var failed = await engine.SendAsync("MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000||ZZZ^Z01|Z1|P|2.5.1");

        var discard = await engine.CarryOutAsync(OperationKind.Discard, new MessageSelection(Cause: failed.Cause), "test traffic");
        var replay = await engine.CarryOutAsync(OperationKind.Replay, new MessageSelection(From: DateTimeOffset.UnixEpoch, Below: DateTimeOffset.MaxValue));

        var message = (await engine.Journal.GetAsync(failed.Id, false, CancellationToken.None))!.Value.Message;
        Assert.Equal((1L, 1L), (discard.Total, discard.Done));
        Assert.Equal((MessageState.Filtered, "test traffic", 1), (message.State, message.Reason, message.Attempts));
        Assert.Equal((0L, 1L), (replay.Done, replay.Skipped));
        Assert.Equal(0, Assert.Single(engine.Tally.Snapshot()).Difference);
    }

    [Fact]
    public async Task When_a_message_is_corrected_Should_run_the_correction_and_keep_the_original_as_it_came()
    {
        await using var engine = await TestEngine.StartAsync();
        var failed = await engine.SendAsync(
            "MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A08|C1|P|2.5.1", "EVN|A08|20260316080000+0800", "PID|1||||王^芳||19800203|F");
        Assert.Equal(MessageState.Failed, failed.State);
        var mended = System.Text.Encoding.UTF8.GetBytes(string.Join('\r', OperationsEngine.Adt(1, "1001")));

        var result = await engine.Actions().CorrectAsync(failed.Id, mended, "tests", "PID-3 was empty", CancellationToken.None);
        await engine.RunAsync();

        var correction = (await engine.Journal.GetAsync(Assert.IsType<ActionResult.Done>(result).Message.Id, withRaw: true, CancellationToken.None))!.Value.Message;
        var original = (await engine.Journal.GetAsync(failed.Id, withRaw: true, CancellationToken.None))!.Value.Message;
        Assert.Equal((MessageState.Done, failed.Id), (correction.State, correction.RelatesTo));
        Assert.Equal(mended, correction.Raw.ToArray());
        Assert.Equal((MessageState.Filtered, correction.Id), (original.State, original.RelatesTo));
        Assert.Equal(failed.ContentHash, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(original.Raw.Span)));
        Assert.NotNull(await engine.PatientAsync("1001"));
        var balance = Assert.Single(engine.Tally.Snapshot());
        Assert.Equal((2L, 1L, 1L, 0L), (balance.In, balance.Counts[MessageState.Done], balance.Counts[MessageState.Filtered], balance.Difference));

        var refused = await engine.Actions().ReplayAsync(failed.Id, "tests", "", CancellationToken.None);
        Assert.Contains(correction.Id, Assert.IsType<ActionResult.NotNow>(refused).Why, StringComparison.Ordinal);
        Assert.IsType<ActionResult.NotNow>(await engine.Actions().CorrectAsync(failed.Id, mended, "tests", "again", CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<xml/>")]
    public async Task When_a_correction_cannot_be_read_Should_refuse_it_and_change_nothing(string text)
    {
        await using var engine = await TestEngine.StartAsync();
        var failed = await engine.SendAsync("MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000||ZZZ^Z01|Z1|P|2.5.1");

        var result = await engine.Actions().CorrectAsync(failed.Id, System.Text.Encoding.UTF8.GetBytes(text), "tests", "", CancellationToken.None);

        Assert.NotEmpty(Assert.IsType<ActionResult.Unreadable>(result).Issues);
        Assert.Equal(1, engine.Tally.Total(MessageState.Failed));
    }

    private static string RefuseFemale(string table) =>
        string.Join('\n', table.Split('\n').Where(line => !line.TrimStart().StartsWith("F:", StringComparison.Ordinal) && !line.Contains("default:", StringComparison.Ordinal)
            && !line.Contains("unmapped:", StringComparison.Ordinal)).Select(line => line.StartsWith("codes:", StringComparison.Ordinal) ? "unmapped: refuse\n" + line : line));
}
