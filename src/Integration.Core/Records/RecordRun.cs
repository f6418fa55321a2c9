using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>What one message does to the resources of the record. Gathered first, written to the context's batch by <see cref="Write"/>.</summary>
/// <param name="time">Event time of the message.</param>
/// <param name="now">Now (UTC).</param>
internal sealed class RecordRun(MessageContext context, DateTimeOffset time, DateTimeOffset now, IDocumentStore store)
{
    private readonly Dictionary<string, (long Version, RecordChange Change)> _changes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Restatements> _restatements = new(StringComparer.Ordinal);

    public MessageContext Context => context;

    /// <summary>Event time of the message.</summary>
    public DateTimeOffset Time => time;

    /// <summary>By <c>Type/id</c>, in the order they were made.</summary>
    public IReadOnlyDictionary<string, (long Version, RecordChange Change)> Changes => _changes;

    /// <summary><c>Type/id</c>.</summary>
    public static string KeyOf(MappedResource mapped) => $"{mapped.Type}/{mapped.Id}";

    public async ValueTask<Restatements> RestatementsOfAsync(string patientId, CancellationToken cancellationToken)
    {
        if (!_restatements.TryGetValue(patientId, out var restatements))
        {
            _restatements[patientId] = restatements = await Restatements.ReadAsync(store, patientId, cancellationToken);
        }

        return restatements;
    }

    /// <summary>A resource of a golden record that was merged away goes to the one that stays.</summary>
    /// <param name="restatements">Of the one that was merged away.</param>
    public void Move(StoredDocument stored, PatientMerge merge, Restatements restatements)
    {
        var before = restatements.Timed(Collections.Resources.Read(stored));
        restatements.Forget(before.Id);
        _changes[before.Id] = (stored.Version, new RecordChange(before, before with { PatientId = merge.ToPatientId }));
        context.Changes.Add(new MessageChange(before.Type, before.Id, "moved", before.Version));
    }

    /// <summary>A resource goes to the patient of the message along with what it refers to.</summary>
    /// <param name="resource">The resource as it is now, about that patient.</param>
    /// <param name="elementTimes">See <see cref="ResourceDocument.ElementTimes"/>.</param>
    /// <param name="restatements">Of the golden record that loses it.</param>
    /// <returns>The resource in its new place.</returns>
    public ResourceDocument TakeAlong(
        ResourceDocument before, long version, JsonObject resource, IReadOnlyDictionary<string, DateTimeOffset> elementTimes, Restatements restatements)
    {
        restatements.Forget(before.Id);
        var after = before with
        {
            PatientId = context.Identity!.PatientId,
            SourceIdentity = context.Identity.SubjectIdentity,
            Version = before.Version + 1,
            LastUpdated = now,
            ElementTimes = elementTimes,
            Resource = resource,
        };
        context.Batch.Add(Collections.ResourceHistory.Put(before, null));
        context.Changes.Add(new MessageChange(before.Type, before.Id, "moved", after.Version));
        _changes[before.Id] = (version, new RecordChange(before, after));
        return after;
    }

    /// <summary>When a resource was as the message says.</summary>
    public DateTimeOffset TimeOf(MappedResource mapped) => mapped.EventTime ?? time;

    /// <summary>Takes a resource that says what was said before. False: it has to be brought together with the stored one.</summary>
    public bool TryRepeat(MappedResource mapped, Restatements restatements)
    {
        var key = KeyOf(mapped);
        if (!restatements.TryRepeat(key, mapped, TimeOf(mapped), out var version))
        {
            return false;
        }

        context.Changes.Add(new MessageChange(mapped.Type, key, "unchanged", version));
        return true;
    }

    /// <summary>Brings a mapped resource together with the stored one.</summary>
    /// <param name="found">Null when there is none.</param>
    /// <param name="deletion">That its source deleted it; null when it did not.</param>
    public async ValueTask MergeAsync(MappedResource mapped, StoredDocument? found, StoredDocument? deletion, CancellationToken cancellationToken)
    {
        var identity = context.Identity!;
        var deleted = deletion is null ? null : Collections.Deletions.Read(deletion);
        if (deleted is not null && !TryReturn(mapped, deleted))
        {
            return;
        }

        var read = found is null ? null : Collections.Resources.Read(found);
        var restatements = await RestatementsOfAsync(read?.PatientId ?? identity.PatientId, cancellationToken);

        // What moved in this run was timed then, and its time has gone with it.
        var stored = read is null ? null : _changes.TryGetValue(read.Id, out var made) ? made.Change.Before : restatements.Timed(read);
        var result = Merge(stored, mapped);
        var merged = stored is not null && identity.Merges.Any(m => m.FromPatientId == stored.PatientId);
        var moved = stored is not null && stored.PatientId != identity.PatientId && !identity.IsNobody && (merged || !ResourceMoves.IsOlder(stored, TimeOf(mapped)));
        var key = KeyOf(mapped);
        if (result.Overruled)
        {
            context.Issues.Add(MessageIssue.Information(IntegrationErrorCode.OlderThanRecord, mapped.Source, $"{mapped.Type}: the record already held newer values; they were kept."));
        }

        var action = stored is null ? "created" : result.Changed ? "updated" : moved ? "moved" : result.Overruled ? "older" : "unchanged";
        if (!moved && result.Repeats && !identity.IsNobody)
        {
            restatements.Add(key, mapped, TimeOf(mapped), stored!.Version);
            context.Changes.Add(new MessageChange(mapped.Type, key, action, stored.Version));
            return;
        }

        if (!result.Changed && !moved && !result.Retimed)
        {
            context.Changes.Add(new MessageChange(mapped.Type, key, action, stored!.Version));
            return;
        }

        restatements.Forget(key);
        var after = Next(
            mapped, stored, result, stored is null || moved ? identity.PatientId : stored.PatientId,
            (moved && !merged ? null : stored?.SourceIdentity) ?? SourceIdentityOf(mapped) ?? identity.SubjectIdentity, deleted?.Version ?? 0);
        if (stored is not null && result.Changed && !mapped.IsRunning)
        {
            context.Batch.Add(ReferenceEquals(stored, read)
                ? Collections.ResourceHistory.PutCopy(found!, stored, null)
                : Collections.ResourceHistory.Put(stored, null));
        }

        _changes[key] = (found?.Version ?? 0, new RecordChange(stored, after));
        context.Changes.Add(new MessageChange(mapped.Type, key, action, after.Version));
    }

    /// <summary>Writes the oldest times to the resources themselves when there are too many to keep together.</summary>
    public async ValueTask KeepRestatementsSmallAsync(Restatements restatements, CancellationToken cancellationToken)
    {
        var overflow = restatements.Overflow();
        if (overflow.Count == 0)
        {
            return;
        }

        foreach (var stored in await store.GetManyAsync(Collections.Resources, overflow, cancellationToken))
        {
            if (!_changes.ContainsKey(stored.Id))
            {
                var resource = Collections.Resources.Read(stored);
                context.Batch.Add(Collections.Resources.Put(restatements.Timed(resource), stored.Version));
            }
        }

        foreach (var key in overflow)
        {
            restatements.Forget(key);
        }
    }

    /// <summary>Adds all of it to the batch.</summary>
    /// <returns>The changes, in the order they were made.</returns>
    public IReadOnlyList<RecordChange> Write()
    {
        foreach (var (version, change) in _changes.Values)
        {
            context.Batch.Add(Collections.Resources.Put(change.After, version));
        }

        foreach (var restatements in _restatements.Values)
        {
            restatements.Write(context.Batch);
        }

        return [.. _changes.Values.Select(c => c.Change)];
    }

    /// <summary>A deleted resource is there again, unless what is said of it is older than its deletion.</summary>
    private bool TryReturn(MappedResource mapped, DeletedResource deleted)
    {
        var time = TimeOf(mapped);
        if (time < deleted.EventTime || (time == deleted.EventTime && context.Message.Received < deleted.Received))
        {
            context.Issues.Add(MessageIssue.Information(IntegrationErrorCode.OlderThanRecord, mapped.Source, $"{mapped.Type}: its source deleted it later; it was not brought back."));
            context.Changes.Add(new MessageChange(mapped.Type, deleted.Id, "older", deleted.Version));
            return false;
        }

        context.Batch.Add(Collections.Deletions.Delete(deleted.Id));
        return true;
    }

    private ResourceMerge.Result Merge(ResourceDocument? stored, MappedResource mapped)
    {
        if (stored is null)
        {
            return ResourceMerge.First(mapped.Draft, TimeOf(mapped), mapped.Assumed);
        }

        var cameBefore = context.Message.Received < stored.Provenance.Received;
        return mapped.IsWhole
            ? ResourceMerge.Replace(stored, mapped.Draft, TimeOf(mapped), cameBefore)
            : ResourceMerge.Apply(stored, mapped.Draft, TimeOf(mapped), mapped.Assumed, cameBefore);
    }

    // A number that a merge retires keeps its own identity, so that the merge can be taken back.
    private static string? SourceIdentityOf(MappedResource mapped) =>
        mapped.IsReplacedPatient() ? PatientResources.IdentifiersOf(mapped).FirstOrDefault()?.Key : null;

    private ResourceDocument Next(MappedResource mapped, ResourceDocument? stored, ResourceMerge.Result result, string patientId, string sourceIdentity, int versionOfDeletion) => new()
    {
        Id = KeyOf(mapped),
        Type = mapped.Type,
        PatientId = patientId,
        SourceIdentity = sourceIdentity,
        Effective = ResourceSummary.EffectiveOf(mapped.Type, result.Resource) ?? stored?.Effective ?? TimeOf(mapped),
        Version = (stored?.Version ?? versionOfDeletion) + (result.Changed ? 1 : 0),
        LastUpdated = result.Changed ? now : stored!.LastUpdated,
        Provenance = result.Changed || result.EventTime > stored!.Provenance.EventTime
            ? new Provenance(context.Message.Feed, context.Message.Id, context.Mapping!.MappingVersion, mapped.Rule, mapped.Source, result.EventTime) { Received = context.Message.Received }
            : stored.Provenance,
        ElementTimes = result.ElementTimes,
        Resource = result.Resource,
    };
}
