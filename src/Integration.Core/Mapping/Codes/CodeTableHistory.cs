using Integration.Core.Audit;

namespace Integration.Core.Mapping.Codes;

/// <summary>A code map as there is one.</summary>
/// <param name="Feed">Whose entries come before the product's; null: the product's own.</param>
/// <param name="Dated">Entries that hold on some days only.</param>
public sealed record CodeTableInfo(string Name, string? Feed, int Entries, int Dated);

/// <summary>A table as it was from one number of mappings on.</summary>
/// <param name="Number">First number of mappings in which it was so.</param>
/// <param name="First">When that was first put in use (UTC).</param>
/// <param name="IsCurrent">It is so now.</param>
/// <param name="Diff">From the table before it.</param>
public sealed record CodeTableVersion(long Number, DateTimeOffset First, bool IsCurrent, int Entries, CodeTableDiff Diff);

/// <summary>How a table came to be as it is.</summary>
/// <param name="Versions">The newest first.</param>
/// <param name="Deeds">Imports and roll-backs with who and why, the newest first.</param>
public sealed record CodeTableHistory(IReadOnlyList<CodeTableVersion> Versions, IReadOnlyList<AuditEntry> Deeds);
