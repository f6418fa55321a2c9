using System.Text.Json.Serialization;

namespace Integration.Core.Mapping.Versions;

/// <summary>A document of <c>mappingVersions</c>: mappings that were in use, with their files, so that what they did can be done again.</summary>
public sealed record MappingVersionDocument
{
    /// <summary><see cref="MappingFiles.Hash"/>.</summary>
    public required string Id { get; init; }

    /// <summary>1 for the first that this store saw; equal files keep their number.</summary>
    public required long Number { get; init; }

    /// <summary>When it was first put in use (UTC).</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>Versions that messages name, see <see cref="IMapper.VersionOf"/>: the product's and each site's.</summary>
    public required IReadOnlyList<string> Versions { get; init; }

    /// <summary>How many files it has.</summary>
    public required int FileCount { get; init; }

    /// <summary>The files, gzip over JSON. Empty unless read with payload.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Files { get; init; }
}
