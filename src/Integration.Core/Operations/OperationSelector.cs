using System.Globalization;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Operations;

/// <summary>Finds the messages of an operation, a few at a time, in the order in which they are to run.</summary>
internal sealed class OperationSelector(IDocumentStore store)
{
    /// <summary>Messages at work at a time: what live messages wait behind at most, and what is held in memory.</summary>
    public const int ChunkSize = 200;

    private const long MaxTotal = 100_000_000;

    private static readonly DocumentField State = Collections.Messages.Field("state");
    private static readonly DocumentField Received = Collections.Messages.Field("received");

    /// <summary>How many messages it is about now.</summary>
    public async ValueTask<long> CountAsync(OperationKind kind, MessageSelection selection, CancellationToken cancellationToken) =>
        selection.Ids is { } ids ? ids.Count : await store.CountAsync(Collections.Messages, WhereOf(kind, selection), MaxTotal, cancellationToken);

    /// <summary>Whether the operation may take hold of a message as it stands now.</summary>
    public static bool IsFor(OperationKind kind, JournaledMessage message) => kind switch
    {
        OperationKind.Replay => MessageJournal.CanRun(message) && !message.Marks.Contains(MessageMarks.Discarded),
        _ => message.State == MessageState.Failed,
    };

    /// <summary>The next messages, and where those behind them are looked for. No ids: there are no more.</summary>
    public ValueTask<(IReadOnlyList<string> Ids, string? Position)> NextAsync(MessageOperation operation, CancellationToken cancellationToken) =>
        operation.Selection.Ids is { } ids ? ValueTask.FromResult(NextOf(ids, operation.Position))
        : operation.Kind == OperationKind.Replay ? NextReceivedAsync(operation, cancellationToken)
        : NextFailedAsync(operation, cancellationToken);

    private static (IReadOnlyList<string> Ids, string? Position) NextOf(IReadOnlyList<string> ids, string? position)
    {
        var from = position is null ? 0 : int.Parse(position, CultureInfo.InvariantCulture);
        return ([.. ids.Skip(from).Take(ChunkSize)], (from + ChunkSize).ToString(CultureInfo.InvariantCulture));
    }

    // In the order of failing, which for one patient is that of arrival. A message that fails again is behind the bound.
    private async ValueTask<(IReadOnlyList<string> Ids, string? Position)> NextFailedAsync(MessageOperation operation, CancellationToken cancellationToken)
    {
        var behind = operation.Position is null ? 0 : long.Parse(operation.Position, CultureInfo.InvariantCulture);
        var page = await store.QueryAsync(new DocumentQuery(Collections.Messages)
        {
            Where = [.. WhereOf(operation.Kind, operation.Selection), new DocumentFilter.Range(DocumentField.Sequence, behind + 1, operation.Bound + 1)],
            OrderBy = [new DocumentSort(DocumentField.Sequence)],
            Limit = ChunkSize,
        }, cancellationToken);
        return ([.. page.Documents.Select(d => d.Id)], page.Documents.Count == 0 ? null : page.Documents[^1].Sequence.ToString(CultureInfo.InvariantCulture));
    }

    // In the order of arrival. When a message was received never changes, so that a page's token stays good while they run.
    private async ValueTask<(IReadOnlyList<string> Ids, string? Position)> NextReceivedAsync(MessageOperation operation, CancellationToken cancellationToken)
    {
        const string End = "";
        if (operation.Position == End)
        {
            return ([], End);
        }

        var page = await store.QueryAsync(new DocumentQuery(Collections.Messages)
        {
            Where = WhereOf(operation.Kind, operation.Selection),
            OrderBy = [new DocumentSort(Received)],
            Limit = ChunkSize,
            After = operation.Position,
        }, cancellationToken);
        return ([.. page.Documents.Select(d => d.Id)], page.Next ?? End);
    }

    private static List<DocumentFilter> WhereOf(OperationKind kind, MessageSelection selection)
    {
        var where = MessageFilters.Of(new MessageSearch(
            selection.Feed, kind == OperationKind.Replay ? null : MessageState.Failed, From: selection.From, Below: selection.Below,
            MessageType: selection.MessageType, Mark: selection.UnmappedCode, Cause: selection.Cause));
        if (kind == OperationKind.Replay)
        {
            where.Add(new DocumentFilter.In(State, [nameof(MessageState.Done), nameof(MessageState.Failed), nameof(MessageState.Filtered)]));
        }

        return where;
    }
}
