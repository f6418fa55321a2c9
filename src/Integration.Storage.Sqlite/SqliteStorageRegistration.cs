using Integration.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Integration.Storage.Sqlite;

/// <summary>Adds the embedded store to the engine.</summary>
public static class SqliteStorageRegistration
{
    /// <summary>Makes SQLite the <see cref="IDocumentStore"/>, with <see cref="SqliteStorageOptions"/> read from <paramref name="configuration"/> and checked at start.</summary>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, IConfiguration configuration)
    {
        var setup = new SqliteStorageOptionsSetup(configuration.GetSection(SqliteStorageOptions.Section));
        services.AddSingleton<IConfigureOptions<SqliteStorageOptions>>(setup);
        services.AddSingleton<IValidateOptions<SqliteStorageOptions>>(setup);
        services.AddOptions<SqliteStorageOptions>().ValidateOnStart();
        services.AddSingleton<IDocumentStore, SqliteDocumentStore>();
        return services;
    }
}
