using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Integration.Storage.Sqlite;

/// <summary>Reads the options from their section and reports everything that is wrong there at once, unknown keys too.</summary>
internal sealed class SqliteStorageOptionsSetup(IConfigurationSection section)
    : IConfigureOptions<SqliteStorageOptions>, IValidateOptions<SqliteStorageOptions>
{
    private static readonly string[] Keys =
        [nameof(SqliteStorageOptions.Path), nameof(SqliteStorageOptions.CacheMb), nameof(SqliteStorageOptions.MaxReaders)];

    public void Configure(SqliteStorageOptions options)
    {
        options.Path = section[nameof(options.Path)] ?? options.Path;
        options.CacheMb = Number(nameof(options.CacheMb)) ?? options.CacheMb;
        options.MaxReaders = Number(nameof(options.MaxReaders)) ?? options.MaxReaders;
    }

    public ValidateOptionsResult Validate(string? name, SqliteStorageOptions options)
    {
        var problems = new List<string>();
        foreach (var key in section.GetChildren().Where(child => !Keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            problems.Add($"{key.Path}: there is no such setting. Use one of {string.Join(", ", Keys)}.");
        }

        if (string.IsNullOrWhiteSpace(options.Path))
        {
            problems.Add($"{section.Path}:{nameof(options.Path)}: the file name is empty. Give the path of the database file.");
        }

        CheckNumber(nameof(options.CacheMb), options.CacheMb, 8, 4096, problems);
        CheckNumber(nameof(options.MaxReaders), options.MaxReaders, 1, 64, problems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private int? Number(string key) =>
        int.TryParse(section[key], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private void CheckNumber(string key, int value, int least, int most, List<string> problems)
    {
        if (section[key] is { } text && Number(key) is null)
        {
            problems.Add($"{section.Path}:{key}: '{text}' is not a whole number. Use {least} to {most}.");
        }
        else if (value < least || value > most)
        {
            problems.Add($"{section.Path}:{key}: {value} is out of range. Use {least} to {most}.");
        }
    }
}
