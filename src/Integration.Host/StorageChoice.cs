using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Storage.Mongo;
using Integration.Storage.Sqlite;

namespace Integration.Host;

/// <summary>Which engine keeps the data: <c>Storage:Provider</c>, <c>Sqlite</c> (default) or <c>MongoDb</c>.</summary>
internal static class StorageChoice
{
    private const string Key = "Storage:Provider";

    /// <param name="dataFolder">Absolute. The embedded database lies there unless its own setting says otherwise.</param>
    /// <param name="home">What a relative path of a setting is relative to.</param>
    /// <exception cref="ConfigurationException">There is no such engine.</exception>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration, string dataFolder, string home)
    {
        var provider = configuration[Key];
        if (string.Equals(provider, "MongoDb", StringComparison.OrdinalIgnoreCase))
        {
            return services.AddMongoStorage(configuration).AddSingleton(new StorageVolume(dataFolder));
        }

        if (provider is not null && !string.Equals(provider, "Sqlite", StringComparison.OrdinalIgnoreCase))
        {
            throw new ConfigurationException([new(Key, $"'{provider}' is no storage engine.", "Use Sqlite or MongoDb.")]);
        }

        var path = Path.GetFullPath(configuration["Storage:Sqlite:Path"] ?? Path.Combine(dataFolder, "integration.db"), home);
        configuration["Storage:Sqlite:Path"] = path;
        return services.AddSqliteStorage(configuration).AddSingleton(new StorageVolume(Path.GetDirectoryName(path)!));
    }
}
