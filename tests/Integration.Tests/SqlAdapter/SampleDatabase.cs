using Microsoft.Data.Sqlite;

namespace Integration.Tests.SqlAdapter;

/// <summary>A SQLite database of another system in a temporary file.</summary>
internal sealed class SampleDatabase : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("integration-sql-");

    private SampleDatabase() => ConnectionString = $"Data Source={Path.Combine(_folder.FullName, "his.db")};Pooling=false";

    public string ConnectionString { get; }

    /// <param name="script">Creates and fills the tables.</param>
    public static SampleDatabase Of(string script)
    {
        var database = new SampleDatabase();
        database.Execute(script);
        return database;
    }

    /// <summary>The tables of <c>samples/his-db</c>, whose PostgreSQL scripts SQLite reads too.</summary>
    public static SampleDatabase OfSamples() => Of(string.Join('\n', new[] { "his", "lis" }.Select(name => File.ReadAllText(Path.Combine(Folder, "postgresql", name + ".sql")))));

    public static string Folder => Path.Combine(RepositoryRoot.Path, "samples", "his-db");

    public void Execute(string sql)
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
