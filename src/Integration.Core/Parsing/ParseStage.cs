using Integration.Core.Diagnostics;
using Integration.Core.Pipeline;

namespace Integration.Core.Parsing;

/// <summary>Raw bytes → source document, by the parser of the message's format.</summary>
public sealed class ParseStage(IEnumerable<IMessageParser> parsers) : IMessageStage
{
    private readonly Dictionary<string, IMessageParser> _parsers = parsers.ToDictionary(p => p.Format, StringComparer.Ordinal);

    public string Name => "parse";

    public string Description => "Decodes the bytes and splits them into segments and fields.";

    public ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        if (!_parsers.TryGetValue(context.Message.Format, out var parser))
        {
            return new(new StageOutcome.Quarantine([MessageIssue.Error(IntegrationErrorCode.InternalFault, "",
                $"No parser for format {context.Message.Format} is part of this deployment.")]));
        }

        var result = parser.Parse(context.Message.Raw, context.Message.Feed);
        if (result.Document is null || result.Issues.Any(i => i.Severity == IssueSeverity.Error))
        {
            return new(new StageOutcome.Quarantine(result.Issues));
        }

        context.Issues.AddRange(result.Issues);
        context.Document = result.Document;
        return new(StageOutcome.Next);
    }
}
