using System.Net;
using System.Text;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Hl7v2;

/// <summary>Independent programs on the other end of MLLP, Chinese content included.</summary>
public sealed class MllpPeerTests
{
    // Node has no GB18030: "latin1" carries its bytes through unchanged, as a sender does that knows nothing of character sets.
    [Theory]
    [InlineData("utf8", "UNICODE UTF-8", 65001)]
    [InlineData("latin1", "GB18030", 54936)]
    public async Task NodeHl7Client_SendsToOurServer_EveryMessageIsAnsweredAndReadable(string nodeEncoding, string charset, int codePage)
    {
        Peer.RequireNode("node-hl7-client");
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken);
        var encoding = codePage == 65001 ? Encoding.UTF8 : SampleMessages.Gb18030;
        await using var client = Peer.StartNode("node-hl7-send.cjs", $"{engine.MllpPort}", nodeEncoding);

        await client.GiveAsync(Enumerable.Range(0, 3).Select(i => SampleMessages.Admission($"N{i}", charset, encoding)));
        var answers = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add(SampleMessages.Acknowledgement(await client.ReadBytesAsync(cancellationToken)));
        }

        Assert.Equal(["AA N0", "AA N1", "AA N2"], answers.Order());
        await AssertPatientAsync(engine, cancellationToken);
    }

    [Theory]
    [InlineData("utf-8", "UNICODE UTF-8", 65001)]
    [InlineData("gb18030", "GB 18030-2000", 54936)]
    public async Task PythonHl7_SendsToOurServer_EveryMessageIsAnsweredAndReadable(string pythonEncoding, string charset, int codePage)
    {
        Peer.Require("/usr/lib/python3/dist-packages/hl7", "apt-get install python3-hl7");
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken);
        var encoding = codePage == 65001 ? Encoding.UTF8 : SampleMessages.Gb18030;
        await using var client = Peer.StartPython("python_hl7_send.py", $"{engine.MllpPort}", pythonEncoding);

        await client.GiveAsync(SampleMessages.Admission("P1", charset, encoding), SampleMessages.Admission("P2", charset, encoding, name: "㛃^𠮷"));

        Assert.Equal("AA P1", SampleMessages.Acknowledgement((await client.ReadBytesAsync(cancellationToken))[1..^2]));
        Assert.Equal("AA P2", SampleMessages.Acknowledgement((await client.ReadBytesAsync(cancellationToken))[1..^2]));
        await AssertPatientAsync(engine, cancellationToken, name: "㛃𠮷");
    }

    [Fact]
    public async Task NodeHl7Server_PushesToOurClientMode_TakesOurAcknowledgement()
    {
        Peer.RequireNode("node-hl7-server");
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var port = FreePort.Next();
        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken, "--Feeds:his:Listen=", $"--Feeds:his:Connect=127.0.0.1:{port}", "--Feeds:his:MaxReconnectDelay=00:00:01");
        Assert.Equal("connecting", (string?)(await FeedAsync(engine, cancellationToken))["link"]!["state"]);

        // The sender that we connect to is started after us, and found unaided.
        await using var server = Peer.StartNode(
            "node-hl7-receive.cjs", $"{port}", "latin1",
            Convert.ToBase64String(SampleMessages.Admission("S1", "GB18030", SampleMessages.Gb18030)));
        Assert.Equal("listening", await server.ReadLineAsync(cancellationToken));

        Assert.Equal("AA S1", SampleMessages.Acknowledgement(await server.ReadBytesAsync(cancellationToken)));
        var feed = await FeedAsync(engine, cancellationToken);
        Assert.Equal(("connected", 1), ((string?)feed["link"]!["state"], (int)feed["connections"]!));
        await AssertPatientAsync(engine, cancellationToken);
    }

    [Fact]
    public async Task NodeHl7Server_TakesFromOurSender_AnswersWithOurControlId()
    {
        Peer.RequireNode("node-hl7-server");
        var cancellationToken = TestContext.Current.CancellationToken;
        var port = FreePort.Next();
        await using var server = Peer.StartNode("node-hl7-receive.cjs", $"{port}", "latin1");
        Assert.Equal("listening", await server.ReadLineAsync(cancellationToken));
        var message = SampleMessages.Admission("M1", "GB18030", SampleMessages.Gb18030);

        await using var sender = await MllpSender.ConnectAsync(IPAddress.Loopback.ToString(), port, TimeSpan.FromSeconds(20), cancellationToken);
        var ack = await sender.SendAsync(message, cancellationToken);

        Assert.Equal((AcknowledgmentCode.AA, "M1"), (ack.Code, ack.ControlId));
        Assert.Equal(message, await server.ReadBytesAsync(cancellationToken));
    }

    private static async Task<System.Text.Json.Nodes.JsonNode> FeedAsync(EngineProcess engine, CancellationToken cancellationToken) =>
        (await engine.GetJsonAsync("/api/v1/feeds", cancellationToken))["items"]!.AsArray().Single(f => (string)f!["name"]! == "his")!;

    private static async Task AssertPatientAsync(EngineProcess engine, CancellationToken cancellationToken, string name = "欧阳玘")
    {
        await engine.DrainAsync(TimeSpan.FromSeconds(30), cancellationToken);
        var patient = Assert.Single((await engine.GetJsonAsync("/api/v1/patients?identifier=K0001", cancellationToken))["items"]!.AsArray());
        Assert.Equal(name, (string?)patient!["name"]);
    }
}
