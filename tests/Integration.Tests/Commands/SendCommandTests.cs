using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Integration.Core.Security;
using Integration.Host.Commands;
using Integration.Tests.Hl7v2;
using Integration.Tests.Samples;

namespace Integration.Tests.Commands;

public sealed class SendCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("send-").FullName;

    [Fact]
    public async Task Send_EverythingAccepted_PrintsALineEachAndEndsWith0()
    {
        await using var receiver = new FakeReceiver(FakeReceiver.Accept);

        var (exitCode, output, error) = await SendAsync(receiver, Path.Combine(SampleFiles.Messages, "01-adt-a01-utf8.hl7"), Path.Combine(SampleFiles.Messages, "03-oru-r01.hl7"));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"^AA  MSG00001      ADT\^A01 +\d+ ms  .*01-adt-a01-utf8\.hl7$", output[0]);
        Assert.Matches(@"^AA  MSG00003      ORU\^R01 +\d+ ms  .*03-oru-r01\.hl7$", output[1]);
        Assert.Matches(@"^2 messages: 2 accepted, 0 refused, \d+\.\d s$", output[2]);
    }

    [Fact]
    public async Task Send_Gb18030_ArrivesByteForByte()
    {
        await using var receiver = new FakeReceiver(FakeReceiver.Accept);
        var file = Path.Combine(SampleFiles.Messages, "02-adt-a01-gb18030.hl7");

        var (exitCode, _, _) = await SendAsync(receiver, file);

        Assert.Equal(0, exitCode);
        Assert.Equal(await File.ReadAllBytesAsync(file), Assert.Single(receiver.Received));
    }

    [Fact]
    public async Task Send_Folder_GoesInOrdinalOrderOfPathsThroughSubfolders()
    {
        foreach (var name in (string[])["b/1.hl7", "a/2.hl7", "a/10.hl7", "B/0.hl7", "a/notes.txt"])
        {
            Write(name, $"MSH|^~\\&|S|||||||{name}|P|2.5.1\rPID|1\r");
        }

        await using var receiver = new FakeReceiver(FakeReceiver.Accept);

        var (exitCode, _, _) = await SendAsync(receiver, _folder);

        Assert.Equal(0, exitCode);
        Assert.Equal(["B/0.hl7", "a/10.hl7", "a/2.hl7", "b/1.hl7"], receiver.Received.Select(m => FakeReceiver.ControlIdOf(System.Text.Encoding.UTF8.GetString(m))));
    }

    [Fact]
    public async Task Send_Refused_ShowsTheReasonStopsAndEndsWith1()
    {
        await using var receiver = new FakeReceiver(m => FakeReceiver.Ack("AE", m, "PID-3 is missing"));

        var (exitCode, output, errors) = await SendAsync(receiver, SampleFiles.Messages);

        Assert.Equal(1, exitCode);
        Assert.Contains("files not sent: 6. With --keep-going they are.", string.Join('\n', errors), StringComparison.Ordinal);
        Assert.StartsWith("AE  MSG00001", output[0], StringComparison.Ordinal);
        Assert.Equal("    PID-3 is missing", output[1]);
        Assert.Single(receiver.Received);
    }

    [Fact]
    public async Task Send_RefusedWithKeepGoing_SendsTheRest()
    {
        await using var receiver = new FakeReceiver(m => m.Contains("ORU", StringComparison.Ordinal) ? FakeReceiver.Ack("AR", m, "no") : FakeReceiver.Accept(m));

        var (exitCode, output, _) = await SendAsync(receiver, SampleFiles.Messages, "--keep-going");

        Assert.Equal(1, exitCode);
        Assert.Equal(9, receiver.Received.Count);
        Assert.StartsWith("9 messages: 8 accepted, 1 refused", output[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Json_IsOneObjectALine()
    {
        await using var receiver = new FakeReceiver(FakeReceiver.Accept);

        var (_, output, _) = await SendAsync(receiver, Path.Combine(SampleFiles.Messages, "01-adt-a01-utf8.hl7"), "--json");

        using var message = JsonDocument.Parse(output[0]);
        using var summary = JsonDocument.Parse(output[1]);
        Assert.Equal("AA", message.RootElement.GetProperty("code").GetString());
        Assert.Equal("MSG00001", message.RootElement.GetProperty("controlId").GetString());
        Assert.True(message.RootElement.GetProperty("accepted").GetBoolean());
        Assert.Equal(1, summary.RootElement.GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task Send_NobodyListens_SaysWhatToDoAndEndsWith3()
    {
        var (exitCode, output, error) = await RunAsync(["send", SampleFiles.Messages, "--to", $"127.0.0.1:{UnusedPort()}"]);

        Assert.Equal(3, exitCode);
        Assert.Empty(output);
        Assert.Matches(@"^Nobody listens on 127\.0\.0\.1:\d+\. Start the engine .*--to host:port\.\n$", error);
    }

    [Fact]
    public async Task Send_ConnectionBreaks_SaysHowFarItCameAndEndsWith3()
    {
        await using var receiver = new FakeReceiver(m => m.Contains("MSG00003", StringComparison.Ordinal) ? null : FakeReceiver.Accept(m));

        var (exitCode, _, error) = await SendAsync(receiver, SampleFiles.Messages);

        Assert.Equal(3, exitCode);
        Assert.Contains("03-oru-r01.hl7", error, StringComparison.Ordinal);
        Assert.Contains("Accepted before: 2.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_AnswerToAnotherMessage_TimesOutAndEndsWith3()
    {
        await using var receiver = new FakeReceiver(_ => "MSH|^~\\&|I||S||20260316||ACK|1|P|2.5.1\rMSA|AA|ANOTHER\r");

        var (exitCode, _, error) = await SendAsync(receiver, Path.Combine(SampleFiles.Messages, "03-oru-r01.hl7"), "--timeout", "0.2");

        Assert.Equal(3, exitCode);
        Assert.Contains("No acknowledgement for message 'MSG00003' within 0.2 s.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-file.hl7", "127.0.0.1:2575", "There is no such file or folder.")]
    [InlineData(".", "127.0.0.1:2575", "The folder holds no *.hl7 file.")]
    [InlineData(".", "2575", "--to: write host and port")]
    [InlineData(".", "::1:2575", "--to: write host and port")]
    [InlineData(".", "host:0", "--to: write host and port")]
    public async Task Send_ArgumentsWithoutSense_EndWith2(string file, string to, string expected)
    {
        var (exitCode, _, error) = await RunAsync(["send", Path.Combine(_folder, file), "--to", to]);

        Assert.Equal(2, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--certificate hub.pem --authorities authority.pem", 0, "")]
    [InlineData("--authorities authority.pem", 3, "does not take ours")]
    [InlineData("--tls --certificate hub.pem", 3, "Its certificate is not trusted")]
    [InlineData("--certificate authority.pem", 2, "--certificate, --authorities: A file cannot be used")]
    [InlineData("--certificate nowhere.pem", 2, "nowhere.pem")]
    public async Task Send_OverTls_TrustsAndIsTrustedOrSaysWhyNot(string options, int expected, string reason)
    {
        using var certificates = new TestCertificates();
        certificates.PemFile("hub", TimeSpan.FromDays(9));
        await using var receiver = await AdapterHost.StartAsync(new()
        {
            Tls = new()
            {
                CertificateFile = certificates.PemFile("server", TimeSpan.FromDays(365)),
                ClientCertificates = ClientCertificates.Required,
                TrustedAuthoritiesFile = certificates.AuthorityFile,
            },
        });

        var (exitCode, _, error) = await RunAsync(
        [
            "send", Path.Combine(SampleFiles.Messages, "03-oru-r01.hl7"), "--to", $"127.0.0.1:{receiver.Port}",
            .. options.Split(' ').Select(o => o.EndsWith(".pem", StringComparison.Ordinal) ? Path.Combine(certificates.Folder, o) : o),
        ]);

        Assert.Equal(expected, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(expected == 0 ? 1 : 0, receiver.Intake.Messages.Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static Task<(int ExitCode, string[] Output, string Error)> SendAsync(FakeReceiver receiver, params string[] arguments) =>
        RunAsync(["send", .. arguments, "--to", receiver.Address]);

    private static async Task<(int ExitCode, string[] Output, string Error)> RunAsync(string[] arguments)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var exitCode = await CommandLine.RunAsync(arguments, new InvocationConfiguration { Output = output, Error = error });
        return (exitCode, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), error.ToString());
    }

    private static int UnusedPort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
