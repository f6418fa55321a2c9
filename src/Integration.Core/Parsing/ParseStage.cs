using Integration.Core.Attachments;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Pipeline;

namespace Integration.Core.Parsing;

/// <summary>Raw bytes → source document, by the parser of the message's format. Documents and pictures in it are kept apart.</summary>
public sealed class ParseStage(IEnumerable<IMessageParser> parsers, MessageJournal journal, AttachmentStore attachments) : IMessageStage
{
    private readonly Dictionary<string, IMessageParser> _parsers = parsers.ToDictionary(p => p.Format, StringComparer.Ordinal);

    public string Name => "parse";

    public string Description => "Decodes the bytes and splits them into segments and fields.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        if (!_parsers.TryGetValue(context.Message.Format, out var parser))
        {
            return new StageOutcome.Quarantine([MessageIssue.Error(IntegrationErrorCode.InternalFault, "",
                $"No parser for format {context.Message.Format} is part of this deployment.")]);
        }

        var result = parser.Parse(await journal.RawOfAsync(context.Message, cancellationToken), context.Message.Feed);
        if (result.Document is null || result.Issues.Any(i => i.Severity == IssueSeverity.Error))
        {
            return new StageOutcome.Quarantine(result.Issues);
        }

        foreach (var attachment in result.Document.Attachments)
        {
            await attachments.KeepAsync(attachment, context.Message, cancellationToken);
        }

        context.Issues.AddRange(result.Issues);
        context.Document = result.Document;
        return StageOutcome.Next;
    }
}
