using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Work;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Core.Vitals;
using Integration.Core.Vitals.Series;

namespace Integration.Core.Identity.Unmerging;

/// <summary>Takes a golden record apart: what was joined by a merge or by a rule is two patients again. Writes nothing itself. Safe for many threads.</summary>
/// <remarks>
/// <para>1. <see cref="RecordSplit"/> says which identities go, and what record they become: the one that was merged away, where there is one.</para>
/// <para>2. <see cref="RecordParting"/> says which resources go, and what becomes of references and of the retired Patient.</para>
/// <para>3. Both summaries are made anew. Records merged away long ago follow the side on which their numbers are.</para>
/// <para>4. Due work goes with its resource, bindings of devices with the number they were made for, readings with their Observation.</para>
/// <para>5. The decision is kept, so that no rule and no replayed message joins the two again, see <see cref="Separations"/>.</para>
/// </remarks>
public sealed class UnmergePlanner(IDocumentStore store, IdentityStore identities, FollowUpStore followUps, TimeProvider clock)
{
    /// <returns>The plan, or why there is none.</returns>
    internal async ValueTask<(UnmergePlan? Plan, UnmergeRefusal? Refusal)> PlanAsync(UnmergeOrder order, CancellationToken cancellationToken)
    {
        // The summary comes first: its version, checked at the commit, vouches for all that is read after it.
        var summary = await store.GetAsync(Collections.Patients, order.PatientId, withPayload: false, cancellationToken);
        if (summary is null || Collections.Patients.Read(summary).MergedInto is not null)
        {
            return (null, UnmergeRefusal.NoPatient);
        }

        var linked = await identities.OfPatientAsync(order.PatientId, cancellationToken);
        if (order.Identities.Except(linked.Select(found => found.Identity.Id), StringComparer.Ordinal).Any())
        {
            return (null, UnmergeRefusal.NotOfPatient);
        }

        if (RecordSplit.Of(order.PatientId, [.. linked.Select(found => found.Identity)], order.Identities) is not { } split)
        {
            return (null, UnmergeRefusal.NeverMerged);
        }

        var (target, targetVersion) = await TargetAsync(split, cancellationToken);
        var draft = new UnmergeDraft(order, split, target, clock.GetUtcNow());
        draft.AddIdentities(linked);
        var parted = await AddResourcesAsync(draft, cancellationToken);
        draft.Add(Collections.Patients.Put(SummaryOf(order.PatientId, parted), summary.Version));
        draft.Add(Collections.Patients.Put(SummaryOf(target, parted), targetVersion));
        await AddFormerRecordsAsync(draft, cancellationToken);
        await AddDueWorkAsync(draft, parted, cancellationToken);
        await AddBindingsAsync(draft, cancellationToken);
        await AddReadingsAsync(draft, parted, cancellationToken);
        await AddDecisionsAsync(draft, cancellationToken);
        return (new UnmergePlan(order.PatientId, target, [.. split.Leaving.Select(identity => identity.Id)], draft.Writes, ChangesOf(parted), draft.ToEvent()), null);
    }

    private async ValueTask<(string PatientId, long Version)> TargetAsync(RecordSplit split, CancellationToken cancellationToken)
    {
        var candidates = split.Candidates.ToList();
        var stored = (await store.GetManyAsync(Collections.Patients, candidates, cancellationToken)).ToDictionary(document => document.Id, StringComparer.Ordinal);
        var target = candidates.Find(id => stored.TryGetValue(id, out var found) && Collections.Patients.Read(found).MergedInto is not null)
            ?? candidates.Find(id => !stored.ContainsKey(id))
            ?? throw new InvalidDataException("Every record that the numbers could become stands already.");
        return (target, stored.TryGetValue(target, out var document) ? document.Version : 0);
    }

    private async ValueTask<IReadOnlyList<PartedResource>> AddResourcesAsync(UnmergeDraft draft, CancellationToken cancellationToken)
    {
        var restatements = await Restatements.ReadAsync(store, draft.Order.PatientId, cancellationToken);
        var owned = new List<(ResourceDocument, long)>();
        var query = new DocumentQuery(Collections.Resources)
        {
            Where = [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), draft.Order.PatientId)],
            Limit = 1000,
        };
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            owned.Add((restatements.Timed(Collections.Resources.Read(stored)), stored.Version));
        }

        var parted = await new RecordParting(draft.Leaving, draft.Target, draft.Order.Decided, draft.Now).PartAsync(store, owned, cancellationToken);
        foreach (var resource in parted.Where(resource => !ReferenceEquals(resource.Before, resource.After)))
        {
            restatements.Forget(resource.Before.Id);
            draft.Add(Collections.Resources.Put(resource.After, resource.StoredVersion));
            if (resource.IsNewVersion)
            {
                draft.Add(Collections.ResourceHistory.Put(resource.Before, null));
            }
        }

        var batch = new WriteBatch();
        restatements.Write(batch);
        draft.Add(batch.Writes);
        return parted;
    }

    private static PatientDocument SummaryOf(string patientId, IReadOnlyList<PartedResource> parted) =>
        PatientSummary.Of(patientId, [.. parted.Select(resource => resource.After).Where(document => document.PatientId == patientId)]);

    // A bookmark of a record that was merged away before leads to where its numbers are now.
    private async ValueTask AddFormerRecordsAsync(UnmergeDraft draft, CancellationToken cancellationToken)
    {
        var (ofLeaving, ofStaying) = (draft.Split.FormerOfLeaving, draft.Split.FormerOfStaying);
        foreach (var stored in await store.GetManyAsync(Collections.Patients, [.. ofLeaving.Concat(ofStaying).Where(id => id != draft.Target).Distinct(StringComparer.Ordinal)], cancellationToken))
        {
            var patient = Collections.Patients.Read(stored);
            if (patient.MergedInto is not { } into)
            {
                continue;
            }

            draft.Known.Add(patient.Id);
            var next = ofLeaving.Contains(patient.Id) ? draft.Target : into == draft.Target ? draft.Order.PatientId : into;
            if (next != into)
            {
                draft.Add(Collections.Patients.Put(patient with { MergedInto = next }, stored.Version));
            }
        }
    }

    // What a rule planned for a record that stood then has an id made of that record's.
    private async ValueTask AddDueWorkAsync(UnmergeDraft draft, IReadOnlyList<PartedResource> parted, CancellationToken cancellationToken)
    {
        var goes = parted.Where(resource => resource.After.PatientId == draft.Target).Select(resource => resource.Before.Id).ToHashSet(StringComparer.Ordinal);
        goes.UnionWith(draft.Returning.Select(GoldenPatient.Reference));
        foreach (var stored in await followUps.OfPatientAsync(draft.Order.PatientId, cancellationToken))
        {
            var work = stored.Work;
            if (work.Subject is { } subject ? goes.Contains(subject) : draft.Returning.Any(id => FollowUpDocument.IdOf(id, work.Rule, work.Episode, work.Step, work.DueAt) == work.Id))
            {
                draft.Add(stored.Put(work with { PatientId = draft.Target }));
            }
        }
    }

    private async ValueTask AddBindingsAsync(UnmergeDraft draft, CancellationToken cancellationToken)
    {
        var query = new DocumentQuery(Collections.DeviceBindings)
        {
            Where = [new DocumentFilter.Equal(Collections.DeviceBindings.Field("patients"), draft.Order.PatientId)],
            Limit = 1000,
        };
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            var binding = Collections.DeviceBindings.Read(stored);
            if (binding.Periods.Any(period => period.PatientId == draft.Order.PatientId && draft.Leaving.Contains(period.Identity)))
            {
                draft.Add(Collections.DeviceBindings.Put(binding with
                {
                    Periods = [.. binding.Periods.Select(period => period.PatientId == draft.Order.PatientId && draft.Leaving.Contains(period.Identity) ? period with { PatientId = draft.Target } : period)],
                }, stored.Version));
            }
        }
    }

    private async ValueTask AddReadingsAsync(UnmergeDraft draft, IReadOnlyList<PartedResource> parted, CancellationToken cancellationToken)
    {
        var series = new VitalSeriesBatch(store);
        foreach (var resource in parted.Where(resource => resource.After.Type == "Observation" && resource.After.PatientId == draft.Target && !NewestReading.Is(resource.After.Id)))
        {
            foreach (var reading in VitalReading.Of(resource.After.Resource, resource.After.Id))
            {
                series.Remove(draft.Order.PatientId, reading);
                series.Add(draft.Target, reading);
            }
        }

        var batch = new WriteBatch();
        await series.WriteAsync(batch, cancellationToken);
        draft.Add(batch.Writes);
    }

    private async ValueTask AddDecisionsAsync(UnmergeDraft draft, CancellationToken cancellationToken)
    {
        var leaving = draft.Split.FormerOfLeaving.Where(draft.Known.Contains).Append(draft.Target);
        var staying = draft.Split.FormerOfStaying.Where(id => draft.Known.Contains(id) && id != draft.Target).Append(draft.Order.PatientId).ToList();
        var pairs = leaving.SelectMany(one => staying.Select(other => GoldenRecord.PairId(one, other))).Distinct(StringComparer.Ordinal).ToList();
        var known = (await store.GetManyAsync(Collections.LinkReviews, pairs, cancellationToken)).ToDictionary(document => document.Id, StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var ids = pair.Split('~');
            draft.Add(Collections.LinkReviews.Put(new LinkReviewDocument
            {
                Id = pair,
                PatientA = ids[0],
                PatientB = ids[1],
                State = Separations.Separate,
                Reason = draft.Order.Reason,
                MessageId = draft.Order.Cause,
                Since = draft.Now,
                DecidedBy = draft.Order.DecidedBy,
                Decided = draft.Order.Decided,
            }, known.TryGetValue(pair, out var stored) ? stored.Version : 0));
        }
    }

    private static List<MessageChange> ChangesOf(IReadOnlyList<PartedResource> parted) =>
    [
        .. parted.Where(resource => !ReferenceEquals(resource.Before, resource.After)).Select(resource => new MessageChange(
            resource.After.Type, resource.After.Id, resource.Before.PatientId != resource.After.PatientId ? "moved" : "updated", resource.After.Version)),
    ];
}
