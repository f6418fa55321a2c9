using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Steps;
using Integration.Core.Mapping.Versions;
using Integration.Core.Pipeline;

namespace Integration.Core.Mapping;

/// <summary>Holds the mappings in use. A reload swaps them whole; a message runs on those it began with. Safe for many threads.</summary>
/// <param name="steps">The site's own, which run behind every mapping; null: none.</param>
public sealed class MappingCatalog(IMapper mapper, MappingSteps? steps = null)
{
    private readonly MappingSteps _steps = steps ?? MappingSteps.None;
    private volatile IMapper _current = (steps ?? MappingSteps.None).Around(mapper);

    public IMapper Current => _current;

    /// <param name="mapper">Without steps.</param>
    public void Swap(IMapper mapper) => _current = _steps.Around(mapper);
}

/// <summary>Source values to FHIR resources.</summary>
/// <param name="codes">The work-list of codes that could not be mapped.</param>
/// <param name="versions">Earlier mappings, for messages that are to run with them.</param>
public sealed class MappingStage(MappingCatalog catalog, UnmappedCodeStore codes, MappingVersionStore versions) : IMessageStage
{
    public string Name => "map";

    public string Description => "Turns the message into FHIR resources by the rules in mappings/ and lists what no rule read.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var document = context.Document ?? throw new InvalidOperationException("The map stage needs the document that the parse stage sets.");
        if (await MapperOfAsync(context, cancellationToken) is not { } mapper)
        {
            return new StageOutcome.Quarantine([MessageIssue.Error(
                IntegrationErrorCode.NoMappingForMessage, "", "The mappings that it was to run with cannot be used any more. Replay it with those of now.")]);
        }

        var result = mapper.Map(document, context.Feed);
        context.Mapping = result;
        context.Issues.AddRange(result.Issues);
        if (result.UnmappedCodes.Count > 0)
        {
            await codes.NoteAsync(context.Feed.Name, result.UnmappedCodes, cancellationToken);
        }

        return result.Issues.Any(issue => issue.Severity == IssueSeverity.Error) ? new StageOutcome.Quarantine(result.Issues) : StageOutcome.Next;
    }

    private ValueTask<IMapper?> MapperOfAsync(MessageContext context, CancellationToken cancellationToken) =>
        context.Message.MapWith is { } version ? versions.CompileAsync(version, cancellationToken) : ValueTask.FromResult<IMapper?>(catalog.Current);
}
