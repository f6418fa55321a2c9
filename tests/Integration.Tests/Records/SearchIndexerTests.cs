using Integration.Core.Records.Search;
using Integration.Core.Storage;
using Integration.Tests.FhirAdapter;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Records;

public sealed class SearchIndexerTests
{
    [Fact]
    public async Task CatchUp_PastAResourceWhoseKeysCannotBeMade_IndexesWhatComesAfterIt()
    {
        await using var engine = await FhirEngine.StartAsync();
        await engine.SendFhirAsync(FhirEngine.Observation("before", "Patient/p1"));
        var sound = (await engine.AllAsync()).First(r => r.Type == "Observation");
        var batch = new WriteBatch();
        batch.Add(Collections.Resources.Put(sound with { Id = "Observation" }, null));
        await engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
        await engine.SendFhirAsync(FhirEngine.Observation("after", "Patient/p1"));

        var left = await engine.Services.GetRequiredService<SearchIndexer>().CatchUpAsync(TimeSpan.FromSeconds(30), CancellationToken.None);

        Assert.Null(left);
        var indexed = await engine.Store.CountAsync(Collections.SearchEntries, [], 100, CancellationToken.None);
        Assert.Equal((await engine.AllAsync()).Count - 1, indexed);
    }

    [Fact]
    public async Task CatchUp_OfAnEmptyRecord_IsNotedOnceAndNotBegunAgain()
    {
        await using var engine = await FhirEngine.StartAsync();
        var index = engine.Services.GetRequiredService<SearchIndexer>();

        await index.CatchUpAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        await index.CatchUpAsync(TimeSpan.FromSeconds(30), CancellationToken.None);

        var progress = Assert.Single((await engine.Store.QueryAsync(new DocumentQuery(Collections.SearchProgress) { Limit = 10 }, CancellationToken.None)).Documents);
        Assert.Equal(1, progress.Version);
    }
}
