using System.Data;
using Integration.Adapters.Sql.Source;
using Integration.Adapters.Sql.Source.Dialects;
using Integration.Core.Settings;

namespace Integration.Adapters.Sql.Polling;

/// <summary>Reads the settings that say what is asked of which database.</summary>
internal static class SqlSourceOptions
{
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(30);

    public static SqlSourceSettings Read(SettingsReader settings)
    {
        var dialect = DialectOf(settings);
        var connection = settings.Text("ConnectionString") ?? "";
        if (connection.Length == 0)
        {
            settings.Report(
                "ConnectionString", "The database is missing.", $"It may hold a password: give it by environment, Feeds__{settings.Name}__ConnectionString=Host=his-db;Database=his;Username=reader;Password=…");
        }
        else if (dialect is not null && !IsConnectionString(dialect, connection))
        {
            settings.Report("ConnectionString", "It cannot be read.", "Write it as Name=value pairs with semicolons, as the provider's manual says.");
        }

        var (key, group) = (settings.Texts("Key"), settings.Texts("GroupBy"));
        if (key.Count == 0 && group.Count == 0)
        {
            settings.Report("Key", "It does not say which columns name a row.", "List the primary key, e.g. [ \"visit_no\" ]; for heads with lines set GroupBy to the key of the head instead.");
        }
        else if (key.Count > 0 && group.Count > 0)
        {
            settings.Report("Key", "Heads with lines are named by GroupBy alone.", "Remove Key.");
        }

        CheckColumns(settings, "Key", key);
        CheckColumns(settings, "GroupBy", group);
        var mark = settings.Text("Watermark");
        CheckColumns(settings, "Watermark", mark is null ? [] : [mark]);
        return new SqlSourceSettings(
            dialect ?? SqlDialect.BuiltIn["PostgreSql"], connection, QueryOf(settings), mark, group.Count > 0 ? group : key, group.Count > 0,
            settings.Time("Timeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), UsualTimeout),
            settings.Has("Isolation") ? settings.Choice("Isolation", IsolationLevel.ReadCommitted) : null, SettledOf(settings));
    }

    /// <returns>Null when <c>Provider</c> names none that can be used.</returns>
    private static SqlDialect? DialectOf(SettingsReader settings)
    {
        if (settings.Text("Provider") is not { } name)
        {
            settings.Report("Provider", "The kind of database is missing.", $"Use one of {string.Join(", ", SqlDialect.BuiltIn.Keys)}, or name the assembly of another in the folder providers.");
            return null;
        }

        if (SqlDialect.BuiltIn.TryGetValue(name, out var builtIn))
        {
            foreach (var key in new[] { "Paging", "Parameters", "ProviderFolder" }.Where(settings.Has))
            {
                settings.Report(key, $"{name} is built in and needs none.", "Remove it.");
            }

            return builtIn;
        }

        if (name.AsSpan().ContainsAny('/', '\\'))
        {
            settings.Report("Provider", "It must be the name of an assembly.", "Write it without folder; ProviderFolder says where it lies.");
            return null;
        }

        try
        {
            var folder = settings.Path("ProviderFolder", "providers");
            return new ProviderDialect(name, ProviderAssembly.Load(folder, name), settings.Choice("Paging", SqlPaging.FetchFirst), settings.Choice("Parameters", SqlParameters.At));
        }
        catch (SqlSourceException e)
        {
            settings.Report("Provider", e.Message, $"Built in are {string.Join(", ", SqlDialect.BuiltIn.Keys)}.");
            return null;
        }
    }

    private static string? SettledOf(SettingsReader settings)
    {
        var settled = settings.Text("Settled");
        if (settled is not null && !settings.Has("Watermark"))
        {
            settings.Report("Settled", "There is no Watermark.", "Remove it: without a watermark every row is compared.");
        }

        if (settled?.Contains(';') == true)
        {
            settings.Report("Settled", "It is more than a condition.", "Write it like rv < MIN_ACTIVE_ROWVERSION().");
        }

        return settled;
    }

    /// <summary>Reports names that are more than a name: they are written into statements.</summary>
    public static void CheckColumns(SettingsReader settings, string key, IReadOnlyList<string> columns)
    {
        foreach (var column in columns.Where(column => !IsColumn(column)))
        {
            settings.Report(key, $"'{column}' is not a plain column name.", "Use letters, digits and _; give another column such a name in the query with AS.");
        }
    }

    public static bool IsRowName(string name) => Core.Mapping.MappingNames.IsRowName(name);

    public static bool IsColumn(string column) => (char.IsLetter(column[0]) || column[0] == '_') && column.All(c => char.IsLetterOrDigit(c) || c == '_');

    private static bool IsConnectionString(SqlDialect dialect, string text)
    {
        try
        {
            using var connection = dialect.Connect(text, UsualTimeout);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }

    /// <summary>One SELECT, from the setting or its file; empty where there is none, which is reported.</summary>
    /// <param name="section">Before the names of the settings, with a colon; empty: the feed's own.</param>
    public static string QueryOf(SettingsReader settings, string section = "")
    {
        var (inline, fromFile) = ($"{section}Query", $"{section}QueryFile");
        var query = settings.Text(inline);
        if (settings.File(fromFile) is { } file)
        {
            if (query is not null)
            {
                settings.Report(fromFile, "There is a Query too.", "Remove one of them.");
            }

            query = File.ReadAllText(file).Trim();
        }
        else if (query is null && !settings.Has(fromFile))
        {
            settings.Report(inline, "It does not say what to read.", "Write a SELECT without ORDER BY, or name its file with QueryFile.");
        }

        query = (query ?? "").TrimEnd(';', ' ', '\r', '\n');
        if (query.Contains(';'))
        {
            settings.Report(settings.Has(inline) ? inline : fromFile, "It is more than one statement.", "Write one SELECT.");
        }

        return query;
    }
}
