using System.Collections.Frozen;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Explain;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>The product's mappings, and for feeds that have mappings of their own those instead.</summary>
/// <param name="sites">By feed name.</param>
internal sealed class SiteMapper(Mapper product, FrozenDictionary<string, Mapper> sites) : IMapper
{
    public string Version => product.Version;

    public MappingResult Map(ISourceDocument document, FeedContext feed, MappingTrace? trace = null) => Of(feed.Name).Map(document, feed, trace);

    public string VersionOf(string feed) => Of(feed).Version;

    public IReadOnlyList<CodeMapEntry>? CodesOf(string feed, string codeMap) => Of(feed).CodesOf(feed, codeMap);

    public IReadOnlyList<MappingRule> RulesOf(string feed) => Of(feed).RulesOf(feed);

    private Mapper Of(string feed) => sites.GetValueOrDefault(feed) ?? product;
}
