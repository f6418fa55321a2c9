using System.IO.Pipelines;
using System.Text;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.Tests.Hl7v2;

public sealed class MllpFrameReaderTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    /// <summary>Reads a stream that comes in packets of this size; what was found, in words.</summary>
    private static async Task<(List<string> Found, long Skipped)> ReadAsync(byte[] stream, Func<int> packetSize, int maxMessageBytes = 1000)
    {
        using var reader = new MllpFrameReader(PipeReader.Create(new PacketStream(stream, packetSize)), maxMessageBytes, Long, CancellationToken.None);
        var found = new List<string>();
        while (true)
        {
            var result = await reader.ReadAsync();
            found.Add(result switch
            {
                MllpReadResult.Frame frame => $"<{Encoding.Latin1.GetString(frame.Message.Span)}>",
                MllpReadResult.Incomplete incomplete => $"incomplete {incomplete.Bytes}",
                MllpReadResult.TooLong tooLong => $"too long {Encoding.Latin1.GetString(tooLong.Beginning)[..3]}",
                _ => result.GetType().Name,
            });
            if (result is not MllpReadResult.Frame)
            {
                return (found, reader.SkippedBytes);
            }
        }
    }

    [Theory]
    [InlineData("", "Closed", 0)]
    [InlineData("\vA\x1c\r", "<A> Closed", 0)]
    [InlineData("\v\x1c\r", "<> Closed", 0)]
    [InlineData("\vA\x1c\r\vB\x1c\r\n\vC\x1c\r", "<A> <B> <C> Closed", 0)]
    [InlineData("junk\vA\x1c\rmore\r\n\vB\x1c\r!", "<A> <B> Closed", 9)]
    [InlineData("\vA\u001cB\u001c\u001c\r", "<A\u001cB\u001c> Closed", 0)]
    [InlineData("\vA\x1c\n\x1c\r", "<A\x1c\n> Closed", 0)]
    [InlineData("\vA\rB\r\x1c\r", "<A\rB\r> Closed", 0)]
    [InlineData("\vA\vB\x1c\r", "<A\vB> Closed", 0)]
    [InlineData("\vA", "incomplete 1", 0)]
    [InlineData("\vA\x1c", "incomplete 1", 0)]
    [InlineData("\v", "incomplete 0", 0)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "Closed", 14)]
    public async Task ReadAsync_Stream_FindsTheSameInPacketsOfAnySize(string stream, string expected, long skipped)
    {
        foreach (var size in (int[])[1, 2, 3, 5, 4096])
        {
            var (found, skippedHere) = await ReadAsync(Encoding.Latin1.GetBytes(stream), () => size);

            Assert.Equal(expected, string.Join(' ', found));
            Assert.Equal(skipped, skippedHere);
        }
    }

    [Theory]
    [InlineData(64 * 1024 - 1)]
    [InlineData(1024 * 1024 - 1)]
    [InlineData(1024 * 1024)]
    [InlineData(3 * 1024 * 1024 + 17)]
    public async Task ReadAsync_LongMessages_ComeOutAsTheyWentIn(int length)
    {
        var message = new byte[length];
        new Random(length).NextBytes(message);
        message.AsSpan().Replace((byte)0x1C, (byte)'x');
        var random = new Random(1);

        var (found, _) = await ReadAsync([.. MllpFraming.Wrap(message), .. MllpFraming.Wrap("B"u8), .. MllpFraming.Wrap(message)], () => random.Next(1, 9000), 4_000_000);

        var expected = $"<{Encoding.Latin1.GetString(message)}>";
        Assert.True(found.SequenceEqual([expected, "<B>", expected, "Closed"]));
    }

    [Theory]
    [InlineData(1000, "<")]
    [InlineData(1001, "t")]
    [InlineData(900_000, "t")]
    public async Task ReadAsync_MessageAroundTheLimit_IsTakenUpToIt(int length, string expected)
    {
        byte[] stream = [0x0B, .. Enumerable.Repeat((byte)'x', length), 0x1C, 0x0D];

        foreach (var size in (int[])[7, 4096])
        {
            var (found, _) = await ReadAsync(stream, () => size);

            Assert.StartsWith(expected, found[0]);
            Assert.Equal(expected == "<" ? length + 2 : "too long xxx".Length, found[0].Length);
        }
    }

    [Fact]
    public async Task ReadAsync_GbkAndUtf8_AreFramedByTheirEnds()
    {
        byte[] stream = [0x0B, .. Hl7.Gb18030.GetBytes("瑋㛃𠮷"), 0x1C, 0x0D, 0x0B, .. "瑋㛃𠮷"u8, 0x1C, 0x0D];

        var (found, _) = await ReadAsync(stream, () => 3);

        Assert.Equal("瑋㛃𠮷", Hl7.Gb18030.GetString(Encoding.Latin1.GetBytes(found[0][1..^1])));
        Assert.Equal("瑋㛃𠮷", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(found[1][1..^1])));
    }

    [Fact]
    public async Task ReadAsync_SixteenMegabytesInSmallPackets_TakesEveryByteOnce()
    {
        const int Length = 16 * 1024 * 1024;
        byte[] stream = [0x0B, .. Enumerable.Repeat((byte)0x1C, Length), 0x1C, 0x0D];

        var (found, _) = await ReadAsync(stream, () => 1460, Length);

        Assert.Equal(Length + 2, found[0].Length);
    }

    [Fact]
    public async Task ReadAsync_NothingComes_IsIdle()
    {
        var pipe = new Pipe();
        using var reader = new MllpFrameReader(pipe.Reader, 100, TimeSpan.FromMilliseconds(30), CancellationToken.None);
        await pipe.Writer.WriteAsync("\vhalf"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.IsType<MllpReadResult.Idle>(await reader.ReadAsync());
    }

    [Fact]
    public async Task ReadAsync_Stopped_Throws()
    {
        using var stop = new CancellationTokenSource();
        using var reader = new MllpFrameReader(new Pipe().Reader, 100, Long, stop.Token);
        var reading = reader.ReadAsync().AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task ReadAsync_MutatedStreams_AgreesWithASimpleReader()
    {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var stream = new byte[random.Next(40)];
            for (var j = 0; j < stream.Length; j++)
            {
                stream[j] = "\v\v\x1c\x1c\r\rab\n\xff"u8[random.Next(10)];
            }

            var (found, _) = await ReadAsync(stream, () => random.Next(1, 6));

            Assert.True(Simple(stream).SequenceEqual(found), $"Iteration {i}: {Convert.ToHexString(stream)} gave {string.Join(' ', found)}");
        }
    }

    /// <summary>The same rules, written the slow way over the whole stream.</summary>
    private static IEnumerable<string> Simple(byte[] stream)
    {
        var rest = Encoding.Latin1.GetString(stream);
        while (rest.IndexOf('\v') is >= 0 and var start)
        {
            rest = rest[(start + 1)..];
            var end = rest.IndexOf("\x1c\r", StringComparison.Ordinal);
            if (end < 0)
            {
                yield return $"incomplete {rest.Length - (rest.EndsWith('\x1c') ? 1 : 0)}";
                yield break;
            }

            yield return $"<{rest[..end]}>";
            rest = rest[(end + 2)..];
        }

        yield return "Closed";
    }

    private sealed class PacketStream(byte[] bytes, Func<int> packetSize) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, packetSize())], cancellationToken);
    }
}
