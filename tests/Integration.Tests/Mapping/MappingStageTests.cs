using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Explain;
using Integration.Core.Mapping.Versions;
using Integration.Core.Pipeline;
using Integration.Tests.Api;

namespace Integration.Tests.Mapping;

public sealed class MappingStageTests
{
    private const string Admission = "MSH|^~\\&|HIS|EAST|||20260301||ADT^A01|1|P|2.4\nEVN|A01|20260301\nPID|1||9^^^HIS||李四\nPV1|1|I|||||||||||||||||V1";

    [Fact]
    public async Task RunAsync_GoodMessage_SetsMappingAndGoesOn()
    {
        var context = Context(Admission);

        var outcome = await Stage().RunAsync(context, TestContext.Current.CancellationToken);

        Assert.IsType<StageOutcome.Continue>(outcome);
        Assert.Contains(context.Mapping!.Resources, resource => resource.Type == "Encounter");
        Assert.Equal(MappingSamples.Mapper.Version, context.Mapping.MappingVersion);
    }

    [Theory]
    [InlineData("MSH|^~\\&|HIS|EAST|||20260301||ZZZ^Z99|1|P|2.4")]
    [InlineData("MSH|^~\\&|HIS|EAST|||20260301||ADT^A01|1|P|2.4\nPV1|1|I")]
    [InlineData("MSH|^~\\&|HIS|EAST|||20260301||ADT^A01|1|P|2.4\nPID|1||||李四")]
    public async Task RunAsync_MessageThatCannotBeMapped_IsQuarantinedWithTheReason(string message)
    {
        var context = Context(message);

        var outcome = await Stage().RunAsync(context, TestContext.Current.CancellationToken);

        var quarantine = Assert.IsType<StageOutcome.Quarantine>(outcome);
        Assert.Equal(quarantine.Issues, context.Issues);
        Assert.DoesNotContain(context.Issues, issue => issue.Text.Contains("李四", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_AfterSwap_UsesTheNewMappings()
    {
        var catalog = new MappingCatalog(new NothingMapper());
        catalog.Swap(MappingSamples.Mapper);
        var context = Context(Admission);

        await new MappingStage(catalog, NoCodes, NoVersions).RunAsync(context, TestContext.Current.CancellationToken);

        Assert.Equal(MappingSamples.Mapper.Version, context.Mapping!.MappingVersion);
    }

    /// <summary>Of a store that must not be asked.</summary>
    private static UnmappedCodeStore NoCodes => new(new InterruptibleStore(null!) { Away = true }, TimeProvider.System);

    private static MappingVersionStore NoVersions => new(new InterruptibleStore(null!) { Away = true }, TimeProvider.System);

    private static MappingStage Stage() => new(new MappingCatalog(MappingSamples.Mapper), NoCodes, NoVersions);

    private static MessageContext Context(string message)
    {
        var journaled = new JournaledMessage
        {
            Id = "1",
            Feed = "his",
            Received = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero),
            Format = "hl7v2",
            ContentHash = "",
        };
        return new MessageContext(journaled, MappingSamples.Feed) { Document = MappingSamples.Parse(message) };
    }

    private sealed class NothingMapper : IMapper
    {
        public string Version => "nothing";

        public MappingResult Map(Integration.Core.Parsing.ISourceDocument document, FeedContext feed, MappingTrace? trace = null) => new([], [], [], Version);

        public IReadOnlyList<CodeMapEntry>? CodesOf(string feed, string codeMap) => null;

        public string VersionOf(string feed) => Version;

        public IReadOnlyList<MappingRule> RulesOf(string feed) => [];
    }
}
