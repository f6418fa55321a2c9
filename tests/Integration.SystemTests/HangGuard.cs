using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Xunit.v3;

namespace Integration.SystemTests;

/// <summary>
/// Ends the whole run when a test does not end: these tests wait for programs of others, and a run that hangs says nothing, not even which test it was.
/// Tests that are started by hand (<c>Explicit</c>) may take as long as they like.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class HangGuardAttribute : BeforeAfterTestAttribute
{
    /// <summary>Several times what the longest test takes on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private static readonly ConcurrentDictionary<string, (string Name, long Began, ITestOutputHelper? Written)> Running = [];

    private static readonly Timer Guard = new(_ => EndIfHung(), null, Look, Look);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (!test.Explicit)
        {
            Running[test.UniqueID] = (test.TestDisplayName, Stopwatch.GetTimestamp(), TestContext.Current.TestOutputHelper);
        }

        GC.KeepAlive(Guard);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Running.TryRemove(test.UniqueID, out _);

    private static void EndIfHung()
    {
        var hung = Running.Values.Where(t => Stopwatch.GetElapsedTime(t.Began) > Limit).ToList();
        if (hung.Count == 0)
        {
            return;
        }

        foreach (var (name, _, written) in hung)
        {
            System.Console.Error.WriteLine($"    {name} [FAIL]\n      It has not ended within {Limit.TotalMinutes:F0} minutes. The run ends here. It wrote:\n{written?.Output}");
        }

        // Not Environment.Exit, which may wait for what hangs.
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
