using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Explain;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping;

/// <summary>The compiled mappings of a start or a reload. Immutable, safe for many threads.</summary>
public interface IMapper
{
    /// <summary>First 12 hex digits of the SHA-256 over all mapping files, so that equal files give equal versions.</summary>
    string Version { get; }

    /// <summary>Runs the message mapping of <see cref="ISourceDocument.MappingKey"/>.</summary>
    /// <param name="trace">A new one: learns which rule wrote each value. Null: nobody asks, which costs nothing.</param>
    /// <returns>With an Error issue <c>NoMappingForMessage</c> when there is none.</returns>
    MappingResult Map(ISourceDocument document, FeedContext feed, MappingTrace? trace = null);

    /// <summary>The version that messages of a feed are mapped with: <see cref="Version"/>, or another one where the feed has mappings of its own.</summary>
    string VersionOf(string feed);

    /// <summary>The entries of a code map as it holds for a feed; null when there is none of that name.</summary>
    IReadOnlyList<CodeMapEntry>? CodesOf(string feed, string codeMap);

    /// <summary>Every rule that may run for the feed, in order of file and line.</summary>
    IReadOnlyList<MappingRule> RulesOf(string feed);
}

/// <summary>What a mapping may know of the feed a message came by.</summary>
/// <param name="Name">Key under <c>Feeds</c>.</param>
/// <param name="AssigningAuthority">Stands in where an identifier names none (CX.4 empty). Default: the feed's name.</param>
/// <param name="TimeZone">Of times that carry no offset.</param>
public sealed record FeedContext(string Name, string AssigningAuthority, TimeZoneInfo TimeZone)
{
    /// <summary>Where people see an imaging study of the feed; null: nowhere.</summary>
    public LinkTemplate? Viewer { get; init; }

    /// <summary>Base address where programs get imaging studies of the feed by WADO-RS (DICOM PS3.18 §10.4); null: none is known.</summary>
    public string? Wado { get; init; }
}
