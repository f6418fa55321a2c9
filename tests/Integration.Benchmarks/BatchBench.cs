using Integration.Adapters.Hl7v2.Batches;

namespace Integration.Benchmarks;

/// <summary>Taking a file of 200 MB apart into its messages, with its checksum, as the pick-up of files does twice: megabytes a second of processor time.</summary>
internal static class BatchBench
{
    private const long FileBytes = 200_000_000;
    private const int MaxMessageBytes = 16 * 1024 * 1024;

    public static void Run()
    {
        var used = Environment.CpuUsage.TotalTime;
        using var file = new RepeatedMessage(Hl7Samples.Adt, FileBytes);
        using var reader = new Hl7BatchReader(file, MaxMessageBytes);
        while (true)
        {
            var next = reader.ReadAsync(CancellationToken.None);   // the stream is in memory: it never waits
            if (next.GetAwaiter().GetResult() is null)
            {
                break;
            }
        }

        var seconds = (Environment.CpuUsage.TotalTime - used).TotalSeconds;
        Console.WriteLine(
            $"{reader.Length / 1e6:N0} MB, {reader.Tally.Messages:N0} messages: {reader.Length / 1e6 / seconds:N0} MB/s, "
            + $"{reader.Tally.Messages / seconds:N0} messages/s on one core");
    }

    /// <summary>One message again and again, never in memory as a whole.</summary>
    private sealed class RepeatedMessage(byte[] message, long length) : MemoryStream
    {
        private long _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var from = (int)(_at % message.Length);
            var count = (int)Math.Min(Math.Min(buffer.Length, message.Length - from), length - _at);
            message.AsSpan(from, count).CopyTo(buffer.Span);
            _at += count;
            return ValueTask.FromResult(count);
        }
    }
}
