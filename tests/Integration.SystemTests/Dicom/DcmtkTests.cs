using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Dicom;

/// <summary>Dcmtk's programs send to the real engine.</summary>
public sealed class DcmtkTests
{
    private const string StoreScu = "/usr/bin/storescu";
    private const string EchoScu = "/usr/bin/echoscu";

    private const int SliceCount = 24;

    [Fact]
    public async Task Storescu_InEveryTransferSyntax_GivesOneStudy()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(StoreScu, "dcmtk");
        using var data = new TemporaryFolder();
        using var files = new TemporaryFolder();
        var port = FreePort.Next();
        await Slices.MakeAsync(files.Path, SliceCount, cancellationToken);
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, Feed(port));

        var echo = await PeerProgram.RunAsync(EchoScu, cancellationToken, "-aec", "INTEGRATION", "-aet", "CT1", "127.0.0.1", Text(port));
        var stranger = await PeerProgram.RunAsync(EchoScu, cancellationToken, "-aec", "INTEGRATION", "-aet", "STRANGER", "127.0.0.1", Text(port));
        var (first, second, third) = (Directory.GetFiles(files.Path, "1-*.dcm"), Directory.GetFiles(files.Path, "2-*.dcm"), Directory.GetFiles(files.Path, "3-*.dcm"));
        foreach (var (syntax, sent) in new[] { ("-xe", first), ("-xb", second), ("-xi", third), ("-xi", first) })
        {
            var stored = await PeerProgram.RunAsync(StoreScu, cancellationToken, [syntax, "-aec", "INTEGRATION", "-aet", "CT1", "127.0.0.1", Text(port), .. sent]);
            Assert.True(stored.ExitCode == 0, stored.Output);
        }

        var study = await StudyAsync(engine, SliceCount, cancellationToken);

        Assert.Equal(0, echo.ExitCode);
        Assert.NotEqual(0, stranger.ExitCode);
        Assert.Contains("Calling AE Title Not Recognized", stranger.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal([8, 8, 8], study["series"]!.AsArray().Select(series => (int)series!["numberOfInstances"]!));
        var patients = (await engine.GetJsonAsync("/fhir/Patient", cancellationToken))["entry"]!.AsArray();
        Assert.Equal("王小东", (string?)Assert.Single(patients)!["resource"]!["name"]![0]!["text"]);
        Assert.DoesNotContain("小东", engine.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_BehindTheAnswer_LosesNoInstance()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(StoreScu, "dcmtk");
        using var data = new TemporaryFolder();
        using var files = new TemporaryFolder();
        await Slices.MakeAsync(files.Path, SliceCount, cancellationToken);
        var port = FreePort.Next();
        await using (var engine = await EngineProcess.StartAsync(data.Path, "study-told:1", cancellationToken, Feed(port)))
        {
            var stored = await PeerProgram.RunAsync(StoreScu, cancellationToken, ["-aec", "INTEGRATION", "-aet", "CT1", "127.0.0.1", Text(port), .. Directory.GetFiles(files.Path)]);
            Assert.True(stored.ExitCode == 0, stored.Output);
            await engine.DiedAsync(TimeSpan.FromSeconds(30), cancellationToken);
        }

        await using var next = await EngineProcess.StartAsync(data.Path, cancellationToken, Feed(port));

        await StudyAsync(next, SliceCount, cancellationToken);
    }

    private static string[] Feed(int port) =>
    [
        "--Feeds:pacs:Enabled=true", $"--Feeds:pacs:Listen=127.0.0.1:{port}", "--Feeds:pacs:CallingAETitles:0=CT1", "--Feeds:pacs:StudyQuietTime=00:00:01",
    ];

    /// <summary>The one study in the record, once it has that many instances.</summary>
    private static async Task<JsonNode> StudyAsync(EngineProcess engine, int instances, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var found = (await engine.GetJsonAsync("/fhir/ImagingStudy", cancellationToken))["entry"]?.AsArray() ?? [];
            if (found is [{ } only] && (int)only["resource"]!["numberOfInstances"]! == instances)
            {
                return only["resource"]!;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"The study did not come: {found.Count} studies.\n{engine.Output}");
            await Task.Delay(50, cancellationToken);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
