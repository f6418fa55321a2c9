using System.Security.Cryptography;
using System.Text;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.Hl7v2;

/// <summary>A document of 50 MB in OBX-5 goes through the real program without filling its memory.</summary>
public sealed class LargeDocumentTests(ITestOutputHelper output)
{
    private const int DocumentBytes = 38 * 1024 * 1024;   // 50.7 MB as base64
    private const long MostMemoryKb = 300 * 1024;

    [Fact]
    public async Task Send_FiftyMegabytePdf_IsKeptBesideTheRecordIn300Megabytes()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, "--Feeds:his:MaxMessageBytes=67108864");
        var before = engine.PeakMemoryKb;
        var pdf = Pdf();
        var raw = Report(pdf);

        await using var sender = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromMinutes(2), cancellationToken);
        var ack = await sender.SendAsync(raw, cancellationToken);
        await engine.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);

        Assert.True(ack.IsAccepted, ack.Text);
        var peak = engine.PeakMemoryKb;
        var message = (await engine.GetAllAsync("/api/v1/messages?limit=10", cancellationToken)).Single();
        var details = await engine.GetJsonAsync($"/api/v1/messages/{(string)message["id"]!}", cancellationToken);
        output.WriteLine($"message {raw.Length:N0} bytes, peak memory {peak:N0} KB, after start {before:N0} KB, {details["stages"]!.ToJsonString()}");
        Assert.Equal("done", (string)message["state"]!);
        Assert.True(peak < MostMemoryKb, $"Peak memory was {peak:N0} KB.");

        // The record holds a reference; the content is what was sent.
        var id = Convert.ToHexStringLower(SHA256.HashData(pdf));
        var timeline = await engine.GetJsonAsync($"/api/v1/patients/{(string)message["patientId"]!}/resources?type=DocumentReference", cancellationToken);
        Assert.Contains($"Binary/{id}", timeline.ToJsonString());
        Assert.Contains($"Binary/{id}", (string)details["text"]!);
        Assert.Null(details["raw"]);
        Assert.Equal(pdf, await engine.Api.GetByteArrayAsync($"/api/v1/attachments/{id}", cancellationToken));
        Assert.Equal(raw, await engine.Api.GetByteArrayAsync($"/api/v1/messages/{(string)message["id"]!}/raw", cancellationToken));
    }

    private static byte[] Report(byte[] pdf) => Encoding.UTF8.GetBytes(
        "MSH|^~\\&|RIS|EAST|HUB|H|20240501101500||MDM^T02|LONG1|P|2.5.1||||||UNICODE UTF-8\rEVN|T02|20240501101500\rPID|1||P1^^^EAST^MR||欧阳^娜娜\r"
        + "TXA|1|CT^Chest CT^L|AP|20240501100000||||||||D1^RIS|||||AU\rOBX|1|ED|RPT^Report^L||RIS^application^PDF^Base64^"
        + Convert.ToBase64String(pdf) + "||||||F\r");

    private static byte[] Pdf()
    {
        var content = new byte[DocumentBytes];
        new Random(50).NextBytes(content);
        "%PDF-1.7\n"u8.CopyTo(content);
        return content;
    }
}
