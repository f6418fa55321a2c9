using Integration.Adapters.Hl7v2.Batches;

namespace Integration.Tests.Hl7v2.Batches;

/// <summary>Runs while no other test does, since it measures the memory of the whole process.</summary>
[Collection(nameof(Hl7BatchMemoryTests))]
[CollectionDefinition(nameof(Hl7BatchMemoryTests), DisableParallelization = true)]
public sealed class Hl7BatchMemoryTests
{
    /// <summary>A file of 200 MB is read with the memory of its longest message, whatever the file's length.</summary>
    [Fact]
    public async Task Read_FileOf200Megabytes_NeedsTheMemoryOfOneMessage()
    {
        const long Total = 200_000_000;
        var message = Hl7.Bytes($"MSH|^~\\&|HIS\rOBX|1|TX|||{new string('x', 20_000)}\r");
        await using var file = new EndlessFile(message, Total);
        using var reader = new Hl7BatchReader(file, 1024 * 1024);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        var count = 0;

        while (await reader.ReadAsync(CancellationToken.None) is { } part)
        {
            Assert.IsType<Hl7BatchPart.Message>(part);
            if (++count % 2000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal((Total + message.Length - 1) / message.Length, count);
        Assert.True(most < 8_000_000, $"{most:N0} bytes were held.");
    }

    /// <summary>The same message again and again, never in memory as a whole.</summary>
    private sealed class EndlessFile(byte[] message, long total) : MemoryStream
    {
        private readonly long _end = (total + message.Length - 1) / message.Length * message.Length;
        private long _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var from = (int)(_at % message.Length);
            var count = (int)Math.Min(Math.Min(buffer.Length, message.Length - from), _end - _at);
            message.AsSpan(from, count).CopyTo(buffer.Span);
            _at += count;
            return ValueTask.FromResult(count);
        }
    }
}
