using System.Text.Json;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Integration.Fhir;
using Integration.Tests.Samples;

namespace Integration.Tests.Pipeline;

/// <summary>The whole hospital day through the whole pipeline: what must hold of any day.</summary>
public sealed class HospitalDayPipelineTests(HospitalDayPipelineTests.Day day) : IClassFixture<HospitalDayPipelineTests.Day>
{
    /// <summary>Played once, then looked at by every test.</summary>
    public sealed class Day : IAsyncLifetime
    {
        internal TestEngine Engine { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Engine = await TestEngine.StartAsync();
            foreach (var raw in SampleFiles.DayMessages.Select(m => m.Bytes))
            {
                await Engine.AcceptRawAsync(raw);
            }

            await Engine.RunAsync();
        }

        public ValueTask DisposeAsync() => Engine.DisposeAsync();
    }

    [Fact]
    public void EveryMessage_IsAccountedFor()
    {
        var counts = day.Engine.Tally.Of("his");

        Assert.Equal(SampleFiles.DayMessages.Count, counts.Values.Sum());
        Assert.Equal(0, counts[MessageState.Waiting]);
        Assert.Equal(1, counts[MessageState.Duplicate]);
        Assert.True(counts[MessageState.Failed] <= 1, $"{counts[MessageState.Failed]} messages failed; at most the one that is broken on purpose may.");
    }

    [Fact]
    public async Task Tally_AgreesWithTheStore()
    {
        var stored = await day.Engine.Store.GroupAndCountAsync(
            Collections.Messages, [], [Collections.Messages.Field("state")], CancellationToken.None);

        foreach (var group in stored)
        {
            Assert.Equal(group.Count, day.Engine.Tally.Total(Enum.Parse<MessageState>((string)group.Key[0]!)));
        }
    }

    [Fact]
    public async Task EveryResource_IsValidFhir()
    {
        var findings = new List<string>();
        await foreach (var document in AllAsync(Collections.Resources))
        {
            using var json = JsonDocument.Parse(Collections.Resources.Read(document).Resource.ToJsonString());
            findings.AddRange(FhirValidator.Validate(json.RootElement).Where(i => i.Severity == FhirIssueSeverity.Error).Select(i => $"{document.Id} {i.Expression} {i.Text}"));
        }

        Assert.Empty(findings);
    }

    /// <summary>The summary kept message by message is byte for byte the one made from the resources.</summary>
    [Fact]
    public async Task EverySummary_EqualsItsRebuild()
    {
        await foreach (var stored in AllAsync(Collections.Patients))
        {
            if (Collections.Patients.Read(stored).MergedInto is null)
            {
                var rebuilt = Collections.Patients.Put(await day.Engine.Summaries.RebuildAsync(stored.Id, CancellationToken.None), null);
                Assert.Equal(System.Text.Encoding.UTF8.GetString(stored.Json.Span), System.Text.Encoding.UTF8.GetString(rebuilt.Json.Span));
            }
        }
    }

    [Fact]
    public async Task EveryIdentity_BelongsToARecordThatStands()
    {
        await foreach (var stored in AllAsync(Collections.Identities))
        {
            var identity = Collections.Identities.Read(stored);
            var patient = await day.Engine.Records.GetAsync(identity.PatientId, CancellationToken.None);
            Assert.NotNull(patient);
            Assert.Null(patient.MergedInto);
        }
    }

    private async IAsyncEnumerable<StoredDocument> AllAsync(DocumentCollection collection)
    {
        var query = new DocumentQuery(collection) { Limit = 500 };
        do
        {
            var page = await day.Engine.Store.QueryAsync(query, CancellationToken.None);
            foreach (var document in page.Documents)
            {
                yield return document;
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);
    }
}
