using Integration.Adapters.Sql.Source;
using Integration.Adapters.Sql.Source.Changes;
using Integration.Core.Settings;

namespace Integration.Adapters.Sql.Polling;

/// <summary>What notes the changes, <c>Changes</c>.</summary>
internal enum ChangesKind
{
    None,
    ChangeTracking,
    Cdc,
    LogicalSlot,
}

/// <summary>Reads the settings of feeds that follow what the database itself notes of its changes.</summary>
internal static class SqlChangesOptions
{
    public static readonly string[] Keys = ["Changes", "ChangeTables:*", "Slot", "Publication"];

    /// <returns>Null where the feed has a watermark, or compares.</returns>
    public static SqlChanges? Read(SettingsReader settings, SqlSourceSettings source)
    {
        var kind = settings.Choice("Changes", ChangesKind.None);
        if (kind == ChangesKind.None)
        {
            foreach (var key in new[] { "ChangeTables", "Slot", "Publication" }.Where(settings.Has))
            {
                settings.Report(key, "It says where changes are noted, and there is no Changes.", "Set Changes, or remove it.");
            }

            return null;
        }

        var provider = kind == ChangesKind.LogicalSlot ? "PostgreSql" : "SqlServer";
        if (!provider.Equals(settings.Text("Provider"), StringComparison.OrdinalIgnoreCase))
        {
            settings.Report("Changes", $"Only {provider} has it.", "Use ChangeTracking or Cdc with SqlServer, LogicalSlot with PostgreSql.");
        }

        foreach (var key in new[] { "Watermark", "Settled", "Overlap" }.Where(settings.Has))
        {
            settings.Report(key, "The database itself says what has changed.", "Remove it, or Changes.");
        }

        var tables = TablesOf(settings, source);
        return kind switch
        {
            ChangesKind.ChangeTracking => new ChangeTracking(tables),
            ChangesKind.Cdc => new ChangeDataCapture(tables),
            _ => new LogicalSlot(NameOf(settings, "Slot"), NameOf(settings, "Publication"), tables),
        };
    }

    private static List<ChangedTable> TablesOf(SettingsReader settings, SqlSourceSettings source)
    {
        var tables = settings.KeysBelow("ChangeTables").Select(name => new ChangedTable(name, settings.Texts($"ChangeTables:{name}") is { Count: > 0 } key ? key : source.Key)).ToList();
        if (tables.Count == 0)
        {
            settings.Report(
                "ChangeTables", "It does not say in which tables changes are noted.", $"List every table of the query with the columns that hold the feed's key, e.g. {{ \"dbo.bill\": [ \"bill_no\" ], \"dbo.bill_line\": [ \"bill_no\" ] }}; for Cdc their capture instances.");
        }

        foreach (var table in tables)
        {
            var place = $"ChangeTables:{table.Name}";
            if (!table.Name.Split('.').All(part => part.Length > 0 && SqlSourceOptions.IsColumn(part)))
            {
                settings.Report(place, "It is not a plain table name.", "Write it like dbo.bill.");
            }

            SqlSourceOptions.CheckColumns(settings, place, table.Key);
            if (table.Key.Count != source.Key.Count)
            {
                settings.Report(place, $"The feed's key has {source.Key.Count} columns, and here are {table.Key.Count}.", "List the columns in the order of Key or GroupBy.");
            }
        }

        return tables;
    }

    private static string NameOf(SettingsReader settings, string key)
    {
        var name = settings.Text(key) ?? "integration";
        if (!name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
        {
            settings.Report(key, "It must be small letters, digits and _.", "Write it like integration.");
        }

        return name;
    }
}
