using System.CommandLine;

namespace Integration.Host.Commands;

/// <summary>The verbs. Without one the engine runs until it is told to stop.</summary>
internal static class CommandLine
{
    /// <summary>Exit code of a configuration that cannot be used.</summary>
    public const int BadConfiguration = 2;

    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Hospital integration engine: HL7 v2 feeds into one patient-360 record.") { TreatUnmatchedTokensAsErrors = false };
        root.SetAction((parsed, cancellationToken) => EngineHost.RunAsync([.. parsed.UnmatchedTokens], whenStarted: null, cancellationToken));
        return root.Parse(args).InvokeAsync();
    }
}
