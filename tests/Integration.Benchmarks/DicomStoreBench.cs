using System.Diagnostics;
using System.Globalization;
using Integration.Benchmarks.Load;
using Integration.Peers;

namespace Integration.Benchmarks;

/// <summary>C-STORE by dcmtk's <c>storescu</c> into the real process, which keeps the metadata durably, and into dcmtk's <c>storescp --ignore</c>, which keeps nothing.</summary>
internal static class DicomStoreBench
{
    private const int Instances = 2000;
    private const int Rounds = 2;
    private const string StoreScu = "/usr/bin/storescu";
    private const string StoreScp = "/usr/bin/storescp";

    public static void Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        if (!File.Exists(StoreScu) || !File.Exists(StoreScp))
        {
            Console.WriteLine("dicom-store needs dcmtk; as root: apt-get install dcmtk");
            return;
        }

        var folder = Path.Combine(RepositoryFolder.Path, "artifacts", $"dicom-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            for (var round = 0; round <= Rounds; round++)
            {
                Directory.CreateDirectory(Path.Combine(folder, Name(round)));
            }

            await MeasureAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string folder)
    {
        var (enginePort, peerPort) = (FreePort.Next(), FreePort.Next());
        var storage = new BenchStorage(Path.Combine(folder, "engine"), null);
        await using var engine = await EngineProcess.StartAsync(
            storage, CancellationToken.None, "--Feeds:pacs:Enabled=true", $"--Feeds:pacs:Listen=127.0.0.1:{Name(enginePort)}");
        using var peer = Process.Start(new ProcessStartInfo(StoreScp, ["--ignore", Name(peerPort)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            await SendAsync(folder, 0, 100, enginePort);   // warm-up; what comes again is known again, so that each round has instances of its own
            await SendAsync(folder, 0, 100, peerPort);
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = 1; round <= Rounds; round++)
            {
                ours.Add(await SendAsync(folder, round, Instances, enginePort));
                theirs.Add(await SendAsync(folder, round, Instances, peerPort));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"round {round}: engine {ours[^1]:N0}/s, storescp --ignore {theirs[^1]:N0}/s; peak memory of the engine so far {engine.PeakMemoryBytes / 1_000_000:N0} MB"));
                Directory.Delete(Path.Combine(folder, Name(round)), recursive: true);
            }

            ours.Sort();
            theirs.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"dicom-store: {Instances:N0} instances of 500 KB: engine {ours[0]:N0}/s in its slowest round, storescp --ignore {theirs[^1]:N0}/s in its fastest, ratio {ours[0] / theirs[^1]:0.00}"));
        }
        finally
        {
            peer.Kill();
            await peer.WaitForExitAsync();
        }
    }

    /// <returns>Instances a second.</returns>
    private static async Task<double> SendAsync(string folder, int round, int count, int port)
    {
        var files = Path.Combine(folder, Name(round));
        for (var number = 0; number < count && !File.Exists(Path.Combine(files, Name(count - 1))); number++)
        {
            await File.WriteAllBytesAsync(Path.Combine(files, Name(number)), DicomBench.MakeFile($"1.2.840.113619.2.55.{round}.{number}"));
        }

        var began = Stopwatch.GetTimestamp();
        using var sender = Process.Start(new ProcessStartInfo(StoreScu, ["-aec", "INTEGRATION", "-aet", "CT1", "127.0.0.1", Name(port), "+sd", files]) { RedirectStandardError = true })!;
        var said = await sender.StandardError.ReadToEndAsync();
        await sender.WaitForExitAsync();
        return sender.ExitCode == 0
            ? count / Stopwatch.GetElapsedTime(began).TotalSeconds
            : throw new InvalidOperationException($"storescu ended with {sender.ExitCode}: {said}");
    }

    private static string Name(int number) => number.ToString(CultureInfo.InvariantCulture);
}
