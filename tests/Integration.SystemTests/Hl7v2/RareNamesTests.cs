using System.Text;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Hl7v2;

/// <summary>Names of four-byte GB18030 characters, one of them beyond the basic plane, from one socket to the other.</summary>
public sealed class RareNamesTests(MongoPeer mongo)
{
    private static readonly byte[] RareName = [0x82, 0x30, 0xB7, 0x31, (byte)'^', 0x95, 0x34, 0xB2, 0x35];   // 㛃^𠮷

    /// <summary>
    /// In in GB18030, shown by the API, out in GB18030 with the very bytes that came in. A receiver of code page 936, which lacks both characters, gets
    /// nothing of that patient, above all no question mark, but everything of the next one.
    /// </summary>
    [Fact]
    public Task RareName_InAndOutInGb18030_KeepsItsBytesAndIsNeverReplaced() => RunAsync(EngineStorage.Sqlite);

    /// <summary>The same with MongoDB between the two.</summary>
    [Fact]
    public Task RareName_InAndOutInGb18030ThroughMongo_KeepsItsBytesAndIsNeverReplaced() => RunAsync(EngineStorage.Mongo(mongo.NewDatabase()));

    private static async Task RunAsync(EngineStorage storage)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        using var crm = new MllpReceiver();
        using var old = new MllpReceiver();
        await using var engine = await EngineProcess.StartAsync(
            storage, data.Path, cancellationToken,
            [.. DeliveryWatch.Destination("crm", crm.Port, "GB 18030-2000"), .. DeliveryWatch.Destination("old", old.Port, "GBK")]);
        var rare = SampleMessages.Admission("R1", "GB 18030-2000", SampleMessages.Gb18030, name: "㛃^𠮷");
        Assert.Equal(RareName, rare.AsSpan(rare.AsSpan().IndexOf(RareName), RareName.Length).ToArray());

        await using (var his = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromSeconds(20), cancellationToken))
        {
            Assert.True((await his.SendAsync(rare, cancellationToken)).IsAccepted);
            Assert.True((await his.SendAsync(
                SampleMessages.Admission("R2", "GB 18030-2000", SampleMessages.Gb18030, patient: "K0002", name: "欧阳^玘"), cancellationToken)).IsAccepted);
        }

        await engine.DrainAsync(TimeSpan.FromSeconds(30), cancellationToken);
        var patient = Assert.Single((await engine.GetJsonAsync("/api/v1/patients?identifier=K0001", cancellationToken))["items"]!.AsArray());
        Assert.Equal("㛃𠮷", (string)patient!["name"]!);

        var sent = await engine.RestingAsync("crm", 2, cancellationToken);
        Assert.All(sent, d => Assert.Equal("done", (string)d["state"]!));
        Assert.Single(crm.Received, m => NameOf(m).AsSpan().StartsWith(RareName));

        var held = await engine.RestingAsync("old", 2, cancellationToken);
        var failed = Assert.Single(held, d => (string)d["state"]! == "failed");
        Assert.Equal(
            ("notBuilt", 7101, "PID-5[1].1", 0),
            ((string)failed["failure"]!, (int)failed["lastError"]!["code"]!, (string)failed["lastError"]!["place"]!, (int)failed["contentBytes"]!));
        Assert.Single(held, d => (string)d["state"]! == "done");
        var other = Assert.Single(old.Received);
        Assert.True(NameOf(other).AsSpan().StartsWith(SampleMessages.Gb18030.GetBytes("欧阳^玘")));
        Assert.DoesNotContain((byte)'?', crm.Received.Concat(old.Received).SelectMany(m => m));
    }

    /// <summary>The bytes of PID-5.</summary>
    private static byte[] NameOf(byte[] message) => Encoding.Latin1.GetBytes(MllpReceiver.FieldOf(message, "PID", 5));
}
