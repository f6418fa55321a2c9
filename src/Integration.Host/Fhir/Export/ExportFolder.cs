using System.Text.Json;

namespace Integration.Host.Fhir.Export;

/// <summary>Where exports lie: a folder each, with its files and <c>job.json</c>, for the engine's user only. Safe for many threads as long as each export has one writer.</summary>
/// <param name="path">Absolute. Made when the first export is asked for.</param>
internal sealed class ExportFolder(string path)
{
    private const string JobFile = "job.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string PathOf(string job, string file) => Path.Combine(path, job, file);

    /// <summary>The exports of earlier lives of the process. A folder without a readable <c>job.json</c> was cut off before anybody heard of it, and is removed.</summary>
    public IReadOnlyList<ExportJob> Load()
    {
        if (!Directory.Exists(path))
        {
            return [];
        }

        var jobs = new List<ExportJob>();
        foreach (var folder in Directory.EnumerateDirectories(path))
        {
            if (Read(Path.Combine(folder, JobFile)) is { } job && job.Id == Path.GetFileName(folder))
            {
                jobs.Add(job);
            }
            else
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return jobs;
    }

    /// <summary>Writes it down as a whole or not at all.</summary>
    public void Save(ExportJob job)
    {
        CreateFolder(path);
        CreateFolder(Path.Combine(path, job.Id));
        var file = PathOf(job.Id, JobFile);
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(job, Json));
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Removes what an export that was cut off has written.</summary>
    public void Clear(string job)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(path, job), "*.ndjson"))
        {
            File.Delete(file);
        }
    }

    public void Delete(string job)
    {
        if (Directory.Exists(Path.Combine(path, job)))
        {
            Directory.Delete(Path.Combine(path, job), recursive: true);
        }
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }

    private static ExportJob? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ExportJob>(File.ReadAllBytes(file), Json);
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null;
        }
    }
}
