using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core;
using Integration.Core.Delivery;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Compilation;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Versions;
using Integration.Core.Parsing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Mapping;

/// <summary>The product's own mappings, its golden messages, and the third-party ones where they are at hand.</summary>
internal static class MappingSamples
{
    private static readonly Lazy<MappingLoadResult> LazyLoaded = new(Load);

    public static readonly FeedContext Feed =
        new("his", "his", TimeZoneInfo.CreateCustomTimeZone("UTC+8", TimeSpan.FromHours(8), "UTC+8", "UTC+8"));

    public static string Root { get; } = FindRoot();

    public static string MappingsFolder => Path.Combine(Root, "mappings");

    public static string GoldenFolder => Path.Combine(Root, "tests", "Integration.Tests", "Golden", "hl7v2");

    public static string ThirdPartyFolder => Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", "hl7v2"));

    /// <summary>The product's mappings, loaded once.</summary>
    public static IMapper Mapper => Loaded.Mapper!;

    /// <summary>The product's mappings for engines that share them: compiling them takes longer than most of what is tested.</summary>
    public static MappingLoadResult Loaded => LazyLoaded.Value;

    /// <summary>The plan of an engine on the product's mappings.</summary>
    public static EnginePlan PlanOf(IServiceProvider provider, IConfiguration configuration) => EnginePlan.Load(
        configuration, MappingsFolder, provider.GetServices<IInboundAdapterFactory>(), provider.GetServices<IOutboundAdapterFactory>(), Loaded);

    /// <summary>What stands in the product's mapping files.</summary>
    internal static MappingSet Definitions
    {
        get
        {
            var problems = new ProblemList();
            return MappingFolder.Of(MappingFiles.Read(MappingsFolder), "hl7v2", problems).Define(null, problems);
        }
    }

    public static IEnumerable<string> GoldenMessages => Directory.EnumerateFiles(GoldenFolder, "*.hl7").Order(StringComparer.Ordinal);

    public static ISourceDocument Parse(byte[] raw) =>
        new Hl7Parser().Parse(raw, "his").Document ?? throw new InvalidOperationException("The sample is no readable message.");

    /// <summary>Parses a message written with a line for each segment.</summary>
    public static ISourceDocument Parse(string text) => Parse(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r")));

    public static MappingResult Map(string text) => Mapper.Map(Parse(text), Feed);

    private static MappingLoadResult Load()
    {
        var result = MappingLoader.Load(MappingsFolder);
        return result.Mapper is not null ? result : throw new InvalidOperationException(string.Join(Environment.NewLine, result.Problems));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Integration.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run below the repository.");
    }
}
