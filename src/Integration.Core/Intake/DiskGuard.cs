using Microsoft.Extensions.Logging;

namespace Integration.Core.Intake;

/// <summary>The folder of an embedded store; not registered where the store is on another machine.</summary>
/// <param name="Folder">Absolute path.</param>
public sealed record StorageVolume(string Folder);

/// <summary>
/// Stops intake before the store's disk is full: what is journaled already can still be processed then, and senders keep the rest. Intake goes
/// on by itself when there is a tenth more room than the limit.
/// </summary>
/// <remarks>Safe for many threads; the disk is asked at most once a second.</remarks>
/// <param name="readFreeBytes">Free bytes of the disk; null: unknown, no limit.</param>
/// <param name="minFreeBytes">0: no limit.</param>
public sealed partial class DiskGuard(Func<long?> readFreeBytes, long minFreeBytes, TimeProvider time, ILogger<DiskGuard> logger)
{
    private const int Mebibyte = 1024 * 1024;

    private readonly Lock _reading = new();
    private Answer? _last;

    /// <summary>Why nothing may be taken in, one line with what to do; null while there is room.</summary>
    public string? Problem
    {
        get
        {
            var last = Volatile.Read(ref _last);
            return last is not null && time.GetElapsedTime(last.At) < TimeSpan.FromSeconds(1) ? last.Problem : Read();
        }
    }

    /// <summary>Asks the disk that holds the folder.</summary>
    public static Func<long?> FreeBytesOf(string folder) => () =>
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not to be found out here; the store itself will say when it cannot write.
            return null;
        }
    };

    private string? Read()
    {
        lock (_reading)
        {
            var was = _last?.Problem;
            var free = minFreeBytes == 0 ? null : readFreeBytes();
            var limit = was is null ? minFreeBytes : minFreeBytes + (minFreeBytes / 10);
            var problem = free < limit
                ? $"Low disk: {free / Mebibyte} MB free, {limit / Mebibyte} MB are needed. Free some space, or lower Storage:MinFreeMb."
                : null;
            if (was is null && problem is not null)
            {
                LogStopped(problem);
            }
            else if (was is not null && problem is null)
            {
                LogResumed((free ?? 0) / Mebibyte);
            }

            Volatile.Write(ref _last, new Answer(problem, time.GetTimestamp()));
            return problem;
        }
    }

    [LoggerMessage(1011, LogLevel.Error, "Every feed stops taking messages. {Problem}")]
    private partial void LogStopped(string problem);

    [LoggerMessage(1012, LogLevel.Information, "The feeds take messages again: {FreeMb} MB of the disk are free.")]
    private partial void LogResumed(long freeMb);

    private sealed record Answer(string? Problem, long At);
}
