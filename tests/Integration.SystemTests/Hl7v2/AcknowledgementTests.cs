using System.Net.Sockets;
using System.Text;

namespace Integration.SystemTests.Hl7v2;

/// <summary>Acknowledgements of the whole engine, seen from a socket.</summary>
public sealed class AcknowledgementTests
{
    [Fact]
    public async Task EnhancedMode_DoneAndFailedMessages_AreAnsweredAtCommitAndAtTheEnd()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken);
        using var client = await ConnectAsync(engine.MllpPort);

        var good = SampleMessages.Admission("E1", acknowledge: "AL|AL");
        var nobody = SampleMessages.Admission("E2", acknowledge: "AL|ER", patient: "");
        await client.WriteAsync(SampleMessages.Frame(good), cancellationToken);
        var ofGood = await SampleMessages.ReadFramesAsync(client, 2, cancellationToken);
        await client.WriteAsync(SampleMessages.Frame(nobody), cancellationToken);
        var ofNobody = await SampleMessages.ReadFramesAsync(client, 2, cancellationToken);
        var noType = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(SampleMessages.Admission("E3", acknowledge: "AL|AL")).Replace("ADT^A01^ADT_A01", "", StringComparison.Ordinal));
        await client.WriteAsync(SampleMessages.Frame(noType), cancellationToken);
        var ofNoType = await SampleMessages.ReadFramesAsync(client, 1, cancellationToken);
        await client.WriteAsync(SampleMessages.Frame(good), cancellationToken);
        var again = await SampleMessages.ReadFramesAsync(client, 2, cancellationToken);

        Assert.Equal(["CA E1", "AA E1"], ofGood.Select(SampleMessages.Acknowledgement));
        Assert.Equal(["CA E2", "AE E2"], ofNobody.Select(SampleMessages.Acknowledgement));
        Assert.Contains("\rERR||PID^1^3^1|101^", Encoding.UTF8.GetString(ofNobody[1]));
        Assert.Equal(["CR E3"], ofNoType.Select(SampleMessages.Acknowledgement));
        Assert.Contains("\rERR||MSH^1^9^1|101^", Encoding.UTF8.GetString(ofNoType[0]));
        Assert.Equal(["CA E1", "AA E1"], again.Select(SampleMessages.Acknowledgement));   // a duplicate hears how the first copy ended
    }

    [Fact]
    public async Task LowDisk_IsAnsweredARUntilThereIsRoom_AndTheFeedShowsIt()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using (var full = await EngineProcess.StartAsync(data.Path, cancellationToken, "--Storage:MinFreeMb=2000000000"))
        {
            using var client = await ConnectAsync(full.MllpPort);
            await client.WriteAsync(SampleMessages.Frame(SampleMessages.Admission("D1")), cancellationToken);
            var answer = Assert.Single(await SampleMessages.ReadFramesAsync(client, 1, cancellationToken));
            var feed = (await full.GetJsonAsync("/api/v1/feeds", cancellationToken))["items"]!.AsArray().First()!;

            Assert.Equal("AR D1", SampleMessages.Acknowledgement(answer));
            Assert.Contains("Low disk", Encoding.UTF8.GetString(answer));
            Assert.Equal("lowDisk", (string?)feed["state"]);
            Assert.StartsWith("Low disk", (string?)feed["problem"]);
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await full.Api.GetAsync("/health/ready", cancellationToken)).StatusCode);
        }

        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken);
        using var again = await ConnectAsync(engine.MllpPort);
        await again.WriteAsync(SampleMessages.Frame(SampleMessages.Admission("D1")), cancellationToken);
        Assert.Equal("AA D1", SampleMessages.Acknowledgement(Assert.Single(await SampleMessages.ReadFramesAsync(again, 1, cancellationToken))));
        Assert.Single(await engine.GetAllAsync("/api/v1/messages?limit=50", cancellationToken));
    }

    internal static async Task<NetworkStream> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port);
        return new(socket, ownsSocket: true);
    }
}
