using System.ComponentModel;
using Integration.Core.Mapping.Codes;

namespace Integration.Host.Api.Views;

/// <summary>What a changed table of codes changes.</summary>
internal sealed record CodeTableAnswer(
    [property: Description("Whether it is in use now; `false` after a preview.")] bool Taken,
    [property: Description("Number of the mappings in use.")] long Number,
    IReadOnlyList<CodeMapEntry> Added,
    IReadOnlyList<ChangedCode> Changed,
    IReadOnlyList<CodeMapEntry> Removed,
    [property: Description("How many entries stay as they are.")] int Unchanged)
{
    public static CodeTableAnswer Of(CodeTableResult.Done done) =>
        new(done.IsTaken, done.Status.Active.Number, done.Diff.Added, done.Diff.Changed, done.Diff.Removed, done.Diff.Unchanged);
}

/// <summary>The code maps there are.</summary>
internal sealed record CodeTableList([property: Description("In order of name, the product's before those of feeds.")] IReadOnlyList<CodeTableInfo> Items);

/// <summary>How a table came to be as it is.</summary>
internal sealed record CodeTableHistoryView(
    [property: Description("The newest first.")] IReadOnlyList<CodeTableVersionView> Versions,
    [property: Description("Imports and roll-backs, the newest first.")] IReadOnlyList<AuditView> Deeds)
{
    public static CodeTableHistoryView Of(CodeTableHistory history) =>
        new([.. history.Versions.Select(CodeTableVersionView.Of)], [.. history.Deeds.Select(AuditView.Of)]);
}

/// <summary>A table as it was from one number of mappings on.</summary>
internal sealed record CodeTableVersionView(
    [property: Description("First number of mappings in which it was so; roll-back takes it.")] long Number,
    [property: Description("When that was first put in use.")] DateTimeOffset First,
    [property: Description("Whether it is so now.")] bool Current,
    int Entries,
    [property: Description("Entries that the table before it did not have.")] int Added,
    int Changed,
    int Removed)
{
    public static CodeTableVersionView Of(CodeTableVersion version) =>
        new(version.Number, version.First, version.IsCurrent, version.Entries, version.Diff.Added.Count, version.Diff.Changed.Count, version.Diff.Removed.Count);
}
