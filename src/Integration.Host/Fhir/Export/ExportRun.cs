using System.Text.Json;
using Integration.Core.Intake;
using Integration.Core.Records.Export;
using Integration.Core.Records.Search;
using Integration.Core.Storage;

namespace Integration.Host.Fhir.Export;

/// <summary>How far an export is. Safe for many threads.</summary>
internal sealed class ExportProgress
{
    private long _written;

    public long Written => Volatile.Read(ref _written);

    public void Add() => Interlocked.Increment(ref _written);

    public void Reset() => Volatile.Write(ref _written, 0);
}

/// <summary>Why an export cannot be carried out, one line for the client and the operator.</summary>
internal sealed class ExportProblem(string message) : Exception(message);

/// <summary>Carries one export out: from the record into NDJSON files. Safe for many threads.</summary>
internal sealed class ExportRun(
    RecordExport export, ResourceVersions versions, PatientReferences patients, ExportFolder folder, DiskGuard disk, TimeProvider clock)
{
    /// <summary>
    /// So far before its beginning lies the moment that an export vouches for: what was stamped with a time before it is committed by then, so that the next export of
    /// changes, which begins with that moment, misses nothing. What it repeats is known by its version.
    /// </summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan WhenStoreIsAway = TimeSpan.FromSeconds(5);

    /// <summary>Tries of a store that is away, about ten minutes, before the export is given up.</summary>
    private const int MaxTries = 120;

    private const int LookAtDiskEvery = 1_000;

    /// <returns>The export with its files.</returns>
    /// <exception cref="ExportProblem">It cannot be carried out.</exception>
    /// <exception cref="StoreUnavailableException">The store stays away.</exception>
    public async Task<ExportJob> RunAsync(ExportJob job, ExportProgress progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunOnceAsync(job, progress, cancellationToken);
            }
            catch (StoreUnavailableException) when (attempt < MaxTries)
            {
                await Task.Delay(WhenStoreIsAway, clock, cancellationToken);
            }
        }
    }

    private async Task<ExportJob> RunOnceAsync(ExportJob job, ExportProgress progress, CancellationToken cancellationToken)
    {
        folder.Clear(job.Id);
        progress.Reset();
        var began = clock.GetUtcNow();
        var selection = job.Selection(job.Group is null ? null : await OwnersOfAsync(job.Group, cancellationToken));
        await using var files = new ExportFiles(folder, job.Id);
        await foreach (var resource in export.ReadAsync(selection, cancellationToken))
        {
            if (progress.Written % LookAtDiskEvery == 0 && disk.Problem is { } full)
            {
                throw new ExportProblem(full);
            }

            await files.WriteAsync(resource, cancellationToken);
            progress.Add();
        }

        await foreach (var deleted in export.DeletedAsync(selection, cancellationToken))
        {
            await files.WriteDeletedAsync(deleted, cancellationToken);
        }

        return job with
        {
            State = ExportState.Done,
            TransactionTime = began - Margin,
            Ended = clock.GetUtcNow(),
            Files = await files.CloseAsync(cancellationToken),
        };
    }

    /// <summary>The golden records of those who are in a Group: FHIR R4 Group.member, without those who have left.</summary>
    private async ValueTask<IReadOnlyList<string>> OwnersOfAsync(string group, CancellationToken cancellationToken)
    {
        var found = await versions.FindAsync($"Group/{group}", cancellationToken) ?? throw new ExportProblem("The Group was deleted meanwhile.");
        var owners = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in MembersOf(found.Resource))
        {
            if (await patients.OwnerOfAsync(id, cancellationToken) is { Length: > 0 } owner)
            {
                owners.Add(owner);
            }
        }

        return [.. owners];
    }

    private static IEnumerable<string> MembersOf(JsonElement group)
    {
        const string Prefix = "Patient/";
        if (!group.TryGetProperty("member", out var members) || members.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        foreach (var member in members.EnumerateArray())
        {
            var hasLeft = member.TryGetProperty("inactive", out var inactive) && inactive.ValueKind == JsonValueKind.True;
            if (!hasLeft && member.TryGetProperty("entity", out var entity) && entity.TryGetProperty("reference", out var reference)
                && reference.GetString() is { } text && text.StartsWith(Prefix, StringComparison.Ordinal))
            {
                yield return text[Prefix.Length..].Split('/')[0];
            }
        }
    }
}
