using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Dicom;

/// <summary>The archive Orthanc with its DICOMweb on 127.0.0.1, with a folder of its own. Stopped by its own process id.</summary>
internal sealed class Orthanc : IAsyncDisposable
{
    public const string AETitle = "ORTHANC";

    private const string Program = "/usr/sbin/Orthanc";
    private const string DicomWeb = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
    private const string StoreScu = "/usr/bin/storescu";

    private readonly TemporaryFolder _folder = new();
    private readonly int _webPort = FreePort.Next();
    private readonly HttpClient _rest;
    private PeerProgram? _server;

    private Orthanc() => _rest = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_webPort}/") };

    public int DicomPort { get; } = FreePort.Next();

    /// <summary>What it wrote since it was started last, every question with its level.</summary>
    public string Log => _server?.Output ?? "";

    public string DicomWebUrl => $"http://127.0.0.1:{_webPort}/dicom-web";

    /// <summary>Skips the test where the program is missing.</summary>
    public static async Task<Orthanc> StartNewAsync(CancellationToken cancellationToken)
    {
        PeerProgram.Need(Program, "orthanc");
        PeerProgram.Need(DicomWeb, "orthanc-dicomweb");
        PeerProgram.Need(StoreScu, "dcmtk");
        var orthanc = new Orthanc();
        var settings = Path.Combine(orthanc._folder.Path, "orthanc.json");
        await File.WriteAllTextAsync(settings, new JsonObject
        {
            ["Name"] = "peer",
            ["StorageDirectory"] = orthanc._folder.Path,
            ["IndexDirectory"] = orthanc._folder.Path,
            ["DicomAet"] = AETitle,
            ["DicomCheckCalledAet"] = true,
            ["DefaultEncoding"] = "Utf8",   // of its answers
            ["DicomPort"] = orthanc.DicomPort,
            ["HttpPort"] = orthanc._webPort,
            ["RemoteAccessAllowed"] = false,
            ["DicomAlwaysAllowEcho"] = true,
            ["DicomAlwaysAllowStore"] = true,
            ["DicomAlwaysAllowFind"] = true,
            ["DicomAlwaysAllowMove"] = true,
            ["DicomModalities"] = new JsonObject { ["engine"] = new JsonArray("INTEGRATION", "127.0.0.1", 104) },
            ["Plugins"] = new JsonArray(DicomWeb),
            ["DicomWeb"] = new JsonObject { ["Enable"] = true, ["Root"] = "/dicom-web/", ["EnableWado"] = false },
            ["StableAge"] = 1,
        }.ToJsonString(), cancellationToken);
        try
        {
            await orthanc.StartAsync(cancellationToken);
            return orthanc;
        }
        catch
        {
            await orthanc.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on what it has on disk.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) =>
        _server = await PeerProgram.StartAsync(Program, _webPort, cancellationToken, "--verbose", Path.Combine(_folder.Path, "orthanc.json"));

    /// <summary>Kills it.</summary>
    public async Task KillAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        _server = null;
    }

    /// <summary>Sends files to it by C-STORE.</summary>
    public async Task StoreAsync(string folder, CancellationToken cancellationToken)
    {
        var sent = await PeerProgram.RunAsync(
            StoreScu, cancellationToken, ["-aec", AETitle, "-aet", "CT1", "127.0.0.1", DicomPort.ToString(CultureInfo.InvariantCulture), .. Directory.GetFiles(folder, "*.dcm")]);
        Assert.True(sent.ExitCode == 0, sent.Output);
    }

    /// <summary>Puts a file into it, without an association.</summary>
    public async Task PutAsync(byte[] file, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(file);
        using var put = await _rest.PostAsync(new Uri("instances", UriKind.Relative), content, cancellationToken);
        put.EnsureSuccessStatusCode();
    }

    /// <summary>What it says of its studies by its own interface, with the tags of each study and its patient.</summary>
    public async Task<IReadOnlyList<JsonNode>> StudiesAsync(CancellationToken cancellationToken) =>
        (await _rest.GetFromJsonAsync<JsonNode[]>(new Uri("studies?expand", UriKind.Relative), cancellationToken))!;

    /// <summary>Makes it know a storage that it may ask for commitment.</summary>
    public async Task KnowAsync(string name, string title, int port, CancellationToken cancellationToken)
    {
        var modality = new JsonObject { ["AET"] = title, ["Host"] = "127.0.0.1", ["Port"] = port, ["AllowStorageCommitment"] = true };
        using var known = await _rest.PutAsJsonAsync(new Uri($"modalities/{name}", UriKind.Relative), modality, cancellationToken);
        known.EnsureSuccessStatusCode();
    }

    /// <summary>Asks such a storage to commit to an instance.</summary>
    /// <returns>The report, once it came.</returns>
    public async Task<JsonNode> CommitAsync(string name, string sopClassUid, string sopInstanceUid, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["DicomInstances"] = new JsonArray(new JsonObject { ["SOPClassUID"] = sopClassUid, ["SOPInstanceUID"] = sopInstanceUid }) };
        using var asked = await _rest.PostAsJsonAsync(new Uri($"modalities/{name}/storage-commitment", UriKind.Relative), request, cancellationToken);
        asked.EnsureSuccessStatusCode();
        var transaction = (string?)(await asked.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!["ID"];
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(100, cancellationToken))
        {
            var report = (await _rest.GetFromJsonAsync<JsonNode>(new Uri($"storage-commitment/{transaction}", UriKind.Relative), cancellationToken))!;
            if ((string?)report["Status"] != "Pending")
            {
                return report;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), report.ToJsonString());
        }
    }

    /// <summary>Sends all its studies by STOW-RS to a DICOMweb server that asks for a key.</summary>
    public async Task StowAsync(string url, string key, CancellationToken cancellationToken)
    {
        var server = new JsonObject { ["Url"] = url, ["HttpHeaders"] = new JsonObject { ["X-Api-Key"] = key } };
        using var known = await _rest.PutAsJsonAsync(new Uri("dicom-web/servers/engine", UriKind.Relative), server, cancellationToken);
        known.EnsureSuccessStatusCode();
        var studies = await _rest.GetFromJsonAsync<JsonNode>(new Uri("studies", UriKind.Relative), cancellationToken);
        using var sent = await _rest.PostAsJsonAsync(
            new Uri("dicom-web/servers/engine/stow", UriKind.Relative), new JsonObject { ["Resources"] = studies, ["Synchronous"] = true }, cancellationToken);
        Assert.True(sent.IsSuccessStatusCode, $"{await sent.Content.ReadAsStringAsync(cancellationToken)}\n{_server!.Output}");
    }

    /// <summary>Takes everything out of it.</summary>
    public async Task EmptyAsync(CancellationToken cancellationToken)
    {
        foreach (var id in (await _rest.GetFromJsonAsync<string[]>("studies", cancellationToken))!)
        {
            using var deleted = await _rest.DeleteAsync(new Uri($"studies/{id}", UriKind.Relative), cancellationToken);
            deleted.EnsureSuccessStatusCode();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _rest.Dispose();
        _folder.Dispose();
    }
}
