namespace Integration.Core.Intake;

/// <summary>
/// Bounds the bytes of messages that all connections of the process together hold and that are not journaled yet. At the bound a connection
/// that wants more waits, which slows its sender down; none fails.
/// </summary>
/// <remarks>
/// A connection may hold <see cref="FreeBytes"/> without asking, so that small messages never wait. When the bound is reached by messages that
/// are all still arriving, nothing would ever be given back: then one of them may pass the bound, so that at most one message more is held.
/// Safe for many threads.
/// </remarks>
/// <param name="maxBytes">Held beyond the free bytes of each connection.</param>
public sealed class IntakeBudget(long maxBytes)
{
    public const int FreeBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<(Share Share, long Bytes, TaskCompletionSource Turn)> _waiting = [];
    private long _held;
    private long _arrived;
    private Share? _passing;

    /// <summary>Bytes held now beyond the free ones.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>Connections that wait for their turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>The share of one connection. Dispose it with the connection.</summary>
    public Share Open() => new(this);

    private void Serve()
    {
        while (_waiting.First is { } first)
        {
            var (share, bytes, turn) = first.Value;
            if (!TryTake(share, bytes))
            {
                return;
            }

            _waiting.RemoveFirst();
            turn.SetResult();
        }
    }

    private bool TryTake(Share share, long bytes)
    {
        if (_held + bytes > maxBytes && _passing != share)
        {
            if (_passing is not null || _arrived > 0)
            {
                return false;
            }

            _passing = share;
        }

        _held += bytes;
        return true;
    }

    /// <summary>What one connection holds. Its reading side calls <see cref="GrowAsync"/> and <see cref="Arrived"/>.</summary>
    public sealed class Share : IDisposable
    {
        private readonly IntakeBudget _budget;
        private long _total;      // all bytes of the connection
        private long _arriving;   // of them, those of the message that is still coming
        private long _counted;    // of them, those beyond the free ones
        private bool _isClosed;

        internal Share(IntakeBudget budget) => _budget = budget;

        /// <summary>The message that is coming has grown to so many bytes. Returns when there is room for them.</summary>
        public async ValueTask GrowAsync(long bytes, CancellationToken cancellationToken)
        {
            LinkedListNode<(Share, long, TaskCompletionSource)> node;
            lock (_budget._lock)
            {
                _total += bytes - _arriving;
                _arriving = bytes;
                var more = Math.Max(0, _total - FreeBytes) - _counted;
                if (more <= 0)
                {
                    return;
                }

                _counted += more;
                var mayGoFirst = _budget._passing == this || _budget._waiting.Count == 0;
                if (mayGoFirst && _budget.TryTake(this, more))
                {
                    return;
                }

                node = _budget._waiting.AddLast((this, more, new(TaskCreationOptions.RunContinuationsAsynchronously)));
                _budget.Serve();
            }

            await WaitAsync(node, cancellationToken);
        }

        /// <summary>The message has come whole, in so many bytes, and is on its way to the journal. <see cref="GiveBack"/> them when it is there.</summary>
        public void Arrived(long bytes)
        {
            lock (_budget._lock)
            {
                // Its last packet was not asked for: it is small, and the message can be journaled now.
                _total += bytes - _arriving;
                _arriving = 0;
                var more = Math.Max(0, Math.Max(0, _total - FreeBytes) - _counted);
                _counted += more;
                _budget._held += more;
                _budget._arrived += bytes;
                StopPassing();
            }
        }

        /// <summary>So many bytes of arrived messages are held no more.</summary>
        public void GiveBack(long bytes)
        {
            lock (_budget._lock)
            {
                _budget._arrived -= bytes;
                Release(bytes);
            }
        }

        /// <summary>Gives back what had not arrived whole.</summary>
        public void Dispose()
        {
            lock (_budget._lock)
            {
                if (!_isClosed)
                {
                    _isClosed = true;
                    var bytes = _arriving;
                    _arriving = 0;
                    StopPassing();
                    Release(bytes);
                }
            }
        }

        private async ValueTask WaitAsync(LinkedListNode<(Share Share, long Bytes, TaskCompletionSource Turn)> node, CancellationToken cancellationToken)
        {
            try
            {
                await node.Value.Turn.Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                lock (_budget._lock)
                {
                    if (!node.Value.Turn.Task.IsCompleted)
                    {
                        // The connection ends: counted as taken, so that it is given back with the rest.
                        _budget._waiting.Remove(node);
                        _budget._held += node.Value.Bytes;
                    }
                }

                throw;
            }
        }

        private void StopPassing()
        {
            if (_budget._passing == this)
            {
                _budget._passing = null;
            }
        }

        private void Release(long bytes)
        {
            _total -= bytes;
            var counted = Math.Max(0, _total - FreeBytes);
            _budget._held -= _counted - Math.Min(_counted, counted);
            _counted = Math.Min(_counted, counted);
            _budget.Serve();
        }
    }
}
