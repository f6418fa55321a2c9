using Integration.Core.Diagnostics;
using Integration.Core.Pipeline;

namespace Integration.Core.Mapping;

public sealed class MappingCatalog(IMapper mapper)
{
    public IMapper Current { get; } = mapper;
}

public sealed class MappingStage(MappingCatalog catalog) : IMessageStage
{
    public string Name => "map";

    public string Description => "Turns fields into FHIR resources by the mappings.";

    public ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var result = catalog.Current.Map(context.Document!, context.Feed);
        context.Mapping = result;
        if (result.Issues.Any(i => i.Severity == IssueSeverity.Error))
        {
            return new(new StageOutcome.Quarantine(result.Issues));
        }

        context.Issues.AddRange(result.Issues);
        return new(StageOutcome.Next);
    }
}
