using Integration.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Integration.Storage.Mongo;

/// <summary>Adds the MongoDB store to the engine.</summary>
public static class MongoStorageRegistration
{
    /// <summary>Makes MongoDB the <see cref="IDocumentStore"/>, with <see cref="MongoStorageOptions"/> read from <paramref name="configuration"/> and checked at start.</summary>
    public static IServiceCollection AddMongoStorage(this IServiceCollection services, IConfiguration configuration)
    {
        var setup = new MongoStorageOptionsSetup(configuration.GetSection(MongoStorageOptions.Section));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IConfigureOptions<MongoStorageOptions>>(setup);
        services.AddSingleton<IValidateOptions<MongoStorageOptions>>(setup);
        services.AddOptions<MongoStorageOptions>().ValidateOnStart();
        services.AddSingleton<IDocumentStore, MongoDocumentStore>();
        return services;
    }
}
