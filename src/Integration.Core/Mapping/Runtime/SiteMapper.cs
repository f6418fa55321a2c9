using System.Collections.Frozen;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>The product's mappings, and for feeds that have mappings of their own those instead.</summary>
/// <param name="sites">By feed name.</param>
internal sealed class SiteMapper(Mapper product, FrozenDictionary<string, Mapper> sites) : IMapper
{
    public string Version => product.Version;

    public MappingResult Map(ISourceDocument document, FeedContext feed) => (sites.GetValueOrDefault(feed.Name) ?? product).Map(document, feed);
}
