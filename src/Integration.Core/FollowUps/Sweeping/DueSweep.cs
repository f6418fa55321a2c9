using System.Diagnostics;
using Integration.Core.Events;
using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Core.FollowUps.Sweeping;

/// <summary>What one sweep did.</summary>
/// <param name="Looked">Work whose time had come.</param>
/// <param name="Told">Events raised.</param>
/// <param name="Elsewhere">Changed by somebody else meanwhile; the next sweep looks again.</param>
public sealed record SweepReport(int Looked, int Told, int Elsewhere);

/// <summary>
/// Finds the due work whose time has come, asks everything again, and carries it on: one commit holds the work and the events that it raises, and only if the
/// work is as it was read, so that any number of engines may sweep at once. What wakes it does not matter. Safe for many threads.
/// </summary>
/// <remarks>
/// While messages come in it takes small steps with rests between them: a sender that waits for its acknowledgement waits behind at most one short commit. Due
/// work is due to the minute, an acknowledgement to the millisecond.
/// </remarks>
public sealed partial class DueSweep(
    IDocumentStore store, FollowUpStore followUps, FollowUpRuleCatalog catalog, FollowUpSettings settings, EventOutbox outbox, MessageTally tally, TimeProvider clock,
    ILogger<DueSweep> logger)
{
    private const int PageSize = 500;
    private const int MostWritesOfCommit = 200;
    private const int PageSizeBesideIntake = 100;
    private const int MostWritesBesideIntake = 12;
    private const int RestBesideIntake = 4;     // times as long as the step took
    private const int MostMergesFollowed = 10;

    private readonly ContactConsents _consents = new(store);

    private bool IsBesideIntake => tally.Total(MessageState.Waiting) > 0;

    /// <summary>Goes on until nothing is due that was not looked at.</summary>
    /// <exception cref="StoreUnavailableException">The store is away; what was not committed is found again.</exception>
    public async ValueTask<SweepReport> RunAsync(CancellationToken cancellationToken)
    {
        var report = new SweepReport(0, 0, 0);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (settings.Enabled)
        {
            var now = clock.GetUtcNow();
            var page = await followUps.WaitingAsync(now, IsBesideIntake ? PageSizeBesideIntake : PageSize, cancellationToken);
            var fresh = page.Where(found => seen.Add($"{found.Work.Id}/{found.Version}")).ToList();
            if (fresh.Count == 0)
            {
                break;
            }

            report = await SweepAsync(fresh, now, report, cancellationToken);
        }

        if (report.Looked > 0)
        {
            LogSwept(report.Looked, report.Told, report.Elsewhere);
        }

        return report;
    }

    private async ValueTask<SweepReport> SweepAsync(List<StoredFollowUp> page, DateTimeOffset now, SweepReport report, CancellationToken cancellationToken)
    {
        var inUse = catalog.Current;
        var patients = await PatientsAsync(page, cancellationToken);
        var subjects = new DueSubjects(store);
        await subjects.ReadAsync(page.Select(found => found.Work), cancellationToken);
        var waiting = new List<PatientSweep>();
        var (writes, began) = (0, Stopwatch.GetTimestamp());
        var (told, elsewhere) = (report.Told, report.Elsewhere);
        foreach (var group in page.GroupBy(found => patients.GetValueOrDefault(found.Work.PatientId)?.Id ?? found.Work.PatientId, StringComparer.Ordinal))
        {
            var sweep = new PatientSweep(
                inUse, settings, new RuleQuestions(store, inUse.Calendar, now, []), followUps, _consents,
                patients.GetValueOrDefault(group.First().Work.PatientId), subjects, now);
            var items = group.ToList();
            await sweep.RunAsync(items, cancellationToken);
            waiting.Add(sweep);
            writes += items.Count;
            var isBesideIntake = IsBesideIntake;
            if (writes >= (isBesideIntake ? MostWritesBesideIntake : MostWritesOfCommit))
            {
                (told, elsewhere) = await CommitAsync(waiting, told, elsewhere, cancellationToken);
                if (isBesideIntake)
                {
                    await Task.Delay(Stopwatch.GetElapsedTime(began) * RestBesideIntake, TimeProvider.System, cancellationToken);
                }

                (waiting, writes, began) = ([], 0, Stopwatch.GetTimestamp());
            }
        }

        (told, elsewhere) = await CommitAsync(waiting, told, elsewhere, cancellationToken);
        return new SweepReport(report.Looked + page.Count, told, elsewhere);
    }

    /// <summary>TRANSACTION: many patients' work and events together; when somebody else changed one of them, each patient's alone.</summary>
    private async ValueTask<(int Told, int Elsewhere)> CommitAsync(List<PatientSweep> sweeps, int told, int elsewhere, CancellationToken cancellationToken)
    {
        if (sweeps.Count == 0)
        {
            return (told, elsewhere);
        }

        if (await TryCommitAsync(sweeps, cancellationToken) is { } all)
        {
            return (told + all, elsewhere);
        }

        foreach (var sweep in sweeps)
        {
            var raised = await TryCommitAsync([sweep], cancellationToken);
            (told, elsewhere) = (told + (raised ?? 0), elsewhere + (raised is null ? 1 : 0));
        }

        return (told, elsewhere);
    }

    /// <returns>How many events were raised; null when nothing was written.</returns>
    private async ValueTask<int?> TryCommitAsync(IReadOnlyList<PatientSweep> sweeps, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        foreach (var sweep in sweeps)
        {
            sweep.Planned.WriteTo(batch);
        }

        var raised = await outbox.RaiseAsync(batch, [.. sweeps.SelectMany(sweep => sweep.Events)], cancellationToken);
        if (batch.Writes.Count == 0)
        {
            return 0;
        }

        if (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is not CommitResult.Committed)
        {
            return null;
        }

        outbox.Committed(raised);
        return raised.Events.Count;
    }

    /// <summary>The golden records of the work, by the id that the work has; one that was merged away gives the one that stays.</summary>
    private async ValueTask<Dictionary<string, PatientDocument>> PatientsAsync(List<StoredFollowUp> page, CancellationToken cancellationToken)
    {
        var ids = page.Select(found => found.Work.PatientId).Distinct(StringComparer.Ordinal).ToList();
        var known = (await store.GetManyAsync(Collections.Patients, ids, cancellationToken)).Select(Collections.Patients.Read).ToDictionary(p => p.Id, StringComparer.Ordinal);
        foreach (var id in known.Values.Where(p => p.MergedInto is not null).Select(p => p.Id).ToList())
        {
            var patient = known[id];
            for (var i = 0; i < MostMergesFollowed && patient.MergedInto is { } into; i++)
            {
                patient = await store.GetAsync(Collections.Patients, into, withPayload: false, cancellationToken) is { } stored ? Collections.Patients.Read(stored) : patient with { MergedInto = null };
            }

            known[id] = patient;
        }

        return known;
    }

    [LoggerMessage(12101, LogLevel.Information, "Looked at {Looked} pieces of due work: {Told} events raised, {Elsewhere} patients changed meanwhile")]
    private partial void LogSwept(int looked, int told, int elsewhere);
}
