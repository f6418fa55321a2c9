using Integration.Core.Audit;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Vitals.Limits;

/// <summary>A document of <c>vitalLimits</c>: the limits of one person that take the place of those for all.</summary>
public sealed record VitalLimitDocument
{
    /// <summary>Golden record id.</summary>
    public required string Id { get; init; }

    /// <summary>By LOINC code. A sign with neither limit is never out.</summary>
    public required IReadOnlyDictionary<string, VitalLimit> Limits { get; init; }

    /// <summary>Who set them.</summary>
    public required string By { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>A document of <c>vitalStates</c>: which vital signs of one person are out of limits.</summary>
public sealed record VitalStateDocument
{
    /// <summary>Golden record id.</summary>
    public required string Id { get; init; }

    /// <summary>By LOINC code.</summary>
    public IReadOnlyDictionary<string, LimitState> Signs { get; init; } = new Dictionary<string, LimitState>();

    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>Limits that hold for one person. Safe for many threads.</summary>
public sealed class VitalLimits(IDocumentStore store, AuditTrail audit, PatientRecordStore records, TimeProvider clock)
{
    /// <summary>Longest run that a change may have to last.</summary>
    public const int MaxReadings = 100;

    /// <summary>The same in minutes.</summary>
    public const int MaxMinutes = 24 * 60;

    /// <summary>What is wrong with a limit; null when it can be used.</summary>
    public static string? Problem(decimal? low, decimal? high, decimal margin) =>
        margin < 0 ? "'margin' must not be negative."
        : low >= high ? "'low' must be below 'high'."
        : high - margin <= low + margin ? "The margins leave no value that is within both limits."
        : null;

    /// <summary>Limits and states of a person; null where there are none.</summary>
    public async ValueTask<(VitalLimitDocument? Limits, VitalStateDocument? States)> GetAsync(string patientId, CancellationToken cancellationToken)
    {
        var limits = await store.GetAsync(Collections.VitalLimits, patientId, withPayload: false, cancellationToken);
        var states = await store.GetAsync(Collections.VitalStates, patientId, withPayload: false, cancellationToken);
        return (limits is null ? null : Collections.VitalLimits.Read(limits), states is null ? null : Collections.VitalStates.Read(states));
    }

    /// <summary>TRANSACTION: sets all limits of a person's own, with audit; an empty list gives those for all back.</summary>
    /// <param name="limits">By LOINC code.</param>
    /// <returns>False: there is no such record, or it was merged away.</returns>
    public async ValueTask<bool> SetAsync(string patientId, IReadOnlyDictionary<string, VitalLimit> limits, string actor, string reason, CancellationToken cancellationToken)
    {
        if (await records.GetAsync(patientId, cancellationToken) is not { MergedInto: null })
        {
            return false;
        }

        var document = new VitalLimitDocument { Id = patientId, Limits = limits, By = actor, At = clock.GetUtcNow() };
        await audit.CommitAsync(new AuditNote(actor, AuditActions.SetVitalLimits, $"patients/{patientId}", reason), batch =>
        {
            batch.Add(limits.Count == 0 ? Collections.VitalLimits.Delete(patientId) : Collections.VitalLimits.Put(document, expectedVersion: null));
            return store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
        }, cancellationToken);
        return true;
    }
}
