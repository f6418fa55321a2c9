using Integration.Core.Intake;
using Integration.Core.Retention;
using Integration.Core.Storage;
using static Integration.Core.Incidents.IncidentKind;

namespace Integration.Core.Incidents.Watchers;

/// <summary>The store, its disk, intake as a whole and memory.</summary>
/// <param name="memory">What the process uses and may use.</param>
/// <param name="volume">Null when the store is on another machine.</param>
public sealed class EngineWatcher(
    IDocumentStore store, StorageSampler sampler, DiskGuard disk, IntakeRefusals refusals, ProcessMemory memory, IncidentSettings settings,
    StorageVolume? volume = null) : IIncidentWatcher
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>A store that takes longer is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Senders that were refused come again within this time.</summary>
    private static readonly TimeSpan RefusedLately = TimeSpan.FromMinutes(1);

    /// <summary>Measuring a large store takes seconds.</summary>
    private static readonly TimeSpan MeasureEvery = TimeSpan.FromMinutes(10);

    private DateTimeOffset? _measured;
    private double? _daysLeft;

    public IReadOnlyList<IncidentKind> Kinds { get; } = [StoreAway, DiskLow, IntakeStopped, MemoryHigh];

    public async ValueTask<IReadOnlyList<Observation>> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var seen = new List<Observation>();
        var problem = await AskStoreAsync(cancellationToken);
        var (rules, engine) = (settings.Of(IncidentSubjects.Store), settings.Of(IncidentSubjects.Engine));
        if (rules.Watches(StoreAway))
        {
            seen.Add(problem is null ? Observation.Good(StoreAway, IncidentSubjects.Store)
                : Observation.Bad(StoreAway, IncidentSubjects.Store, null, rules.Times[StoreAway], ("reason", problem)));
        }

        if (rules.Watches(DiskLow) && volume is not null && DiskGuard.FreeBytesOf(volume.Folder)() is { } free)
        {
            seen.Add(await OfDiskAsync(free, rules.Times[DiskLow], isAway: problem is not null, now, cancellationToken));
        }

        if (engine.Watches(IntakeStopped))
        {
            var reason = disk.Problem ?? (now - refusals.Last < RefusedLately ? refusals.Reason : null);
            seen.Add(reason is null ? Observation.Good(IntakeStopped, IncidentSubjects.Engine)
                : Observation.Bad(IntakeStopped, IncidentSubjects.Engine, null, engine.Times[IntakeStopped], ("reason", reason)));
        }

        if (engine.Watches(MemoryHigh))
        {
            var (used, total) = memory.Read();
            seen.Add(used <= total * settings.MemoryPart ? Observation.Good(MemoryHigh, IncidentSubjects.Engine)
                : Observation.Bad(
                    MemoryHigh, IncidentSubjects.Engine, null, engine.Times[MemoryHigh],
                    ("usedMb", IncidentWords.Number(used / Mebibyte)), ("totalMb", IncidentWords.Number(total / Mebibyte))));
        }

        return seen;
    }

    /// <returns>Why it is away; null when it answers.</returns>
    private async ValueTask<string?> AskStoreAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await store.GetAsync(Collections.Feeds, "incidents", withPayload: false, patience.Token);
            return null;
        }
        catch (StoreUnavailableException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"It did not answer within {Patience.TotalSeconds} seconds.";
        }
    }

    private async ValueTask<Observation> OfDiskAsync(long free, TimeSpan least, bool isAway, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!isAway && !(now - _measured < MeasureEvery))
        {
            (_daysLeft, _measured) = ((await sampler.GetAsync(cancellationToken)).DaysLeft, now);
        }

        var isLow = free < settings.DiskFreeMb * Mebibyte || _daysLeft < least.TotalDays;
        return Observation.Of(
            isLow, DiskLow, IncidentSubjects.Store, null,
            ("freeMb", IncidentWords.Number(free / Mebibyte)), ("days", _daysLeft is { } days ? IncidentWords.Number(days) : "–"));
    }
}
