using Integration.Core.Intake;

namespace Integration.Adapters.Shared.Files;

/// <summary>
/// Hands the messages of one file to intake, some at a time so that they share a commit, yet never two of one patient at once: those must be
/// journaled in the order of the file. Waits when enough are under way, so that a large file is read no faster than it is stored.
/// </summary>
/// <remarks>Not for many threads.</remarks>
internal sealed class HandOverWindow
{
    private const int MaxMessages = 32;
    private const long MaxBytes = 16 * 1024 * 1024;

    private readonly Queue<Running> _running = new();
    private long _bytes;

    public int Accepted { get; private set; }

    public int Duplicates { get; private set; }

    public int Quarantined { get; private set; }

    /// <summary>Why intake refused a message; null while it refused none. Nothing more should be added then.</summary>
    public string? Refusal { get; private set; }

    /// <param name="patientKey">Messages of one key go one after the other; empty for no such order.</param>
    /// <param name="handOver">Called once there is room.</param>
    /// <returns>False when intake refused an earlier message meanwhile: this one was not handed over.</returns>
    public async ValueTask<bool> AddAsync(string patientKey, int bytes, Func<ValueTask<IntakeResult>> handOver)
    {
        while (_running.Count >= MaxMessages || (_running.Count > 0 && _bytes + bytes > MaxBytes)
            || (patientKey.Length > 0 && _running.Any(r => r.PatientKey == patientKey)))
        {
            await FinishOldestAsync();
        }

        if (Refusal is not null)
        {
            return false;
        }

        _bytes += bytes;
        _running.Enqueue(new Running(patientKey, bytes, handOver().AsTask()));
        return true;
    }

    /// <summary>Waits until intake has decided on everything that was added.</summary>
    public async ValueTask FinishAsync()
    {
        while (_running.Count > 0)
        {
            await FinishOldestAsync();
        }
    }

    /// <summary>As <see cref="FinishAsync"/> when the reading has failed: what intake throws now would hide the reason.</summary>
    public async ValueTask AbandonAsync()
    {
        await ((Task)Task.WhenAll(_running.Select(r => r.Result))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _running.Clear();
    }

    private async ValueTask FinishOldestAsync()
    {
        var oldest = _running.Dequeue();
        _bytes -= oldest.Bytes;
        switch (await oldest.Result)
        {
            case IntakeResult.Accepted:
                Accepted++;
                break;
            case IntakeResult.Duplicate:
                Duplicates++;
                break;
            case IntakeResult.Quarantined:
                Quarantined++;
                break;
            case IntakeResult.Refused refused:
                Refusal ??= refused.Reason;
                break;
        }
    }

    private sealed record Running(string PatientKey, int Bytes, Task<IntakeResult> Result);
}
