using Integration.Core.Retention;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>How much room the data takes, how it grows, and what is kept for how long.</summary>
internal static class StorageApi
{
    public static void MapStorage(this RouteGroupBuilder api) =>
        api.MapGet("/storage", GetAsync).WithTags("Operations").WithName("getStorage").WithSummary("Bytes, growth a day, days left, and the retention rule of each feed")
            .WithDescription("Measured at most every 30 seconds. Growth is that of the last seven days at most, from samples an hour apart.");

    private static async Task<Ok<StorageView>> GetAsync(StorageSampler sampler, CancellationToken cancellationToken) =>
        TypedResults.Ok(StorageView.Of(await sampler.GetAsync(cancellationToken)));
}
