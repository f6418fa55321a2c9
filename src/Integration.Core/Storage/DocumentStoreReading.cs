using System.Runtime.CompilerServices;

namespace Integration.Core.Storage;

/// <summary>Reading through <see cref="IDocumentStore"/> beyond one page.</summary>
internal static class DocumentStoreReading
{
    /// <summary>Every document of a query, page by page in its order. What is written meanwhile may or may not be among them.</summary>
    public static async IAsyncEnumerable<StoredDocument> ReadAllAsync(
        this IDocumentStore store, DocumentQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            var page = await store.QueryAsync(query, cancellationToken);
            foreach (var document in page.Documents)
            {
                yield return document;
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);
    }
}
