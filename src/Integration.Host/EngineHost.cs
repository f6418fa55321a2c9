using Integration.Core;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Integration.Host.Api;
using Integration.Host.Commands;
using Integration.Host.Console;
using Integration.Host.Jobs;
using Integration.Host.Security;
using Microsoft.Extensions.Options;
using Serilog;

namespace Integration.Host;

/// <summary>Builds and runs the one process. The order of the calls is the architecture.</summary>
internal static class EngineHost
{
    private const int Failed = 70;   // EX_SOFTWARE of sysexits.h
    internal const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>Runs until stopped.</summary>
    /// <param name="args">Configuration as <c>--Section:Key=value</c>; <c>--urls</c> names the address of API and console.</param>
    /// <param name="whenStarted">Runs beside the engine once it takes messages; null for the main job.</param>
    /// <returns>Exit code: 0 stopped, 2 the configuration cannot be used, 70 the engine itself failed.</returns>
    public static async Task<int> RunAsync(
        string[] args, Func<WebApplication, CancellationToken, Task>? whenStarted, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(args);
            await OpenAsync(app, cancellationToken);
            await StartAsync(app, cancellationToken);
            await StartNotice.WriteAsync(app, System.Console.Out);
            if (whenStarted is not null)
            {
                await whenStarted(app, app.Lifetime.ApplicationStopping);
            }

            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception e) when (StartProblems.Of(e) is { Count: > 0 } problems)
        {
            foreach (var problem in problems)
            {
                await System.Console.Error.WriteLineAsync(problem);
            }

            return CommandLine.BadConfiguration;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Our bug. The trace goes to the log, for whoever mends it; the person who started the engine gets a line.
            Log.Fatal(e, "The engine failed");
            await System.Console.Error.WriteLineAsync($"The engine failed ({e.GetType().Name}). Please report it with the end of the log file.");
            return Failed;
        }
        finally
        {
            await Log.CloseAndFlushAsync();
        }
    }

    // What did start before the one that could not is stopped in order; otherwise it would meet a store that is closed already.
    private static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await StopAfterFailureAsync(app);
            throw;
        }
    }

    // Why the start failed is what the person has to read; that the stop failed too is for the log.
    private static async Task StopAfterFailureAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            Log.Error(e, "The engine could not be stopped in order");
        }
    }

    private static WebApplication Build(string[] args)
    {
        var home = EngineHome.Find();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Configuration is read once. Watching it would watch the folder of the database too, and wake for every write.
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            ContentRootPath = home,
            ApplicationName = typeof(EngineHost).Assembly.GetName().Name,
        });
        var configuration = builder.Configuration;
        var dataFolder = Path.GetFullPath(configuration["Engine:DataFolder"] ?? "data", home);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, configuration["urls"] ?? DefaultUrl);
        new SecurityFolder(dataFolder).Create();
        builder.Logging.AddEngineLogging(configuration, home, dataFolder);

        // A service manager kills after 30 s as a rule; what is not done by then is in the journal anyway.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.Services
            .AddEngine(configuration, Path.GetFullPath(configuration["Engine:MappingsFolder"] ?? "mappings", home))
            .AddStorage(configuration, dataFolder, home)
            .AddAdapters()
            .AddEngineSecurity(configuration, dataFolder)
            .AddEngineJobs(configuration)
            .AddReadApi()
            .AddOpsConsole();

        var app = builder.Build();
        app.UseEngineSecurity();
        app.MapReadApi();
        app.MapOpsConsole();
        return app;
    }

    // Everything that can be wrong is found here, before a port is opened; then the store, which every port needs.
    private static async Task OpenAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var problems = new List<ConfigurationProblem>();
        StartProblems.Collect(problems, () => KnownSettings.Check((IConfigurationRoot)app.Configuration));
        StartProblems.Collect(problems, () => app.Services.GetService<IStartupValidator>()?.Validate());
        StartProblems.Collect(problems, () => app.Services.GetRequiredService<EnginePlan>());
        StartProblems.Collect(problems, () => DestinationSecrets.Check(app.Configuration));
        StartProblems.Collect(problems, () => FeedSchedules.Check(app.Configuration));
        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }

        await app.Services.GetRequiredService<IDocumentStore>().OpenAsync(Collections.All, cancellationToken);
        await app.Services.GetRequiredService<MessageJournal>().LoadTallyAsync(cancellationToken);
        await app.Services.GetRequiredService<DeliveryOutbox>().LoadAsync(cancellationToken);
        var tally = app.Services.GetRequiredService<MessageTally>();
        app.Services.GetRequiredService<EngineMetrics>().ObserveWaiting(() => tally.Total(MessageState.Waiting));
    }
}
