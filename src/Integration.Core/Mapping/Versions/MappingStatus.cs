using Integration.Core.Diagnostics;

namespace Integration.Core.Mapping.Versions;

/// <summary>Mappings in use.</summary>
/// <param name="Number">See <see cref="MappingVersionDocument.Number"/>; 0 until the store has numbered them.</param>
/// <param name="Hash">Of all files.</param>
/// <param name="Version">That messages of feeds without mappings of their own name.</param>
/// <param name="SiteVersions">That messages of feeds with mappings of their own name, by feed.</param>
/// <param name="Since">When this process put them in use (UTC).</param>
/// <param name="Files">Paths below the mappings folder.</param>
public sealed record ActiveMappings(
    long Number, string Hash, string Version, IReadOnlyDictionary<string, string> SiteVersions, DateTimeOffset Since, IReadOnlyList<string> Files);

/// <summary>Files that were changed and cannot be used; the mappings in use stayed.</summary>
/// <param name="Seen">When they were checked (UTC).</param>
/// <param name="Problems">All of them, in order of file and line.</param>
public sealed record RefusedMappings(DateTimeOffset Seen, IReadOnlyList<ConfigurationProblem> Problems);

/// <summary>What is in use and what was refused.</summary>
/// <param name="Refused">Null when the files are those in use.</param>
public sealed record MappingStatus(ActiveMappings Active, RefusedMappings? Refused);
