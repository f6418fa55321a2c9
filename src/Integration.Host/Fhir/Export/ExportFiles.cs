using System.Text.Json;
using Integration.Core.Records.Search;

namespace Integration.Host.Fhir.Export;

/// <summary>Writes the NDJSON files of one export, one or more a type. Holds one open file a type and no resource. Not for many threads.</summary>
internal sealed class ExportFiles(ExportFolder folder, string job) : IAsyncDisposable
{
    /// <summary>A file of more lines is followed by another one, so that clients can fetch several at a time.</summary>
    private const long MaxLines = 500_000;

    /// <summary>Deletions of one Bundle.</summary>
    private const int BundleEntries = 100;

    private const int BufferBytes = 64 * 1024;

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    private readonly Dictionary<string, OpenFile> _open = new(StringComparer.Ordinal);
    private readonly List<ExportFile> _closed = [];
    private readonly List<string> _deletions = [];

    public async ValueTask WriteAsync(RecordResource resource, CancellationToken cancellationToken) =>
        await WriteAsync(resource.Type, isDeletions: false, ResourceWriter.ToJson(writer => ResourceWriter.Write(writer, resource)), cancellationToken);

    /// <param name="reference"><c>Type/id</c>.</param>
    public async ValueTask WriteDeletedAsync(string reference, CancellationToken cancellationToken)
    {
        _deletions.Add(reference);
        if (_deletions.Count == BundleEntries)
        {
            await FlushDeletionsAsync(cancellationToken);
        }
    }

    /// <summary>Ends all files.</summary>
    public async ValueTask<IReadOnlyList<ExportFile>> CloseAsync(CancellationToken cancellationToken)
    {
        await FlushDeletionsAsync(cancellationToken);
        foreach (var file in _open.Values)
        {
            await CloseAsync(file);
        }

        _open.Clear();
        return [.. _closed.OrderBy(file => file.IsDeletions).ThenBy(file => file.Name, StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in _open.Values)
        {
            await file.Content.DisposeAsync();
        }
    }

    private async ValueTask FlushDeletionsAsync(CancellationToken cancellationToken)
    {
        if (_deletions.Count > 0)
        {
            await WriteAsync("Bundle", isDeletions: true, ResourceWriter.ToJson(writer => WriteBundle(writer, _deletions)), cancellationToken);
            _deletions.Clear();
        }
    }

    // Bulk Data Access v2, "Response - Complete Status", deleted: transaction Bundles with a DELETE for each.
    private static void WriteBundle(Utf8JsonWriter writer, IReadOnlyList<string> deletions)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Bundle");
        writer.WriteString("type", "transaction");
        writer.WriteStartArray("entry");
        foreach (var reference in deletions)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("request");
            writer.WriteString("method", "DELETE");
            writer.WriteString("url", reference);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private async ValueTask WriteAsync(string type, bool isDeletions, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var key = isDeletions ? "deleted" : type;
        if (_open.TryGetValue(key, out var file) && file.Lines == MaxLines)
        {
            await CloseAsync(file);
            _open.Remove(key);
            file = null;
        }

        file ??= _open[key] = Create(key, type, isDeletions);
        await file.Content.WriteAsync(json, cancellationToken);
        await file.Content.WriteAsync(LineEnd, cancellationToken);
        file.Lines++;
    }

    private OpenFile Create(string key, string type, bool isDeletions)
    {
        var number = _closed.Count(file => file.Type == type && file.IsDeletions == isDeletions) + 1;
        var name = number == 1 ? $"{key}.ndjson" : $"{key}.{number}.ndjson";
        return new OpenFile(name, type, isDeletions, new FileStream(folder.PathOf(job, name), FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes));
    }

    private async ValueTask CloseAsync(OpenFile file)
    {
        await file.Content.DisposeAsync();
        _closed.Add(new ExportFile(file.Name, file.Type, file.Lines, file.IsDeletions));
    }

    private sealed record OpenFile(string Name, string Type, bool IsDeletions, FileStream Content)
    {
        public long Lines { get; set; }
    }
}
