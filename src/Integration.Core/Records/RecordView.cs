using System.Text.Json.Nodes;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>The record as it will be once changes that are not committed yet are: the changes where there are any, the store elsewhere.</summary>
/// <param name="changes">Empty: the record as stored.</param>
public sealed class RecordView(IDocumentStore store, IReadOnlyList<RecordChange> changes) : IRecordReader
{
    private readonly Dictionary<string, ResourceDocument> _changed = changes.ToDictionary(c => c.After.Id, c => c.After, StringComparer.Ordinal);

    public async ValueTask<IReadOnlyList<JsonObject>> GetAsync(IReadOnlyList<string> references, CancellationToken cancellationToken)
    {
        var missing = references.Where(reference => !_changed.ContainsKey(reference)).Distinct().ToList();
        var stored = missing.Count == 0 ? [] : await store.GetManyAsync(Collections.Resources, missing, cancellationToken);
        var byId = stored.Select(Collections.Resources.Read).Concat(_changed.Values).ToDictionary(r => r.Id, r => r.Resource, StringComparer.Ordinal);
        return [.. references.Select(byId.GetValueOrDefault).OfType<JsonObject>()];
    }

    public async ValueTask<JsonObject?> LatestAsync(string patientId, string type, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Resources)
        {
            Where =
            [
                new DocumentFilter.Equal(Collections.Resources.Field("patientId"), patientId),
                new DocumentFilter.Equal(Collections.Resources.Field("type"), type),
            ],
            OrderBy = [new DocumentSort(Collections.Resources.Field("effective"), Descending: true)],
            Limit = 1,
        }, cancellationToken);
        return page.Documents.Select(Collections.Resources.Read).Concat(_changed.Values.Where(r => r.Type == type && r.PatientId == patientId))
            .MaxBy(r => r.Effective)?.Resource;
    }
}
