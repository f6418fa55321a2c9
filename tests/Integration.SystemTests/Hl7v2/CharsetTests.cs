using System.Text;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.Hl7v2;

/// <summary>Names of every character set from the socket to the API.</summary>
public sealed class CharsetTests
{
    [Fact]
    public async Task Send_RareNamesInAnyCharset_ReachTheApiAsWritten()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken, "--Feeds:his:CharsetAliases:SITE-SET=GB18030");
        await using var sender = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromSeconds(30), cancellationToken);
        var gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        (string Label, Encoding Encoding, string Family, string Given)[] patients =
        [
            ("UNICODE UTF-8", Encoding.UTF8, "㛃", "𠮷"), ("GB 18030-2000", gb18030, "㛃", "𠮷"), ("gbk", gb18030, "玘", "瑋珇玕"), ("SITE-SET", gb18030, "欧阳", "𠮷玘"),
            ("UNICODE UTF-16", Encoding.Unicode, "王", "𠮷"),
            ("UNICODE UTF-8", gb18030, "张", "瑋"),   // mislabelled
        ];

        for (var i = 0; i < patients.Length; i++)
        {
            var (label, encoding, family, given) = patients[i];
            var ack = await sender.SendAsync(encoding.GetBytes(
                $"MSH|^~\\&|HIS|EAST|HUB|H|20240501101500||ADT^A01|N{i}|P|2.5.1||||||{label}\rEVN|A01|20240501\r"
                + $"PID|1||{9000 + i}^^^HIS^MR||{family}^{given}||19800517|F\rPV1|1|I\r"), cancellationToken);
            Assert.True(ack.IsAccepted, ack.Text);
        }

        await engine.DrainAsync(TimeSpan.FromSeconds(60), cancellationToken);

        for (var i = 0; i < patients.Length; i++)
        {
            var page = await engine.GetJsonAsync($"/api/v1/patients?identifier={9000 + i}", cancellationToken);
            Assert.Equal(patients[i].Family + patients[i].Given, (string)Assert.Single(page["items"]!.AsArray())!["name"]!);
        }

        var metrics = await engine.Api.GetStringAsync("/metrics", cancellationToken);
        Assert.Contains("integration_message_issues_total{feed=\"his\",issue=\"CharsetMismatch\"} 1\n", metrics);
    }
}
