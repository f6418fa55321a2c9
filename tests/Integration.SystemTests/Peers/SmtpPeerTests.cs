using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Tests.Webhook;
using Microsoft.AspNetCore.Http;

namespace Integration.SystemTests.Peers;

/// <summary>FEATURES row 196: mail to patients through an independent SMTP server (aiosmtpd), read by Python's own mail library.</summary>
public sealed class SmtpPeerTests
{
    private const string Python = "/usr/bin/python3";
    private const string Library = "/usr/lib/python3/dist-packages/aiosmtpd/__init__.py";
    private const string Password = "password of the tests";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Over STARTTLS with an account; the wrong account first, which loses nothing.</summary>
    [Fact]
    public async Task Mail_OverStartTlsWithAnAccount_ArrivesReadable()
    {
        PeerProgram.Need(Library, "python3-aiosmtpd");
        using var data = new TemporaryFolder();
        using var box = new TemporaryFolder();
        var (port, certificate) = (FreePort.Next(), Path.Combine(data.Path, "server.pem"));
        await FtpPeerTests.WriteCertificateAsync(certificate, Cancelled);
        await using var server = await StartAsync(port, box, "tls", certificate, "user", "crm", Password);
        string[] settings = [.. SettingsOf(port, MappingsAt(Path.Combine(data.Path, "mappings"), "[email]")), "--Destinations:mail:Smtp:Security=StartTls", $"--Destinations:mail:Tls:TrustedAuthorities={certificate}", "--Destinations:mail:Smtp:User=crm"];
        var folder = Path.Combine(data.Path, "engine");
        await using (var wrong = await EngineProcess.StartAsync(folder, Cancelled, [.. settings, "--Destinations:mail:Smtp:Password=another"]))
        {
            await BookAsync(wrong, 0, "wang.fang@example.org");
            await WaitAsync(wrong, async () => (await DeliveriesAsync(wrong)).Exists(d => d["lastError"]?.ToJsonString().Contains("SMTP 535 5.7.8", StringComparison.Ordinal) == true));
            Assert.Empty(Directory.GetFiles(box.Path));
            wrong.Kill();
        }

        await using var engine = await EngineProcess.StartAsync(folder, Cancelled, [.. settings, $"--Destinations:mail:Smtp:Password={Password}"]);
        await WaitAsync(engine, () => Task.FromResult(Directory.GetFiles(box.Path, "*.json").Length == 1));

        var mail = Assert.Single(Taken(box));
        var headers = mail["headers"]!;
        Assert.Equal(("noreply@hospital.example", "wang.fang@example.org", true, "crm"), ((string)mail["from"]!, (string)mail["to"]![0]!, (bool)mail["tls"]!, (string)mail["user"]!));
        Assert.Equal("东院 <noreply@hospital.example>", (string)headers["From"]!);
        Assert.StartsWith("东院：", (string)headers["Subject"]!, StringComparison.Ordinal);
        Assert.Contains("王㛃0女士您好，您已预约", (string)mail["text"]!, StringComparison.Ordinal);
        Assert.Equal("auto-generated", (string)headers["Auto-Submitted"]!);
        await WaitAsync(engine, async () => (await DeliveriesAsync(engine)).TrueForAll(d => (string)d["state"]! == "done"));
        Assert.DoesNotContain("wang.fang", engine.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, engine.Output, StringComparison.Ordinal);
    }

    /// <summary>What the server refuses for good goes as a text message; what it puts off comes by mail a little later.</summary>
    [Fact]
    public async Task Recipient_RefusedOrPutOff_GoesByTheNextChannelOrLater()
    {
        PeerProgram.Need(Library, "python3-aiosmtpd");
        using var data = new TemporaryFolder();
        using var box = new TemporaryFolder();
        await using var provider = await WebhookReceiver.StartAsync();
        provider.Answer = context => context.Response.WriteAsync("""{"code":0,"data":{"id":"sms-1"}}""");
        var port = FreePort.Next();
        await using var server = await StartAsync(port, box, "refuse", "gone@example.org", "later", "busy@example.org");
        await using var engine = await EngineProcess.StartAsync(
            Path.Combine(data.Path, "engine"), Cancelled,
            [
                .. SettingsOf(port, MappingsAt(Path.Combine(data.Path, "mappings"), "[email, sms]")).Where(s => !s.StartsWith("--Destinations:mail:Gateway=", StringComparison.Ordinal)),
                "--Destinations:mail:Gateway=generic-http", $"--Destinations:mail:Url={provider.Address.GetLeftPart(UriPartial.Authority)}",
                "--Destinations:mail:Secrets:apiKey=key-1", "--Destinations:mail:Secrets:callback=a-callback-token-of-the-tests",
            ]);
        await BookAsync(engine, 0, "gone@example.org");
        await BookAsync(engine, 1, "busy@example.org");

        await WaitAsync(engine, async () => await DeliveriesAsync(engine) is { Count: 2 } all && all.TrueForAll(d => (string)d["state"]! == "done"));

        Assert.Equal("busy@example.org", (string)Assert.Single(Taken(box))["to"]![0]!);
        Assert.Equal("13800000000", (string)JsonNode.Parse(Assert.Single(provider.Requests).Body)!["to"]!);
        var attempts = (await engine.GetAllAsync("/api/v1/follow-ups?rule=appointment-confirmation", Cancelled))
            .Select(work => string.Join(", ", work["attempts"]!.AsArray().Select(a => $"{a!["channel"]} {a["result"]} {a["note"]}".TrimEnd()))).Order(StringComparer.Ordinal);
        Assert.Equal(["email failed SMTP 550 5.1.1, sms sent", "email sent"], attempts);
        Assert.DoesNotContain("example.org", engine.Output, StringComparison.Ordinal);
    }

    /// <summary>The server takes the mail and dies before it answers: the mail comes again, and is known by its Message-ID.</summary>
    [Fact]
    public async Task Server_KilledWithTheMailInHand_GetsItAgainUnderTheSameId()
    {
        PeerProgram.Need(Library, "python3-aiosmtpd");
        using var data = new TemporaryFolder();
        using var box = new TemporaryFolder();
        var port = FreePort.Next();
        await using var dying = await StartAsync(port, box, "die");
        await using var engine = await EngineProcess.StartAsync(
            Path.Combine(data.Path, "engine"), Cancelled, SettingsOf(port, MappingsAt(Path.Combine(data.Path, "mappings"), "[email]")));
        await BookAsync(engine, 0, "wang@example.org");
        await WaitAsync(engine, async () => Taken(box).Count == 1 && (await DeliveriesAsync(engine)).Exists(d => (int)d["attempts"]! > 0));
        Assert.Equal("waiting", (string)Assert.Single(await DeliveriesAsync(engine))["state"]!);

        await using var server = await StartAsync(port, box);
        await WaitAsync(engine, async () => (await DeliveriesAsync(engine)).TrueForAll(d => (string)d["state"]! == "done"));

        var mails = Taken(box);
        Assert.Equal(2, mails.Count);
        Assert.Single(mails.Select(mail => (string)mail["headers"]!["Message-ID"]!).Distinct());
        Assert.Single(mails.Select(mail => (string)mail["text"]!).Distinct());
    }

    private static Task<PeerProgram> StartAsync(int port, TemporaryFolder box, params string[] more) => PeerProgram.StartAsync(
        Python, port, Cancelled, [Path.Combine(RepositoryRoot.Path, "tests", "Integration.SystemTests", "Peers", "smtp_server.py"), $"{port}", box.Path, .. more]);

    private static List<JsonNode> Taken(TemporaryFolder box) => [.. Directory.GetFiles(box.Path, "*.json").Order(StringComparer.Ordinal).Select(file => JsonNode.Parse(File.ReadAllText(file))!)];

    private static string[] SettingsOf(int port, string mappings) =>
    [
        "--Destinations:mail:Adapter=Gateway.Smtp", "--Destinations:mail:Gateway=mail", "--Destinations:mail:Events=followUp.due", "--Destinations:mail:Sandbox=false", "--Destinations:mail:Parallel=1",
        "--Destinations:mail:Smtp:Host=127.0.0.1", $"--Destinations:mail:Smtp:Port={port}", "--Destinations:mail:Smtp:Security=None", "--Destinations:mail:Smtp:From=noreply@hospital.example",
        "--Destinations:mail:Smtp:FromName=东院", "--Destinations:mail:Retry:First=00:00:00.050", "--Destinations:mail:Retry:Max=00:00:00.200", "--Destinations:mail:CircuitBreaker:Pause=00:00:00.100",
        "--Messaging:Hospital=东院", "--FollowUps:Sweep=00:00:01", "--FollowUps:ContactHours=00:00-23:59", "--Engine:TimeZone=UTC", $"--Engine:MappingsFolder={mappings}",
    ];

    /// <summary>The shipped mappings with a confirmation that goes by mail at any hour, and a provider of text messages that writes mail too.</summary>
    private static string MappingsAt(string copy, string channels)
    {
        var source = Path.Combine(RepositoryRoot.Path, "mappings");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var rule = Path.Combine(copy, "follow-ups", "appointment-confirmation.yaml");
        File.WriteAllText(rule, File.ReadAllText(rule).Replace("window: 07:00-22:00\n", "", StringComparison.Ordinal).Replace("[wechat, sms]", channels, StringComparison.Ordinal));
        if (channels.Contains("sms", StringComparison.Ordinal))
        {
            var gateway = Path.Combine(copy, "gateways", "generic-http.yaml");
            File.WriteAllText(gateway, File.ReadAllText(gateway).Replace("channels:\n", "channels:\n  email: { address: email }\n", StringComparison.Ordinal));
        }

        return copy;
    }

    private static async Task BookAsync(EngineProcess engine, int patient, string mail)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (stamp, start) = (now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture), now.AddDays(9).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture));
        await using var sender = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromSeconds(10), Cancelled);
        var message = $"MSH|^~\\&|HIS|EAST|||{stamp}+0000||SIU^S12|G{patient}|P|2.5.1||||||UNICODE UTF-8\rSCH|YY{patient}|YY{patient}|||||||30|MIN|^^^{start}+0000\r"
            + $"PID|1||G{patient}^^^HIS^MR||王^㛃{patient}||19800203|F|||||1380000000{patient}~^NET^Internet^{mail}\rAIS|1||0301^心内科门诊|{start}+0000\r";
        Assert.True((await sender.SendAsync(Encoding.UTF8.GetBytes(message), Cancelled)).IsAccepted);
        await engine.DrainAsync(TimeSpan.FromSeconds(30), Cancelled);
    }

    private static async Task<List<JsonNode>> DeliveriesAsync(EngineProcess engine) => [.. await engine.GetAllAsync("/api/v1/deliveries?destination=mail", Cancelled)];

    private static async Task WaitAsync(EngineProcess engine, Func<Task<bool>> isTrue)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await isTrue())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"It did not come about:\n{engine.Output}");
            await Task.Delay(100, Cancelled);
        }
    }
}
