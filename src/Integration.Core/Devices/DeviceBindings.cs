using Integration.Core.Audit;
using Integration.Core.Identity;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Devices;

/// <summary>What became of a wish to bind or release a device.</summary>
public enum BindingOutcome
{
    /// <summary>It is so.</summary>
    Done,

    /// <summary>No record of that patient.</summary>
    NoPatient,

    /// <summary>A later period lies in the way.</summary>
    Overlap,

    /// <summary>The device is bound to nobody then.</summary>
    NotBound,
}

/// <summary>Which device measures whom, by time. Safe for many threads.</summary>
public sealed class DeviceBindings(IDocumentStore store, AuditTrail audit, IdentityStore identities, PatientRecordStore records, TimeProvider clock)
{
    // A chain that is longer is a ring, which only a fault can make.
    private const int MaxMerges = 100;

    private const int MaxTries = 20;

    /// <summary>All periods of a device; null when it was never bound.</summary>
    public async ValueTask<DeviceBindingDocument?> GetAsync(string device, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.DeviceBindings, device, withPayload: false, cancellationToken) is { } stored ? Collections.DeviceBindings.Read(stored) : null;

    /// <summary>Those of the devices that were ever bound, by id.</summary>
    public async ValueTask<IReadOnlyDictionary<string, DeviceBindingDocument>> FindAsync(IReadOnlyCollection<string> devices, CancellationToken cancellationToken) =>
        (await store.GetManyAsync(Collections.DeviceBindings, devices, cancellationToken)).Select(Collections.DeviceBindings.Read)
            .ToDictionary(document => document.Id, StringComparer.Ordinal);

    /// <summary>Whom the device measured at that time: the record that stands now; null when nobody.</summary>
    public async ValueTask<(string PatientId, string Identity)?> FindAsync(string device, DateTimeOffset time, CancellationToken cancellationToken)
    {
        if ((await GetAsync(device, cancellationToken))?.At(time) is not { } binding)
        {
            return null;
        }

        var patientId = binding.PatientId;
        for (var merges = 0; await records.GetAsync(patientId, cancellationToken) is { MergedInto: { } next }; merges++)
        {
            patientId = merges < MaxMerges ? next : throw new InvalidDataException($"Patient {binding.PatientId} was merged in a ring.");
        }

        return (patientId, binding.Identity);
    }

    /// <summary>TRANSACTION: binds the device from a time on, with audit. What it was bound to then ends there.</summary>
    /// <param name="to">Null: until it is said otherwise.</param>
    public async ValueTask<BindingOutcome> AssignAsync(
        string device, string patientId, DateTimeOffset from, DateTimeOffset? to, string actor, string reason, CancellationToken cancellationToken)
    {
        if (await records.GetAsync(patientId, cancellationToken) is not { MergedInto: null } patient)
        {
            return BindingOutcome.NoPatient;
        }

        // Not the number of the identity card while there is another: it need not stand in every reading.
        var keys = (await identities.OfPatientAsync(patientId, cancellationToken)).Select(i => i.Identity.Id).Concat(patient.Identifiers.Select(i => $"{i.System}|{i.Value}"));
        if (keys.OrderBy(key => key.StartsWith(ResidentId.System, StringComparison.Ordinal)).ThenBy(key => key, StringComparer.Ordinal).FirstOrDefault() is not { } identity)
        {
            return BindingOutcome.NoPatient;
        }

        return await ChangeAsync(
            device, document => document.Bound(new DeviceBinding(patientId, identity, from, to, actor, clock.GetUtcNow())), BindingOutcome.Overlap,
            new AuditNote(actor, AuditActions.BindDevice, $"devices/{device}", reason), cancellationToken);
    }

    /// <summary>TRANSACTION: ends the binding that holds at that time, with audit.</summary>
    public ValueTask<BindingOutcome> ReleaseAsync(string device, DateTimeOffset at, string actor, string reason, CancellationToken cancellationToken) =>
        ChangeAsync(device, document => document.Released(at), BindingOutcome.NotBound, new AuditNote(actor, AuditActions.ReleaseDevice, $"devices/{device}", reason), cancellationToken);

    private async ValueTask<BindingOutcome> ChangeAsync(
        string device, Func<DeviceBindingDocument, DeviceBindingDocument?> change, BindingOutcome refusal, AuditNote note, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var stored = await store.GetAsync(Collections.DeviceBindings, device, withPayload: false, cancellationToken);
            var before = stored is null ? new DeviceBindingDocument { Id = device } : Collections.DeviceBindings.Read(stored);
            if (change(before) is not { } after)
            {
                return refusal;
            }

            var result = await audit.CommitAsync(note, batch =>
            {
                batch.Add(Collections.DeviceBindings.Put(after, stored?.Version ?? 0));
                return store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
            }, cancellationToken);
            if (result is CommitResult.Committed)
            {
                return BindingOutcome.Done;
            }
        }

        throw new StoreUnavailableException("Others change the binding of this device all the time.");
    }
}
