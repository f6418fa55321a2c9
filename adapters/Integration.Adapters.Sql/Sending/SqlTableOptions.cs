using Integration.Adapters.Sql.Source.Dialects;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Sql.Sending;

/// <summary>Settings of a <c>Sql.Table</c> destination beside those that every destination has.</summary>
/// <param name="Table">Name of the table, with its schema if need be; <c>samples/receivers/sql</c> says what columns it has.</param>
internal sealed record SqlTableOptions(SqlDialect Dialect, string ConnectionString, string Table)
{
    private static readonly string[] Keys = ["Provider", "ConnectionString", "Table"];
    private static readonly TimeSpan AnyTimeout = TimeSpan.FromSeconds(30);

    /// <returns>The settings, of no use where there are problems.</returns>
    public static (SqlTableOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(IConfigurationSection section)
    {
        var reader = new SettingsReader(section);
        reader.CheckKeys("a Sql.Table destination", [.. DestinationSettings.Keys, .. Keys]);
        var dialect = SqlDialect.BuiltIn.GetValueOrDefault(reader.Text("Provider") ?? "");
        if (dialect is null)
        {
            reader.Report("Provider", reader.Has("Provider") ? "There is no such kind of database." : "The kind of database is missing.", $"Use one of {string.Join(", ", SqlDialect.BuiltIn.Keys)}.");
            dialect = SqlDialect.BuiltIn["PostgreSql"];
        }

        var connection = reader.Text("ConnectionString") ?? "";
        if (connection.Length == 0)
        {
            reader.Report(
                "ConnectionString", "The database is missing.",
                $"It may hold a password: give it by environment, Destinations__{reader.Name}__ConnectionString=Host=crm-db;Database=crm;Username=engine;Password=…");
        }
        else if (!IsConnectionString(dialect, connection))
        {
            reader.Report("ConnectionString", "It cannot be read.", "Write it as Name=value pairs with semicolons, as the provider's manual says.");
        }

        var table = reader.Text("Table") ?? "patient_events";
        if (!table.Split('.').All(IsPlainName) || table.Split('.').Length > 2)
        {
            reader.Report("Table", $"'{table}' is not a plain name.", "Write it like patient_events or crm.patient_events.");
        }

        return (new SqlTableOptions(dialect, connection, table), reader.Problems);
    }

    // The name is written into the statement.
    private static bool IsPlainName(string name) => name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsConnectionString(SqlDialect dialect, string text)
    {
        try
        {
            using var connection = dialect.ConnectToWrite(text, AnyTimeout);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }
}
