using Integration.Core.Audit;
using Integration.Core.Storage;

namespace Integration.Core.Delivery;

/// <summary>Which deliveries of a destination to send again.</summary>
/// <param name="From">Created at or after (UTC); null: from the first.</param>
/// <param name="Below">Created before (UTC); null: to the last.</param>
/// <param name="WithDone">Events that were delivered too, for a receiver that has lost them; it knows repeats by their id. Messages never.</param>
public sealed record RedeliverySelection(string Destination, DateTimeOffset? From, DateTimeOffset? Below, bool WithDone);

/// <summary>Sends deliveries again because a person says so, with an entry in the audit. Safe for many threads.</summary>
public sealed class Redelivery(DeliveryOutbox outbox, AuditTrail audit, IDocumentStore store)
{
    private static readonly DocumentField Destination = Collections.Deliveries.Field("destination");
    private static readonly DocumentField State = Collections.Deliveries.Field("state");
    private static readonly DocumentField NextAttempt = Collections.Deliveries.Field("nextAttempt");
    private static readonly DocumentField Created = Collections.Deliveries.Field("created");

    /// <summary>Makes one delivery due now, whatever became of it; only a message that was delivered is left alone.</summary>
    public async ValueTask<RetryOutcome> OneAsync(string id, string actor, CancellationToken cancellationToken)
    {
        await NoteAsync(new AuditNote(actor, AuditActions.Redeliver, id, ""), cancellationToken);
        return await outbox.RetryAsync(id, withDone: true, cancellationToken);
    }

    /// <summary>Makes what is selected due now: what failed, what the sandbox captured, and done events if asked for. A patient's go out in their order.</summary>
    /// <returns>How many.</returns>
    public async ValueTask<int> RangeAsync(RedeliverySelection selection, string actor, CancellationToken cancellationToken)
    {
        var range = $"created from {selection.From?.ToString("O") ?? "the first"} to {selection.Below?.ToString("O") ?? "the last"}{(selection.WithDone ? ", with done events" : "")}";
        await NoteAsync(new AuditNote(actor, AuditActions.Redeliver, selection.Destination, range), cancellationToken);
        var retried = 0;
        DeliveryState[] states = selection.WithDone ? [DeliveryState.Failed, DeliveryState.Captured, DeliveryState.Done] : [DeliveryState.Failed, DeliveryState.Captured];
        foreach (var state in states)
        {
            var query = new DocumentQuery(Collections.Deliveries)
            {
                Where =
                [
                    new DocumentFilter.Equal(Destination, selection.Destination), new DocumentFilter.Equal(State, state.ToString()),
                    new DocumentFilter.Range(Created, selection.From, selection.Below),
                ],
                OrderBy = [new DocumentSort(NextAttempt)],
                Limit = 500,
            };
            await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
            {
                retried += await outbox.RetryAsync(stored.Id, selection.WithDone, cancellationToken) == RetryOutcome.Queued ? 1 : 0;
            }
        }

        return retried;
    }

    // Written first: whoever sees a repeat at the receiver finds here who asked for it.
    private async ValueTask NoteAsync(AuditNote note, CancellationToken cancellationToken) =>
        await audit.CommitAsync(note, batch => store.CommitAsync(batch, CommitPriority.Processing, cancellationToken), cancellationToken);
}
