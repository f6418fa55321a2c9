using System.CommandLine;
using Integration.Host.Commands.Check;
using Integration.Host.Commands.Import;
using Integration.Host.Commands.Mapping;
using Integration.Host.Commands.Rules;
using Integration.Host.Commands.Sql;
using Integration.Host.Commands.Storage;

namespace Integration.Host.Commands;

/// <summary>The verbs. Without one the engine runs until it is told to stop.</summary>
internal static class CommandLine
{
    /// <summary>Exit code of a configuration that cannot be used.</summary>
    public const int BadConfiguration = 2;

    // The engine drains for up to 20 s when it is stopped; left to itself the library ends the process after 2 s.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(28);

    /// <returns>The verb's exit code; <see cref="BadConfiguration"/> for arguments that make no sense.</returns>
    public static Task<int> RunAsync(string[] args) => RunAsync(args, new InvocationConfiguration { ProcessTerminationTimeout = StopLimit });

    /// <inheritdoc cref="RunAsync(string[])"/>
    /// <param name="invocation">Where verbs write.</param>
    public static Task<int> RunAsync(string[] args, InvocationConfiguration invocation)
    {
        var root = new RootCommand("Hospital integration engine: HL7 v2, FHIR, DICOM and tables into one patient-360 record.")
        {
            SendCommand.Create(), DemoCommand.Create(), MapCommand.Create(), MappingsCommand.Create(), RulesCommand.Create(), TemplatesCommand.Create(), BackupCommand.CreateBackup(),
            BackupCommand.CreateRestore(), VerifyCommand.Create(), ImportCommand.Create(), SqlCommand.Create(), CsvCommand.Create(), CheckCommand.Create(),
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((parsed, cancellationToken) => EngineHost.RunAsync([.. parsed.UnmatchedTokens], whenStarted: null, cancellationToken));
        var parsed = root.Parse(args);
        if (parsed.CommandResult.Command == root && args is [{ Length: > 0 } verb, ..] && verb[0] is not ('-' or '/'))
        {
            return RefuseAsync(parsed, [$"There is no verb '{verb}'."], invocation.Error);
        }

        return parsed.Errors.Count > 0 ? RefuseAsync(parsed, parsed.Errors.Select(e => e.Message), invocation.Error) : parsed.InvokeAsync(invocation);
    }

    // In place of the library's own answer, which is 1 and a page of help.
    private static async Task<int> RefuseAsync(ParseResult parsed, IEnumerable<string> errors, TextWriter output)
    {
        foreach (var error in errors)
        {
            await output.WriteLineAsync(error);
        }

        await output.WriteLineAsync($"See: {parsed.CommandResult.Command.Name} --help");
        return BadConfiguration;
    }
}
