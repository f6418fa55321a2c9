using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Adapters.Sql.Polling;

/// <summary>Rows on their way to intake: some hundreds share a commit, each in one with the note that it was handed over. Not for many threads.</summary>
/// <remarks>One commit is under way while the rows of the next are made; they follow each other in order.</remarks>
internal sealed class RowTransfer(IBulkIntake intake) : IAsyncDisposable
{
    /// <summary>Senders that wait for an acknowledgement wait for no longer than so many take.</summary>
    private const int MaxMessages = 500;

    private const long MaxBytes = 16 * 1024 * 1024;

    private List<InboundMessage> _messages = [];
    private List<SourceRowDocument> _notes = [];
    private Task<IntakeResult.Refused?> _running = Task.FromResult<IntakeResult.Refused?>(null);
    private long _bytes;

    /// <summary>How many rows were added.</summary>
    public int Rows { get; private set; }

    /// <param name="messages">What the row is told by; empty when it can only be noted.</param>
    /// <exception cref="StoreUnavailableException">Intake cannot take what was added before; nothing of that is noted.</exception>
    public async Task AddAsync(SourceRowDocument note, params IReadOnlyList<InboundMessage> messages)
    {
        var bytes = messages.Sum(message => (long)message.Raw.Length);
        if (_messages.Count + messages.Count > MaxMessages || _notes.Count >= MaxMessages || (_messages.Count > 0 && _bytes + bytes > MaxBytes))
        {
            await BeginAsync([]);
        }

        Rows++;
        _notes.Add(note);
        _messages.AddRange(messages);
        _bytes += bytes;
    }

    /// <summary>Hands over what is left; returns when everything is durable.</summary>
    /// <param name="with">Written in the same commit: where the feed goes on.</param>
    /// <exception cref="StoreUnavailableException">Intake cannot take it; nothing of it is noted.</exception>
    public async Task CommitAsync(IReadOnlyList<DocumentWrite> with)
    {
        await BeginAsync(with);
        await FinishAsync();
    }

    /// <summary>Waits for the commit that is under way, whatever becomes of it.</summary>
    public async ValueTask DisposeAsync() => await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task BeginAsync(IReadOnlyList<DocumentWrite> with)
    {
        await FinishAsync();
        if (_notes.Count + with.Count > 0)
        {
            _running = intake.AcceptAllAsync(_messages, [.. SourceRowStore.Notes(_notes), .. with], CancellationToken.None).AsTask();
        }

        (_messages, _notes, _bytes) = ([], [], 0);
    }

    private async Task FinishAsync()
    {
        if (await _running is { } refused)
        {
            throw new StoreUnavailableException(refused.Reason);
        }
    }
}
