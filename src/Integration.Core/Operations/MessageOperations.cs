using Integration.Core.Audit;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Operations;

/// <summary>Work on many messages: asked for here, carried out by <see cref="OperationRunner"/>. Every request is audited. Safe for many threads.</summary>
public sealed class MessageOperations(IDocumentStore store, AuditTrail audit, TimeProvider clock)
{
    private static readonly DocumentField State = Collections.Operations.Field("state");
    private static readonly DocumentField Created = Collections.Operations.Field("created");

    /// <summary>Set when there may be something to do.</summary>
    internal ArrivalSignal Work { get; } = new();

    internal OperationSelector Selector { get; } = new(store);

    /// <summary>Asks for work; returns when the request is durable.</summary>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="reason">Why, for the audit; may be empty.</param>
    public async ValueTask<MessageOperation> StartAsync(
        OperationKind kind, MessageSelection selection, string actor, string reason, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var operation = new MessageOperation
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Kind = kind,
            Actor = actor,
            Reason = reason,
            Selection = selection,
            Created = now,
            Total = await Selector.CountAsync(kind, selection, cancellationToken),
        };
        var action = kind switch
        {
            OperationKind.Retry => AuditActions.StartRetry,
            OperationKind.Discard => AuditActions.StartDiscard,
            _ => AuditActions.StartReplay,
        };
        await audit.CommitAsync(new AuditNote(actor, action, operation.Id, reason), batch =>
        {
            batch.Add(Collections.Operations.Put(operation, expectedVersion: 0));
            return store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
        }, cancellationToken);
        Work.Set();
        return operation;
    }

    /// <summary>Null when there is none of that id.</summary>
    public async ValueTask<MessageOperation?> GetAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Operations, id, withPayload: false, cancellationToken) is { } stored ? Collections.Operations.Read(stored) : null;

    /// <summary>Operations, newest first.</summary>
    /// <param name="limit">1 to 500.</param>
    public async ValueTask<(IReadOnlyList<MessageOperation> Operations, string? Next)> ListAsync(int limit, string? after, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.Operations) { OrderBy = [new DocumentSort(Created, Descending: true)], Limit = limit, After = after }, cancellationToken);
        return ([.. page.Documents.Select(Collections.Operations.Read)], page.Next);
    }

    /// <summary>Stops an operation: messages not yet taken up are left alone.</summary>
    /// <returns>The operation as it stands then; null when there is none of that id.</returns>
    public async ValueTask<MessageOperation?> CancelAsync(string id, string actor, string reason, CancellationToken cancellationToken)
    {
        while (await store.GetAsync(Collections.Operations, id, withPayload: false, cancellationToken) is { } stored)
        {
            var operation = Collections.Operations.Read(stored);
            if (operation.State != OperationState.Running)
            {
                return operation;
            }

            var cancelled = End(operation, OperationState.Cancelled, clock.GetUtcNow());
            var result = await audit.CommitAsync(new AuditNote(actor, AuditActions.Cancel, id, reason), batch =>
            {
                batch.Add(Collections.Operations.Put(cancelled, stored.Version));
                return store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
            }, cancellationToken);
            if (result is CommitResult.Committed)
            {
                return cancelled;
            }
        }

        return null;
    }

    /// <summary>The operation that is to be worked on: the oldest that runs; null when none does.</summary>
    internal async ValueTask<StoredDocument?> OldestRunningAsync(CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Operations)
        {
            Where = [new DocumentFilter.Equal(State, nameof(OperationState.Running))],
            OrderBy = [new DocumentSort(Created)],
            Limit = 1,
        }, cancellationToken);
        return page.Documents.Count == 0 ? null : page.Documents[0];
    }

    internal static MessageOperation End(MessageOperation operation, OperationState state, DateTimeOffset now) => operation with
    {
        State = state,
        Finished = now,
        Current = [],
        Total = Math.Max(operation.Total, operation.Done + operation.Failed + operation.Skipped),
        Skipped = Math.Max(operation.Skipped, operation.Total - operation.Done - operation.Failed),
    };
}
