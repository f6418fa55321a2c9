using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Integration.SystemTests.Peers;
using Integration.Tests.Hl7v2;

namespace Integration.SystemTests.Dicom;

/// <summary>Dcmtk's programs send to the real engine.</summary>
public sealed class DcmtkTests
{
    private const string StoreScu = "/usr/bin/storescu";
    private const string EchoScu = "/usr/bin/echoscu";
    private const string FindScu = "/usr/bin/findscu";
    private const string MoveScu = "/usr/bin/movescu";
    private const string Img2Dcm = "/usr/bin/img2dcm";

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

    /// <summary>What img2dcm makes of a picture lies in an archive, where findscu finds it, and movescu has it sent to the engine by C-STORE.</summary>
    [Fact]
    public async Task Movescu_OfAnArchive_BringsWhatImg2dcmMade()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(Img2Dcm, "dcmtk");
        using var data = new TemporaryFolder();
        using var files = new TemporaryFolder();
        var port = FreePort.Next();
        await using var orthanc = await Orthanc.StartNewAsync(cancellationToken);
        await orthanc.KnowAsync("engine", "INTEGRATION", port, cancellationToken);
        var picture = Path.Combine(files.Path, "picture.bmp");
        await File.WriteAllBytesAsync(picture, Bitmap(), cancellationToken);
        var made = await PeerProgram.RunAsync(
            Img2Dcm, cancellationToken, "-i", "BMP", "-k", "PatientID=P1", "-k", "PatientName=Wang^XiaoDong", "-k", "StudyInstanceUID=1.2.9.7", "-k", "StudyDate=20260301",
            "-k", "StudyDescription=Photo", picture, Path.Combine(files.Path, "picture.dcm"));
        Assert.True(made.ExitCode == 0, made.Output);
        await orthanc.StoreAsync(files.Path, cancellationToken);
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, Feed(port, Orthanc.AETitle));
        string[] archive = ["-S", "-aec", Orthanc.AETitle, "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.9.7"];

        var found = await PeerProgram.RunAsync(FindScu, cancellationToken, [.. archive, "-k", "StudyDescription", "127.0.0.1", Text(orthanc.DicomPort)]);
        var moved = await PeerProgram.RunAsync(MoveScu, cancellationToken, [.. archive, "-aem", "INTEGRATION", "127.0.0.1", Text(orthanc.DicomPort)]);

        Assert.Contains("[Photo]", found.Output.Replace(" ]", "]", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(moved.ExitCode == 0, moved.Output);
        var study = await StudyAsync(engine, 1, cancellationToken);
        Assert.Equal("Photo", (string?)study["description"]);
        Assert.Equal("urn:oid:1.2.9.7", (string?)study["identifier"]![0]!["value"]);
    }

    /// <summary>DICOM PS3.15 §B.1: TLS, both sides with certificates.</summary>
    [Fact]
    public async Task Storescu_OverTls_IsTakenWithACertificateThatIsTrusted()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(StoreScu, "dcmtk");
        using var data = new TemporaryFolder();
        using var files = new TemporaryFolder();
        using var certificates = new TestCertificates();
        var port = FreePort.Next();
        await Slices.MakeAsync(files.Path, 3, cancellationToken);
        var own = certificates.PemFile("scanner", TimeSpan.FromDays(100));
        var stranger = certificates.PemFile("stranger", certificates.Issue("stranger", TimeSpan.FromDays(100), byStranger: true));
        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, [
            .. Feed(port), $"--Feeds:pacs:Tls:Certificate={certificates.PemFile("server", TimeSpan.FromDays(100))}",
            "--Feeds:pacs:Tls:ClientCertificates=required", $"--Feeds:pacs:Tls:TrustedAuthorities={certificates.AuthorityFile}"]);

        var plain = await PeerProgram.RunAsync(EchoScu, cancellationToken, "-to", "5", "-ta", "5", "-aec", "INTEGRATION", "-aet", "CT1", "127.0.0.1", Text(port));
        var unknown = await PeerProgram.RunAsync(
            EchoScu, cancellationToken, "+tls", stranger, stranger, "+cf", certificates.AuthorityFile, "-aec", "INTEGRATION", "-aet", "CT1", "127.0.0.1", Text(port));
        var stored = await PeerProgram.RunAsync(StoreScu, cancellationToken, [
            "+tls", own, own, "+cf", certificates.AuthorityFile, "-aec", "INTEGRATION", "-aet", "CT1", "127.0.0.1", Text(port), .. Directory.GetFiles(files.Path, "*.dcm")]);

        Assert.NotEqual(0, plain.ExitCode);
        Assert.NotEqual(0, unknown.ExitCode);
        Assert.True(stored.ExitCode == 0, stored.Output);
        await StudyAsync(engine, 3, cancellationToken);
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

    private static string[] Feed(int port, string sender = "CT1") =>
    [
        "--Feeds:pacs:Enabled=true", $"--Feeds:pacs:Listen=127.0.0.1:{port}", $"--Feeds:pacs:CallingAETitles:0={sender}", "--Feeds:pacs:StudyQuietTime=00:00:01",
    ];

    /// <summary>A grey picture of four by four, 24 bits a pixel.</summary>
    private static byte[] Bitmap()
    {
        const int Head = 54;
        const int Pixels = 4 * 4 * 3;
        var file = new byte[Head + Pixels];
        file.AsSpan(Head).Fill(0x80);
        "BM"u8.CopyTo(file);
        foreach (var (at, value) in new[] { (2, Head + Pixels), (10, Head), (14, 40), (18, 4), (22, 4), (26, 1 | (24 << 16)), (34, Pixels) })
        {
            BitConverter.TryWriteBytes(file.AsSpan(at), value);
        }

        return file;
    }

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
