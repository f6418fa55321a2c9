using System.Diagnostics;

namespace Integration.SystemTests.Hl7v2;

/// <summary>Fifty senders at once, in every rhythm.</summary>
public sealed class ManySendersTests(ITestOutputHelper output)
{
    private const int Senders = 50;
    private const int Each = 1000;
    private const int ByteByByte = 20;   // of each sender's messages: the first ones

    [Fact]
    public async Task FiftySockets_ByteByByteAndInBurstsOfThree_EveryMessageIsStoredOnceAndAnsweredByItsId()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken);
        var began = Stopwatch.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(n => Task.Run(() => SendAsync(engine.MllpPort, n, cancellationToken))));
        var took = Stopwatch.GetElapsedTime(began);

        var counts = (await engine.GetJsonAsync("/api/v1/feeds", cancellationToken))["items"]!.AsArray().First()!["counts"]!.AsObject();
        Assert.Equal(Senders * Each, counts.Sum(c => (long)c.Value!));
        Assert.Equal(0, (long)counts["duplicate"]!);
        var stored = await engine.GetAllAsync("/api/v1/messages?limit=500", cancellationToken);
        Assert.Equal(Senders * Each, stored.Select(m => (string)m["controlId"]!).Distinct().Count());
        output.WriteLine($"{Senders * Each} messages from {Senders} senders in {took.TotalSeconds:0.0} s: {Senders * Each / took.TotalSeconds:0} a second");
    }

    private static async Task SendAsync(int port, int sender, CancellationToken cancellationToken)
    {
        using var client = await AcknowledgementTests.ConnectAsync(port);
        var ids = Enumerable.Range(0, Each).Select(i => $"F{sender:D2}-{i:D4}").ToList();
        var reading = SampleMessages.ReadFramesAsync(client, Each, cancellationToken);
        foreach (var id in ids.Take(ByteByByte))
        {
            foreach (var value in Frame(sender, id))
            {
                await client.WriteAsync(new[] { value }, cancellationToken);
            }
        }

        foreach (var burst in ids.Skip(ByteByByte).Chunk(3))
        {
            await client.WriteAsync(burst.SelectMany(id => Frame(sender, id)).ToArray(), cancellationToken);
        }

        Assert.Equal(ids.Select(id => $"AA {id}"), (await reading).Select(SampleMessages.Acknowledgement));
    }

    private static byte[] Frame(int sender, string id) => SampleMessages.Frame(SampleMessages.Admission(id, patient: $"K{sender:D4}"));
}
