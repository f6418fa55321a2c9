using System.Diagnostics;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Integration.SystemTests.Peers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.SystemTests.Storage;

/// <summary>A hundred thousand resources of one patient, on both engines. How fast it is says the benchmark <c>patient</c>; the figures are printed here too.</summary>
public sealed class LargePatientTests(MongoPeer peer, ITestOutputHelper output)
{
    [Fact]
    public async Task Read_100000ResourcesOfAPatientOnSqlite_PagesThroughAll()
    {
        using var folder = new TemporaryFolder();
        var options = Options.Create(new SqliteStorageOptions { Path = Path.Combine(folder.Path, "integration.db") });
        await using var store = new SqliteDocumentStore(options, NullLogger<SqliteDocumentStore>.Instance);
        await store.OpenAsync(Collections.All, TestContext.Current.CancellationToken);

        await ReadAsync("SQLite", store);
    }

    [Fact]
    public async Task Read_100000ResourcesOfAPatientOnMongo_PagesThroughAll()
    {
        await using var store = await MongoStores.OpenAsync(peer.NewDatabase(), Collections.All);

        await ReadAsync("MongoDB", store);
    }

    private async Task ReadAsync(string engine, IDocumentStore store)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var began = Stopwatch.GetTimestamp();
        await LargePatient.FillAsync(store, _ => { }, cancellationToken);
        var filled = Stopwatch.GetElapsedTime(began);
        var records = new PatientRecordStore(store);

        began = Stopwatch.GetTimestamp();
        var summary = await records.GetAsync(LargePatient.Id, cancellationToken);
        var first = await records.TimelineAsync(LargePatient.Id, 50, null, cancellationToken);
        var opened = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        var ids = await LargePatient.ReadAllAsync(records, cancellationToken);
        output.WriteLine($"{engine}: filled in {filled.TotalSeconds:0.0} s, opened in {opened.TotalMilliseconds:0} ms, all pages in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");

        Assert.Equal(LargePatient.Results, summary!.Sections[0].Count);
        Assert.Equal(50, first.Entries.Count);
        Assert.Equal(Enumerable.Range(0, LargePatient.Results).Reverse().Select(LargePatient.IdOf), ids);
        Assert.Equal(LargePatient.Results, await store.CountAsync(
            Collections.Resources, [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), LargePatient.Id)], long.MaxValue, cancellationToken));
    }
}
