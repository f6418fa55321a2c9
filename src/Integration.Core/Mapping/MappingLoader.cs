using Integration.Core.Diagnostics;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping;

public sealed record MappingLoadResult(IMapper? Mapper, IReadOnlyList<ConfigurationProblem> Problems);

public static class MappingLoader
{
    public static MappingLoadResult Load(string folder) => new(new NoMapper(), []);

    private sealed class NoMapper : IMapper
    {
        public string Version => "none";

        public MappingResult Map(ISourceDocument document, FeedContext feed) =>
            new([], [MessageIssue.Error(IntegrationErrorCode.NoMappingForMessage, "MSH-9", "No mapping.")], [], Version);
    }
}
