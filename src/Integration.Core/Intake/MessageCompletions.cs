namespace Integration.Core.Intake;

/// <summary>
/// Tells a source that asked for it when the pipeline has finished one of its messages. In memory only: a message that is still waiting when
/// the process stops finishes after the restart, when nobody is there to be told. Safe for many threads.
/// </summary>
public sealed class MessageCompletions
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<CompletionWatch>> _watches = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Watches for the end of a run over this message. Dispose it when the answer is no longer wanted.</summary>
    internal CompletionWatch Watch(string messageId)
    {
        var watch = new CompletionWatch(this, messageId);
        lock (_lock)
        {
            if (!_watches.TryGetValue(messageId, out var watches))
            {
                _watches[messageId] = watches = [];
            }

            watches.Add(watch);
            _count++;
        }

        return watch;
    }

    /// <summary>A run over this message was committed.</summary>
    internal void Publish(JournaledMessage finished)
    {
        // Few sources ask, and every message passes here.
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        List<CompletionWatch>? watches;
        lock (_lock)
        {
            _watches.TryGetValue(finished.Id, out watches);
            watches = watches is null ? null : [.. watches];
        }

        watches?.ForEach(w => w.Finish(finished));
    }

    internal void Forget(CompletionWatch watch)
    {
        lock (_lock)
        {
            if (_watches.TryGetValue(watch.MessageId, out var watches) && watches.Remove(watch))
            {
                _count--;
                if (watches.Count == 0)
                {
                    _watches.Remove(watch.MessageId);
                }
            }
        }
    }
}

/// <summary>The wish to know how one message ends. Made by intake for a message that asks with <see cref="InboundMessage.WatchCompletion"/>.</summary>
public sealed class CompletionWatch : IDisposable
{
    private readonly MessageCompletions _owner;
    private readonly TaskCompletionSource<JournaledMessage> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal CompletionWatch(MessageCompletions owner, string messageId)
    {
        _owner = owner;
        MessageId = messageId;
    }

    public string MessageId { get; }

    /// <summary>The message as the end of its run was committed, its raw bytes aside. Never fails; may never complete.</summary>
    public Task<JournaledMessage> Finished => _finished.Task;

    public void Dispose() => _owner.Forget(this);

    internal void Finish(JournaledMessage message) => _finished.TrySetResult(message);
}
