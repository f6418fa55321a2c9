using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Dicom;

/// <summary>The real engine asks dcmtk's worklist server what is scheduled.</summary>
public sealed class WorklistPeerTests
{
    private const string WorklistServer = "/usr/bin/wlmscpfs";
    private const string Dump2Dcm = "/usr/bin/dump2dcm";

    [Fact]
    public async Task Worklist_OfDcmtk_IsInTheRecordAndMovesWithItsEntries()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(WorklistServer, "dcmtk");
        using var data = new TemporaryFolder();
        using var lists = new TemporaryFolder();
        var list = Directory.CreateDirectory(Path.Combine(lists.Path, "RIS")).FullName;
        await File.WriteAllTextAsync(Path.Combine(list, "lockfile"), "", cancellationToken);
        var today = DateTime.UtcNow.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        await WriteAsync(list, 1, today, "233000", cancellationToken);
        await WriteAsync(list, 2, today, "234500", cancellationToken);
        await WriteAsync(list, 3, DateTime.UtcNow.AddDays(90).ToString("yyyyMMdd", CultureInfo.InvariantCulture), "080000", cancellationToken);   // later than is asked for
        var port = FreePort.Next();
        await using var server = await PeerProgram.StartAsync(WorklistServer, port, cancellationToken, "--keep-char-set", "-dfp", lists.Path, port.ToString(CultureInfo.InvariantCulture));
        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken,
            "--Feeds:worklist:Adapter=Dicom.Worklist", $"--Feeds:worklist:Connect=127.0.0.1:{port}", "--Feeds:worklist:CalledAETitle=RIS", "--Feeds:worklist:Poll=00:00:01",
            "--Feeds:worklist:AssigningAuthority=HIS");

        var first = await AppointmentsAsync(engine, found => found.Count == 2, cancellationToken);
        await WriteAsync(list, 2, today, "235500", cancellationToken);
        var moved = await AppointmentsAsync(engine, found => found.Any(a => ((string?)a["start"])!.Contains("T23:55:00", StringComparison.Ordinal)), cancellationToken);

        Assert.All(first, appointment => Assert.Equal(("booked", "胸部平扫"), ((string?)appointment["status"], (string?)appointment["description"])));
        Assert.Equal(first.Select(a => (string?)a["id"]).Order(), moved.Select(a => (string?)a["id"]).Order());
        var patients = (await engine.GetJsonAsync("/fhir/Patient", cancellationToken))["entry"]!.AsArray();
        Assert.Equal("王小东", (string?)Assert.Single(patients)!["resource"]!["name"]![0]!["text"]);
        Assert.Equal(3, (await engine.GetAllAsync("/api/v1/messages?feed=worklist", cancellationToken)).Count);   // each entry once, and the one that moved again
        Assert.DoesNotContain("小东", engine.Output, StringComparison.Ordinal);
    }

    private static async Task WriteAsync(string list, int number, string date, string time, CancellationToken cancellationToken)
    {
        var text = Path.Combine(list, "entry.txt");
        await File.WriteAllTextAsync(text, $"""
            (0008,0005) CS [GB18030]
            (0008,0050) SH [ACC{number}]
            (0010,0010) PN [Wang^XiaoDong=王^小东]
            (0010,0020) LO [P1]
            (0010,0030) DA [19800102]
            (0010,0040) CS [M]
            (0020,000d) UI [1.2.3.{number}]
            (0032,1060) LO [胸部平扫]
            (0040,0100) SQ
            (fffe,e000) na
            (0008,0060) CS [CT]
            (0040,0001) AE [CT1]
            (0040,0002) DA [{date}]
            (0040,0003) TM [{time}]
            (0040,0006) PN [Zhao^Min]
            (0040,0007) LO [胸部平扫]
            (0040,0009) SH [SPS{number}]
            (fffe,e00d) na
            (fffe,e0dd) na
            (0040,1001) SH [RP{number}]
            """, CodePagesEncodingProvider.Instance.GetEncoding(54936)!, cancellationToken);
        var made = Path.Combine(list, "entry.new");
        var run = await PeerProgram.RunAsync(Dump2Dcm, cancellationToken, text, made);
        Assert.True(run.ExitCode == 0, run.Output);
        File.Move(made, Path.Combine(list, $"entry{number}.wl"), overwrite: true);
        File.Delete(text);
    }

    private static async Task<IReadOnlyList<JsonNode>> AppointmentsAsync(EngineProcess engine, Func<IReadOnlyList<JsonNode>, bool> condition, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(100, cancellationToken))
        {
            var found = ((await engine.GetJsonAsync("/fhir/Appointment", cancellationToken))["entry"]?.AsArray() ?? []).Select(entry => entry!["resource"]!).ToList();
            if (condition(found))
            {
                return found;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"It did not come: {string.Join('\n', found.Select(a => a.ToJsonString()))}\n{engine.Output}");
        }
    }
}
