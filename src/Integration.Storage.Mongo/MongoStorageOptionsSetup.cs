using System.Globalization;
using Integration.Storage.Mongo.Native;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Integration.Storage.Mongo;

/// <summary>Reads the options from their section and reports everything that is wrong there at once, unknown keys too. Never shows the connection string.</summary>
internal sealed class MongoStorageOptionsSetup(IConfigurationSection section)
    : IConfigureOptions<MongoStorageOptions>, IValidateOptions<MongoStorageOptions>
{
    private static readonly string[] Keys =
        [nameof(MongoStorageOptions.ConnectionString), nameof(MongoStorageOptions.Database), nameof(MongoStorageOptions.MaxReaders), nameof(MongoStorageOptions.RetryLimit)];

    private static readonly TimeSpan LeastRetryLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostRetryLimit = TimeSpan.FromMinutes(5);

    public void Configure(MongoStorageOptions options)
    {
        options.ConnectionString = section[nameof(options.ConnectionString)] ?? options.ConnectionString;
        options.Database = section[nameof(options.Database)] ?? options.Database;
        options.MaxReaders = Number(nameof(options.MaxReaders)) ?? options.MaxReaders;
        options.RetryLimit = Time(nameof(options.RetryLimit)) ?? options.RetryLimit;
    }

    public ValidateOptionsResult Validate(string? name, MongoStorageOptions options)
    {
        var problems = new List<string>();
        foreach (var key in section.GetChildren().Where(child => !Keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Add($"{key.Path}: there is no such setting. Use one of {string.Join(", ", Keys)}.");
        }

        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            problems.Add($"{section.Path}:{nameof(options.ConnectionString)}: it is missing. Set the environment variable Storage__MongoDb__ConnectionString to mongodb://HOST:PORT/DATABASE?replicaSet=NAME.");
        }
        else if (MongocConnector.ProblemOf(options.ConnectionString) is { } problem)
        {
            problems.Add($"{section.Path}:{nameof(options.ConnectionString)}: {problem}. Use mongodb://HOST:PORT/DATABASE?replicaSet=NAME; escape @ : / % in a password as %40 and so on.");
        }

        if (options.Database.Length is 0 or > 60 || options.Database.AsSpan().IndexOfAny("/\\. \"$*<>:|?") >= 0)
        {
            problems.Add($"{section.Path}:{nameof(options.Database)}: '{options.Database}' is no database name. Use 1 to 60 letters and digits.");
        }

        if ((section[nameof(options.MaxReaders)] is not null && Number(nameof(options.MaxReaders)) is null) || options.MaxReaders is < 1 or > 64)
        {
            problems.Add($"{section.Path}:{nameof(options.MaxReaders)}: '{section[nameof(options.MaxReaders)]}' is no whole number from 1 to 64.");
        }

        if ((section[nameof(options.RetryLimit)] is not null && Time(nameof(options.RetryLimit)) is null) || options.RetryLimit < LeastRetryLimit || options.RetryLimit > MostRetryLimit)
        {
            problems.Add($"{section.Path}:{nameof(options.RetryLimit)}: '{section[nameof(options.RetryLimit)]}' is no time from 00:00:01 to 00:05:00.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private int? Number(string key) =>
        int.TryParse(section[key], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private TimeSpan? Time(string key) => TimeSpan.TryParse(section[key], CultureInfo.InvariantCulture, out var time) ? time : null;
}
