using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Planning;

/// <summary>Due work as it is and as it shall be, gathered over several rules and written once. Not for several threads.</summary>
internal sealed class PlannedWork(FollowUpRuleSet rules, DateTimeOffset now)
{
    private readonly Dictionary<string, (FollowUpDocument? Before, long Version, FollowUpDocument After)> _all = new(StringComparer.Ordinal);
    private readonly List<EventDocument> _events = [];

    /// <summary>All of it, as it shall be.</summary>
    public IEnumerable<FollowUpDocument> All => _all.Values.Select(entry => entry.After);

    /// <summary>Raised by what was cancelled after somebody had been told of it.</summary>
    public IReadOnlyList<EventDocument> Events => _events;

    public void Add(IEnumerable<StoredFollowUp> stored)
    {
        foreach (var (work, version) in stored)
        {
            _all.TryAdd(work.Id, (work, version, work));
        }
    }

    /// <summary>The document of an id; null when it is not known here.</summary>
    public FollowUpDocument? Find(string id) => _all.TryGetValue(id, out var entry) ? entry.After : null;

    public void Put(FollowUpDocument work) =>
        _all[work.Id] = _all.TryGetValue(work.Id, out var entry) ? entry with { After = work } : (null, 0, work);

    /// <summary>Ends open work that nobody needs any more; those who were told of it are told.</summary>
    public void Cancel(FollowUpDocument work, string reason)
    {
        var after = work with { State = FollowUpState.Cancelled, Reason = reason, NextAt = null, ClosedAt = now };
        Put(after);
        if (work.State != FollowUpState.Planned)
        {
            _events.Add(FollowUpEvents.Of(FollowUpEvents.Cancelled, after, rules.All.GetValueOrDefault(work.Rule), now, $"{now.UtcTicks}"));
        }
    }

    /// <summary>Everything that changed.</summary>
    public void WriteTo(WriteBatch batch)
    {
        foreach (var (before, version, after) in _all.Values)
        {
            if (!ReferenceEquals(before, after))
            {
                batch.Add(Collections.FollowUps.Put(after, version));
            }
        }
    }
}
