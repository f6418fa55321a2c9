using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Core.Diagnostics;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Integration.Host.Commands.Storage;

/// <summary>What the verbs on the store share: its settings, exit codes, a progress bar.</summary>
internal static class StoreVerb
{
    /// <summary>Exit code of a check that found something.</summary>
    public const int Found = 1;

    /// <summary>Ends the description of each of them.</summary>
    public const string SettingsHint = " Settings as for the engine: --Storage:Sqlite:Path=FILE.";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Option<bool> JsonOption() => new("--json") { Description = "One JSON object instead of text." };

    /// <summary>Runs a verb; what is wrong with settings, files or the store is a line each on the error output and exit code 2.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, Func<TextWriter, Task<int>> run)
    {
        try
        {
            return await run(parsed.InvocationConfiguration.Output);
        }
        catch (Exception e) when (StartProblems.Of(e) is { Count: > 0 } problems)
        {
            foreach (var problem in problems)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(problem);
            }

            return CommandLine.BadConfiguration;
        }
    }

    /// <summary>Settings as the engine reads them, with those given behind the verb, e.g. <c>--Storage:Sqlite:Path=…</c>.</summary>
    /// <exception cref="ConfigurationException">Something else stands there.</exception>
    public static StoreSettings Settings(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.FirstOrDefault(token => !token.StartsWith("--", StringComparison.Ordinal) || !token.Contains(':') || !token.Contains('=')) is { } unknown)
        {
            throw new ConfigurationException([new ConfigurationProblem(unknown, "No option of this verb, and no setting.", "Settings are given as --Storage:Sqlite:Path=FILE; --help lists the options.")]);
        }

        var home = EngineHome.Find();
        var configuration = new ConfigurationManager();
        configuration.SetBasePath(home).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().AddCommandLine([.. parsed.UnmatchedTokens]);
        var dataFolder = Path.GetFullPath(configuration["Engine:DataFolder"] ?? "data", home);
        var services = new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(TimeProvider.System);
        services.AddStorage(configuration, dataFolder, home);
        var isEmbedded = !string.Equals(configuration["Storage:Provider"], "MongoDb", StringComparison.OrdinalIgnoreCase);
        return new StoreSettings(services.BuildServiceProvider(), isEmbedded ? configuration["Storage:Sqlite:Path"] : null);
    }

    /// <summary>Shows a bar to a person who looks on, and nothing to a script.</summary>
    public static async Task<T> WithProgressAsync<T>(string title, bool json, Func<Action<double>, Task<T>> work)
    {
        if (json || System.Console.IsOutputRedirected)
        {
            return await work(_ => { });
        }

        return await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(title, maxValue: 1);
                return work(part => bar.Value = part);
            });
    }
}

/// <param name="Services">Hold the store, not opened.</param>
/// <param name="DatabasePath">Absolute path of the embedded database; null when the data is on a server.</param>
internal sealed record StoreSettings(ServiceProvider Services, string? DatabasePath) : IAsyncDisposable
{
    public IDocumentStore Store => Services.GetRequiredService<IDocumentStore>();

    /// <exception cref="StoreUnavailableException">The data is on a server.</exception>
    public string RequireDatabase(string remedy) =>
        DatabasePath ?? throw new StoreUnavailableException($"Storage:Provider is MongoDb, which this verb does not copy. {remedy}");

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}
