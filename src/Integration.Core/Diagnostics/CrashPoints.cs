using System.Diagnostics;
using System.Globalization;

namespace Integration.Core.Diagnostics;

/// <summary>
/// Named places between two writes at which a system test has the process die as if by kill -9: <c>INTEGRATION_CRASH_AT=name:n</c>, at the n-th time that the
/// place is reached. Without the variable they cost one comparison with null.
/// </summary>
public static class CrashPoints
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "INTEGRATION_CRASH_AT";

    /// <summary>A message is durable, and its sender has no answer yet.</summary>
    public const string Journaled = "journaled";

    /// <summary>Every stage has run, and nothing of it is committed.</summary>
    public const string StagesRun = "stages-run";

    /// <summary>What a message changes is committed, and nobody was told.</summary>
    public const string Committed = "committed";

    /// <summary>A destination has answered, and the delivery does not stand as done.</summary>
    public const string Delivered = "delivered";

    /// <summary>Messages were removed by a rule, and their removal is not in the audit.</summary>
    public const string Pruned = "pruned";

    /// <summary>A block of raw bytes is written, and the next is not.</summary>
    public const string Compressed = "compressed";

    /// <summary>A part of the file was given back to the disk.</summary>
    public const string Reclaimed = "reclaimed";

    /// <summary>The message of an imaging study is durable, and the study does not stand as told.</summary>
    public const string StudyTold = "study-told";

    private static readonly (string Name, int Times)? Wanted = Read(Environment.GetEnvironmentVariable(Variable));

    // Of the one process that dies of it; no two parts of the engine share it for anything else.
    private static int _reached;

    /// <summary>Dies here when this is the place and the time.</summary>
    public static void Reach(string name)
    {
        if (Wanted is { } wanted && wanted.Name == name && Interlocked.Increment(ref _reached) == wanted.Times)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
    }

    private static (string Name, int Times)? Read(string? value) =>
        value?.Split(':') is [{ Length: > 0 } name, var times] && int.TryParse(times, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (name, number) : null;
}
