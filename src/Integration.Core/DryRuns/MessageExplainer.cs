using Integration.Core.Diagnostics;
using Integration.Core.Identity;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Explain;
using Integration.Core.Parsing;

namespace Integration.Core.DryRuns;

/// <summary>Parses and maps messages and tells why each value is as it is. Reads no store and writes nothing. Safe for many threads.</summary>
public sealed class MessageExplainer(IEnumerable<IMessageParser> parsers, FeedContexts feeds)
{
    private readonly IMessageParser[] _parsers = [.. parsers];

    /// <param name="raw">One message without framing.</param>
    /// <param name="feed">Need not be configured; see <see cref="FeedContexts.Of"/>.</param>
    public MessageExplanation Explain(ReadOnlyMemory<byte> raw, string format, string feed, IMapper mapper)
    {
        var parser = Array.Find(_parsers, p => p.Format == format) ?? throw new ArgumentException($"No parser for format {format} is part of this deployment.", nameof(format));
        var parsed = parser.Parse(raw, feed);
        if (parsed.Document is null || parsed.Issues.Any(issue => issue.Severity == IssueSeverity.Error))
        {
            return new MessageExplanation(feed, null, null, [], parsed.Issues);
        }

        var trace = new MappingTrace();
        var mapped = mapper.Map(parsed.Document, feeds.Of(feed), trace);
        return new MessageExplanation(
            feed, parsed.Document, mapped,
            [.. mapped.WithFollowing().SelectMany(part => part.Resources).Where(resource => !resource.IsDeletion).Select(resource => new ExplainedResource(resource, trace.ValuesOf(resource)))],
            [.. parsed.Issues, .. mapped.Issues])
        {
            Hit = trace.Hit,
        };
    }
}
