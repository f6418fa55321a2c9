using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.Events.Record;
using Integration.Core.FollowUps.Planning;
using Integration.Core.Storage;

namespace Integration.Core.Identity.Unmerging;

/// <summary>What one unmerge comes to, while it is planned.</summary>
internal sealed class UnmergeDraft(UnmergeOrder order, RecordSplit split, string target, DateTimeOffset now)
{
    private readonly List<DocumentWrite> _writes = [];

    public UnmergeOrder Order => order;

    public RecordSplit Split => split;

    public string Target => target;

    public DateTimeOffset Now => now;

    public HashSet<string> Leaving { get; } = split.Leaving.Select(identity => identity.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>The record that stands again, and those that had been merged into it.</summary>
    public HashSet<string> Returning { get; } = [target, .. split.FormerOfLeaving];

    /// <summary>Records merged away that there are.</summary>
    public HashSet<string> Known { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<DocumentWrite> Writes => _writes;

    public void Add(DocumentWrite write) => _writes.Add(write);

    public void Add(IEnumerable<DocumentWrite> writes) => _writes.AddRange(writes);

    /// <summary>Those who go are linked to the record that stands again; those who stay forget that they were it.</summary>
    public void AddIdentities(IReadOnlyList<(IdentityDocument Identity, long Version)> linked)
    {
        foreach (var (identity, version) in linked)
        {
            if (Leaving.Contains(identity.Id))
            {
                Add(Collections.Identities.Put(identity with
                {
                    PatientId = target,
                    LinkedBy = "unmerge",
                    LinkedByMessage = order.Cause,
                    FormerPatientIds = [.. identity.FormerPatientIds.TakeWhile(id => id != target && id != order.PatientId)],
                }, version));
            }
            else if (identity.FormerPatientIds.Contains(target))
            {
                Add(Collections.Identities.Put(identity with { FormerPatientIds = [.. identity.FormerPatientIds.Where(id => id != target)] }, version));
            }
        }
    }

    /// <summary>Tells both records.</summary>
    public EventDocument ToEvent()
    {
        var type = RecordEventTypes.PatientUnmerged.Type;
        var subject = GoldenPatient.Reference(order.PatientId);
        return new EventDocument
        {
            Id = EventDocument.IdOf(type.Name, order.Cause, subject, target),
            Type = type.Name,
            SchemaVersion = type.SchemaVersion,
            Subject = subject,
            PatientId = order.PatientId,
            Time = order.Decided,
            Cause = order.Cause,
            Feed = order.Feed,
            Data = new JsonObject { ["unmergedPatientId"] = target },
            MayBeStored = order.MayBeStored,
        };
    }
}
