using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Dicom;

/// <summary>Devices that we did not write tell the real engine of examinations, and ask whether they may delete their pictures.</summary>
public sealed class DevicePeerTests
{
    [Fact]
    public async Task DcmjsDimse_TellsAnExam_AndIsToldThatItsPicturesAreNotKept()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        Peer.RequireNode("dcmjs-dimse");
        using var data = new TemporaryFolder();
        var (steps, store) = (FreePort.Next(), FreePort.Next());
        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken,
            "--Feeds:exams:Enabled=true", $"--Feeds:exams:Listen=127.0.0.1:{Text(steps)}", "--Feeds:pacs:Enabled=true", $"--Feeds:pacs:Listen=127.0.0.1:{Text(store)}");

        await using var device = Peer.StartNode("node-dimse-device.cjs", Text(steps), Text(store));
        var told = new List<string>();
        while (told.Count < 4)
        {
            told.Add(await device.ReadLineAsync(cancellationToken));
        }

        Assert.Equal(["begin 0000", "end 0000", "commit 0000", "report 2 1.2.99 1.2.3.4.1.1=274"], told);   // 0112H
        var exam = await ExamAsync(engine, "completed", cancellationToken);
        Assert.Equal("胸部平扫", (string?)exam["code"]!["text"]);
        Assert.Equal("ACC1", (string?)exam["basedOn"]![0]!["identifier"]!["value"]);
        Assert.Equal("Min Zhao", (string?)exam["performer"]![0]!["actor"]!["display"]);
        Assert.DoesNotContain("小东", engine.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_BehindTheAnswers_LosesNoExam()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        Peer.RequireNode("dcmjs-dimse");
        using var data = new TemporaryFolder();
        var port = FreePort.Next();
        string[] feed = ["--Feeds:exams:Enabled=true", $"--Feeds:exams:Listen=127.0.0.1:{Text(port)}"];
        var answers = new List<string>();
        foreach (var part in new[] { "begin", "end", "end" })
        {
            await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, feed);
            await using var device = Peer.StartNode("node-dimse-device.cjs", Text(port), "0", part);
            answers.Add(await device.ReadLineAsync(cancellationToken));
            engine.Kill();
        }

        await using var last = await EngineProcess.StartAsync(data.Path, cancellationToken, feed);
        var exam = await ExamAsync(last, "completed", cancellationToken);

        Assert.Equal(["begin 0000", "end 0000", "end 0110"], answers);   // what ended stays ended
        Assert.Equal("ACC1", (string?)exam["basedOn"]![0]!["identifier"]!["value"]);
    }

    [Fact]
    public async Task Orthanc_AsksForCommitment_AndIsToldThatTheInstanceIsNotHere()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var orthanc = await Orthanc.StartNewAsync(cancellationToken);
        var store = FreePort.Next();
        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken, "--Feeds:pacs:Enabled=true", $"--Feeds:pacs:Listen=127.0.0.1:{Text(store)}",
            $"--Feeds:pacs:CommitmentPeers:{Orthanc.AETitle}=127.0.0.1:{Text(orthanc.DicomPort)}");
        await orthanc.KnowAsync("keeper", "INTEGRATION", store, cancellationToken);

        var report = await orthanc.CommitAsync("keeper", "1.2.840.10008.5.1.4.1.1.2", "1.2.3.4.1.1", cancellationToken);

        Assert.Equal("Failure", (string?)report["Status"]);
        var failure = Assert.Single(report["Failures"]!.AsArray())!;
        Assert.Equal("1.2.3.4.1.1", (string?)failure["SOPInstanceUID"]);
        Assert.Equal(0x0112, (int)failure["FailureReason"]!);
        Assert.Empty(report["Success"]?.AsArray() ?? []);
    }

    private static async Task<JsonNode> ExamAsync(EngineProcess engine, string status, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(50, cancellationToken))
        {
            var found = (await engine.GetJsonAsync("/fhir/Procedure", cancellationToken))["entry"]?.AsArray() ?? [];
            if (found is [{ } only] && (string?)only["resource"]!["status"] == status)
            {
                return only["resource"]!;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"The examination did not come: {found.Count}.\n{engine.Output}");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
