using System.Globalization;
using Integration.Core.Diagnostics;
using Serilog;
using Serilog.Events;

namespace Integration.Host;

/// <summary>Logs to the console and to a file a day in the data folder. What is logged never holds patient data.</summary>
internal static class EngineLogging
{
    private const string ConsoleTemplate = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}";   // traces are for the file
    private const string FileTemplate = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {Message:lj}{NewLine}{Exception}";

    // The host logs a failed start with its stack trace; EngineHost says the same in a line that a person can use.
    private const string FailedStart = "Hosting failed to start";
    private const long MaxFileBytes = 100L << 20;
    private const int KeptFiles = 31;

    /// <param name="configuration"><c>Log:Level</c> and <c>Log:Folder</c> are read.</param>
    /// <param name="home">Relative folders start here.</param>
    /// <param name="dataFolder">Holds the logs when <c>Log:Folder</c> is not set; set to nothing it means no file.</param>
    /// <exception cref="ConfigurationException">A setting is wrong or the folder cannot be written.</exception>
    public static void AddEngineLogging(this ILoggingBuilder logging, IConfiguration configuration, string home, string dataFolder)
    {
        var levelText = configuration["Log:Level"] ?? nameof(LogEventLevel.Information);
        if (!Enum.TryParse<LogEventLevel>(levelText, ignoreCase: true, out var level))
        {
            throw new ConfigurationException([new ConfigurationProblem("Log:Level", $"'{levelText}' is no level.",
                $"Use one of {string.Join(", ", Enum.GetNames<LogEventLevel>())}.")]);
        }

        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .Filter.ByExcluding(e => e.MessageTemplate.Text == FailedStart)
            .WriteTo.Console(outputTemplate: ConsoleTemplate, formatProvider: CultureInfo.InvariantCulture);
        if (configuration["Log:Folder"] is not "")
        {
            var path = Path.GetFullPath(configuration["Log:Folder"] ?? Path.Combine(dataFolder, "logs"), home);
            EnsureWritable(path);
            logger.WriteTo.File(Path.Combine(path, "engine-.log"), outputTemplate: FileTemplate, formatProvider: CultureInfo.InvariantCulture,
                rollingInterval: RollingInterval.Day, fileSizeLimitBytes: MaxFileBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: KeptFiles);
        }

        Log.Logger = logger.CreateLogger();
        logging.ClearProviders();
        logging.AddSerilog(Log.Logger);
    }

    private static void EnsureWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(Path.Combine(folder, ".probe"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationProblem("Log:Folder", $"The folder {folder} cannot be written.",
                "Give the account that runs the engine the right to write there, or name another folder.")]);
        }
    }
}
