using System.ComponentModel;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Versions;

namespace Integration.Host.Api.Views;

/// <summary>The mappings in use.</summary>
internal sealed record MappingStatusView(
    [property: Description("1 for the first mappings this store saw; equal files keep their number. 0 until the store has numbered them.")] long Number,
    [property: Description("As messages and resources name it; feeds with mappings of their own have another one.")] string Version,
    [property: Description("Versions of the feeds with mappings of their own, by feed.")] IReadOnlyDictionary<string, string> SiteVersions,
    [property: Description("Of all files, the outbound maps and the sites' among them.")] string Hash,
    [property: Description("When this process put them in use.")] DateTimeOffset Since,
    [property: Description("Paths below the mappings folder.")] IReadOnlyList<string> Files,
    [property: Description("Why the files as they are now are not in use; null when they are.")] RefusedMappingsView? Refused)
{
    public static MappingStatusView Of(MappingStatus status) => new(
        status.Active.Number, status.Active.Version, status.Active.SiteVersions, status.Active.Hash, status.Active.Since, status.Active.Files,
        status.Refused is { } refused ? new RefusedMappingsView(refused.Seen, [.. refused.Problems.Select(ProblemView.Of)]) : null);
}

/// <summary>Changed files that cannot be used.</summary>
internal sealed record RefusedMappingsView([property: Description("When they were checked.")] DateTimeOffset Seen, IReadOnlyList<ProblemView> Problems);

/// <summary>A problem of the mapping files.</summary>
internal sealed record ProblemView(
    string File,
    [property: Description("From 1; null when no line is meant.")] int? Line,
    [property: Description("From 1; null when no line is meant.")] int? Column,
    string Text,
    [property: Description("What to do; null where the text says it.")] string? Remedy)
{
    public static ProblemView Of(ConfigurationProblem problem) =>
        problem.Place.Split(':') is [.. var file, var line, var column] && int.TryParse(line, out var lineNumber) && int.TryParse(column, out var columnNumber)
            ? new ProblemView(string.Join(':', file), lineNumber, columnNumber, problem.Text, problem.Remedy)
            : new ProblemView(problem.Place, null, null, problem.Text, problem.Remedy);
}

/// <summary>Mappings that are or were in use.</summary>
internal sealed record MappingVersionView(
    long Number,
    string Hash,
    [property: Description("Versions that messages name: the product's and each site's.")] IReadOnlyList<string> Versions,
    [property: Description("When they were first put in use.")] DateTimeOffset First,
    int FileCount)
{
    public static MappingVersionView Of(MappingVersionDocument document) => new(document.Number, document.Id, document.Versions, document.First, document.FileCount);
}

/// <summary>What messages would become.</summary>
internal sealed record DryRunAnswer([property: Description("One for each message of the body.")] IReadOnlyList<DryRunView> Items);
