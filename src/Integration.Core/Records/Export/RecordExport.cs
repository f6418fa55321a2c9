using System.Runtime.CompilerServices;
using Integration.Core.Records.Search;
using Integration.Core.Storage;

namespace Integration.Core.Records.Export;

/// <summary>
/// Walks the record, or a part of it, from end to end with one page in memory. Each resource is given once, as it stands when the walk comes to it; what is new
/// behind the place the walk has reached may or may not be given. Safe for many threads.
/// </summary>
public sealed class RecordExport(IDocumentStore store)
{
    private const int Chunk = 500;

    private static readonly DocumentQuery ById = new(Collections.Resources) { OrderBy = [new DocumentSort(DocumentField.Id)], Limit = Chunk };

    /// <summary>The resources selected: by id, so that those of one type stand together, or person by person where owners are named.</summary>
    /// <exception cref="StoreUnavailableException">The store is away. The walk can be begun again.</exception>
    public IAsyncEnumerable<RecordResource> ReadAsync(ExportSelection selection, CancellationToken cancellationToken) =>
        selection.Owners is { } owners ? OfOwnersAsync(selection, owners, cancellationToken)
        : selection.Types.Count > 0 ? OfTypesAsync(selection, cancellationToken)
        : FilterAsync(selection, ById, typeOnly: null, cancellationToken);

    /// <summary>What was deleted since the moment that the selection names, and did not come again; none when it names no moment.</summary>
    /// <returns><c>Type/id</c>.</returns>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async IAsyncEnumerable<string> DeletedAsync(ExportSelection selection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (selection.Since is null)
        {
            yield break;
        }

        var owners = selection.Owners?.ToHashSet(StringComparer.Ordinal);
        var all = new DocumentQuery(Collections.Deletions) { OrderBy = [new DocumentSort(DocumentField.Id)], Limit = Chunk };
        await foreach (var stored in store.ReadAllAsync(all, cancellationToken))
        {
            var note = Collections.Deletions.Read(stored);
            var type = note.Id[..note.Id.IndexOf('/', StringComparison.Ordinal)];
            if (selection.Takes(type, note.PatientId, note.Received) && owners?.Contains(note.PatientId) != false)
            {
                yield return note.Id;
            }
        }
    }

    private async IAsyncEnumerable<RecordResource> OfTypesAsync(ExportSelection selection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var type in selection.Types.Order(StringComparer.Ordinal))
        {
            // Ids are Type/id: those of a type stand behind "Type/", which is none itself.
            var query = ById with { After = PageToken.Write(ById, [type + "/"]) };
            await foreach (var resource in FilterAsync(selection, query, type, cancellationToken))
            {
                yield return resource;
            }
        }
    }

    private async IAsyncEnumerable<RecordResource> OfOwnersAsync(
        ExportSelection selection, IReadOnlyList<string> owners, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var owner in owners)
        {
            var query = new DocumentQuery(Collections.Resources)
            {
                Where = [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), owner)],
                OrderBy = [new DocumentSort(Collections.Resources.Field("effective"), Descending: true)],
                Limit = Chunk,
            };
            await foreach (var resource in FilterAsync(selection, query, typeOnly: null, cancellationToken))
            {
                yield return resource;
            }
        }
    }

    /// <param name="typeOnly">Ends with the last resource of this type; null: at the end of the query.</param>
    private async IAsyncEnumerable<RecordResource> FilterAsync(
        ExportSelection selection, DocumentQuery query, string? typeOnly, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            var resource = RecordResource.Read(stored);
            if (typeOnly is not null && resource.Type != typeOnly)
            {
                yield break;
            }

            if (selection.Takes(resource.Type, resource.PatientId, resource.LastUpdated))
            {
                yield return resource;
            }
        }
    }
}
