using System.IO.Compression;
using System.Text.Json;
using Integration.Core.Mapping.Steps;
using Integration.Core.Storage;

namespace Integration.Core.Mapping.Versions;

/// <summary>Numbers mappings and keeps their files. Safe for many threads.</summary>
/// <param name="steps">The site's own, which run behind earlier mappings too; null: none.</param>
public sealed class MappingVersionStore(IDocumentStore store, TimeProvider clock, MappingSteps? steps = null)
{
    private static readonly DocumentField Number = Collections.MappingVersions.Field("number");
    private static readonly DocumentField Versions = Collections.MappingVersions.Field("versions");

    // Replays with earlier mappings are of one version as a rule.
    private volatile Compiled? _compiled;

    /// <summary>Notes that these mappings are put in use.</summary>
    /// <returns>Their document; one that was there already keeps its number.</returns>
    public async ValueTask<MappingVersionDocument> KeepAsync(MappingFiles files, IMapper mapper, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await store.GetAsync(Collections.MappingVersions, files.Hash, withPayload: false, cancellationToken) is { } stored)
            {
                return Collections.MappingVersions.Read(stored);
            }

            var (newest, _) = await ListAsync(1, after: null, cancellationToken);
            var document = new MappingVersionDocument
            {
                Id = files.Hash,
                Number = (newest.Count == 0 ? 0 : newest[0].Number) + 1,
                First = clock.GetUtcNow(),
                Versions = [.. files.Sites.Select(mapper.VersionOf).Append(mapper.Version).Distinct(StringComparer.Ordinal)],
                FileCount = files.Files.Count,
                Files = Pack(files),
            };
            var batch = new WriteBatch();
            batch.Add(Collections.MappingVersions.Put(document, expectedVersion: 0, withPayload: true));
            if (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is CommitResult.Committed)
            {
                return document;
            }
        }
    }

    /// <summary>Mappings that were in use, the newest first.</summary>
    /// <param name="limit">1 to 500.</param>
    public async ValueTask<(IReadOnlyList<MappingVersionDocument> Versions, string? Next)> ListAsync(int limit, string? after, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.MappingVersions) { OrderBy = [new DocumentSort(Number, Descending: true)], Limit = limit, After = after }, cancellationToken);
        return ([.. page.Documents.Select(Collections.MappingVersions.Read)], page.Next);
    }

    /// <summary>The files of the newest mappings that have this version, as messages name it; null when none have.</summary>
    public ValueTask<MappingFiles?> FindAsync(string version, CancellationToken cancellationToken) =>
        NewestAsync(new DocumentFilter.Equal(Versions, version), cancellationToken);

    /// <summary>The files of the mappings of this number; null when there are none.</summary>
    public ValueTask<MappingFiles?> FindAsync(long number, CancellationToken cancellationToken) =>
        NewestAsync(new DocumentFilter.Equal(Number, number), cancellationToken);

    /// <summary>Earlier mappings, compiled; null when there are none of this version or when this release cannot use them any more.</summary>
    /// <param name="version">As messages name it.</param>
    public async ValueTask<IMapper?> CompileAsync(string version, CancellationToken cancellationToken)
    {
        if (_compiled is { } last && last.Version == version)
        {
            return last.Mapper;
        }

        if (await FindAsync(version, cancellationToken) is not { } files || MappingLoader.Load(files).Mapper is not { } mapper)
        {
            return null;
        }

        _compiled = new Compiled(version, (steps ?? MappingSteps.None).Around(mapper));
        return _compiled.Mapper;
    }

    private async ValueTask<MappingFiles?> NewestAsync(DocumentFilter filter, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(
            new DocumentQuery(Collections.MappingVersions) { Where = [filter], OrderBy = [new DocumentSort(Number, Descending: true)], Limit = 1 }, cancellationToken);
        return page.Documents.Count == 0 || await store.GetAsync(Collections.MappingVersions, page.Documents[0].Id, withPayload: true, cancellationToken) is not { } stored
            ? null
            : Unpack(stored.Payload);
    }

    private static byte[] Pack(MappingFiles files)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            JsonSerializer.Serialize(zip, files.Files.ToArray(), StorageJson.Default.MappingTextArray);
        }

        return packed.ToArray();
    }

    private static MappingFiles Unpack(ReadOnlyMemory<byte> packed)
    {
        using var zip = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        return new MappingFiles("mappings", JsonSerializer.Deserialize(zip, StorageJson.Default.MappingTextArray) ?? []);
    }

    private sealed record Compiled(string Version, IMapper Mapper);
}
