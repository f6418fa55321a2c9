using System.Threading.Channels;

namespace Integration.Core.Intake;

/// <summary>Wakes the lane dispatcher when something new waits in the journal. Many wakes before it looks count as one.</summary>
public sealed class ArrivalSignal
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => _channel.Writer.TryWrite(true);

    /// <summary>Returns at the next <see cref="Set"/>, or at once if one came since the last wait.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _channel.Reader.ReadAsync(cancellationToken);
}
