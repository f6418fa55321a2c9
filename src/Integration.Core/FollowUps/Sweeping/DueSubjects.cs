using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Work;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Sweeping;

/// <summary>The resources that due work is for: those of a page read at once, others when they are asked for. Not for several threads.</summary>
internal sealed class DueSubjects(IDocumentStore store)
{
    private readonly Dictionary<string, ResourceDocument?> _known = new(StringComparer.Ordinal);

    public async ValueTask ReadAsync(IEnumerable<FollowUpDocument> page, CancellationToken cancellationToken)
    {
        var ids = page.Where(work => work.State == FollowUpState.Planned).Select(work => work.Subject).OfType<string>()
            .Where(id => !GoldenPatient.IsReference(id)).Distinct(StringComparer.Ordinal).ToList();
        var stored = ids.Count == 0 ? [] : await store.GetManyAsync(Collections.Resources, ids, cancellationToken);
        foreach (var id in ids)
        {
            _known[id] = null;
        }

        foreach (var document in stored)
        {
            _known[document.Id] = Collections.Resources.Read(document);
        }
    }

    /// <summary>Null when the record has it no longer.</summary>
    public async ValueTask<ResourceDocument?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(id, out var subject))
        {
            var stored = await store.GetAsync(Collections.Resources, id, withPayload: false, cancellationToken);
            _known[id] = subject = stored is null ? null : Collections.Resources.Read(stored);
        }

        return subject;
    }
}
