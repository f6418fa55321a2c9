using Integration.Core.Audit;
using Integration.Core.Intake;
using Integration.Core.Operations;
using Integration.Core.Storage;
using Integration.Tests.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Audit;

public sealed class AuditTrailTests
{
    [Fact]
    public async Task Deeds_OfEveryKind_AreWrittenDownWithWhoAndWhy()
    {
        await using var engine = await TestEngine.StartAsync();
        var failed = await engine.SendAsync("MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000||ZZZ^Z01|Z1|P|2.5.1");
        await engine.Actions().ReplayAsync(failed.Id, "li", "", CancellationToken.None);
        await engine.RunAsync();
        await engine.Actions().DiscardAsync(failed.Id, "wang", "test traffic", CancellationToken.None);
        var operation = await engine.CarryOutAsync(OperationKind.Retry, new MessageSelection(), "mapping mended");

        var trail = engine.Services.GetRequiredService<AuditTrail>();
        var (entries, _) = await trail.SearchAsync(new AuditSearch(), CancellationToken.None);

        Assert.Equal(
            [("tests", AuditActions.StartRetry, operation.Id, "mapping mended"), ("wang", AuditActions.Discard, failed.Id, "test traffic"), ("li", AuditActions.Replay, failed.Id, "")],
            entries.Select(e => (e.Actor, e.Action, e.Target, e.Reason)));
        Assert.Equal([3L, 2L, 1L], entries.Select(e => e.Number));
        Assert.Equal(2, (await trail.SearchAsync(new AuditSearch(Target: failed.Id), CancellationToken.None)).Entries.Count);
        Assert.Equal((3L, (long?)null), await trail.VerifyAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Deeds_AtTheSameMoment_FormOneChain()
    {
        await using var engine = await TestEngine.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            engine.Operations().StartAsync(OperationKind.Retry, new MessageSelection(), $"operator {i}", "", CancellationToken.None).AsTask()));

        Assert.Equal((40L, (long?)null), await engine.Services.GetRequiredService<AuditTrail>().VerifyAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Deed_ThatIsNotCommitted_IsNotWrittenDown()
    {
        await using var engine = await TestEngine.StartAsync();
        var done = await engine.SendAsync(OperationsEngine.Adt(1, "1"));

        Assert.IsType<ActionResult.NotNow>(await engine.Actions().DiscardAsync(done.Id, "li", "no", CancellationToken.None));

        Assert.Empty((await engine.Services.GetRequiredService<AuditTrail>().SearchAsync(new AuditSearch(), CancellationToken.None)).Entries);
        Assert.Equal(MessageState.Done, (await engine.Journal.GetAsync(done.Id, false, CancellationToken.None))!.Value.Message.State);
    }

    [Theory]
    [InlineData(false)]   // altered
    [InlineData(true)]    // removed
    public async Task Verify_EntryTamperedWith_NamesIt(bool remove)
    {
        await using var engine = await TestEngine.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await engine.Operations().StartAsync(OperationKind.Retry, new MessageSelection(), "li", $"reason {i}", CancellationToken.None);
        }

        var stored = (await engine.Store.QueryAsync(new DocumentQuery(Collections.Audit) { OrderBy = [new(DocumentField.Id)] }, CancellationToken.None)).Documents[2];
        var batch = new WriteBatch();
        batch.Add(remove ? Collections.Audit.Delete(stored.Id) : Collections.Audit.Put(Collections.Audit.Read(stored) with { Reason = "another" }, null));
        await engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);

        Assert.Equal(3, (await engine.Services.GetRequiredService<AuditTrail>().VerifyAsync(CancellationToken.None)).BrokenAt);
    }
}
