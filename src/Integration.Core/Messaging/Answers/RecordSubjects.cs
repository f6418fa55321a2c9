using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Messaging.Answers;

/// <summary>Finds the Patient resource that something new about a golden record refers to.</summary>
internal sealed class RecordSubjects(IDocumentStore store)
{
    /// <summary>Null: the record has none.</summary>
    public async ValueTask<ResourceDocument?> NewestAsync(string patientId, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Resources)
        {
            Where =
            [
                new DocumentFilter.Equal(Collections.Resources.Field("patientId"), patientId),
                new DocumentFilter.Equal(Collections.Resources.Field("type"), "Patient"),
            ],
            OrderBy = [new DocumentSort(Collections.Resources.Field("effective"), Descending: true)],
            Limit = 1,
        }, cancellationToken);
        return page.Documents.Select(Collections.Resources.Read).FirstOrDefault();
    }
}
