using System.Text;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.SystemTests.Hl7v2;

namespace Integration.SystemTests.Peers;

/// <summary>A destination whose receiver is somebody else's program: an admission comes in, and it is told of the patient.</summary>
public sealed class DestinationPeerTests
{
    // Node has no GB18030: "latin1" hands its bytes on as they came, and the test reads them.
    [Theory]
    [InlineData("utf8", "UNICODE UTF-8", 65001)]
    [InlineData("latin1", "GB 18030-2000", 54936)]
    public async Task NodeHl7Server_IsTheDestination_TakesTheNameAndItsAnswerEndsTheDelivery(string nodeEncoding, string charset, int codePage)
    {
        Peer.RequireNode("node-hl7-server");
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var port = FreePort.Next();
        await using var receiver = Peer.StartNode("node-hl7-receive.cjs", $"{port}", nodeEncoding);
        Assert.Equal("listening", await receiver.ReadLineAsync(cancellationToken));
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, DeliveryWatch.Destination("crm", port, charset));

        await AdmitAsync(engine, cancellationToken);

        var encoding = codePage == 65001 ? Encoding.UTF8 : SampleMessages.Gb18030;
        var segments = encoding.GetString(await receiver.ReadBytesAsync(cancellationToken)).Split('\r');
        var header = segments[0].Split('|');
        Assert.Equal(("ADT^A08^ADT_A01", charset), (header[8], header[17]));
        Assert.StartsWith("欧阳^玘", segments.Single(s => s.StartsWith("PID|", StringComparison.Ordinal)).Split('|')[5], StringComparison.Ordinal);
        await AssertDoneAsync(engine, header[9], cancellationToken);
    }

    [Theory]
    [InlineData("utf-8", "UNICODE UTF-8")]
    [InlineData("gb18030", "GB 18030-2000")]
    public async Task PythonHl7_IsTheDestination_ReadsTheName(string pythonEncoding, string charset)
    {
        Peer.Require("/usr/lib/python3/dist-packages/hl7/mllp", "apt-get install python3-hl7");
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var port = FreePort.Next();
        await using var receiver = Peer.StartPython("python_hl7_receive.py", $"{port}", pythonEncoding);
        Assert.Equal("listening", await receiver.ReadLineAsync(cancellationToken));
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, DeliveryWatch.Destination("crm", port, charset));

        await AdmitAsync(engine, cancellationToken, name: "㛃^𠮷");

        Assert.StartsWith("㛃^𠮷", Encoding.UTF8.GetString(await receiver.ReadBytesAsync(cancellationToken)), StringComparison.Ordinal);
        await AssertDoneAsync(engine, controlId: null, cancellationToken);
    }

    private static async Task AdmitAsync(EngineProcess engine, CancellationToken cancellationToken, string name = "欧阳^玘")
    {
        await using var his = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromSeconds(20), cancellationToken);
        Assert.True((await his.SendAsync(SampleMessages.Admission("A1", name: name), cancellationToken)).IsAccepted);
    }

    /// <summary>One delivery, sent once: an answer to another MSH-10 would have left it waiting.</summary>
    private static async Task AssertDoneAsync(EngineProcess engine, string? controlId, CancellationToken cancellationToken)
    {
        var delivery = Assert.Single(await engine.RestingAsync("crm", 1, cancellationToken));
        Assert.Equal(("done", 1), ((string)delivery["state"]!, (int)delivery["attempts"]!));
        Assert.Equal(controlId ?? (string)delivery["controlId"]!, (string)delivery["controlId"]!);
        var destination = Assert.Single((await engine.GetJsonAsync("/api/v1/destinations", cancellationToken))["items"]!.AsArray())!;
        Assert.Equal((1L, 0L, "closed"), ((long)destination["counts"]!["done"]!, (long)destination["counts"]!["waiting"]!, (string)destination["circuit"]!));
    }
}
