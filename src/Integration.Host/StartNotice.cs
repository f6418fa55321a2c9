using Integration.Core.Feeds;
using Integration.Host.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Integration.Host;

/// <summary>What the person who started the engine needs to see: addresses, feeds, how to get in.</summary>
internal static class StartNotice
{
    public static async Task WriteAsync(WebApplication app, TextWriter output)
    {
        var url = UrlOf(app);
        foreach (var feed in await app.Services.GetRequiredService<IFeedBoard>().GetAsync(CancellationToken.None))
        {
            await output.WriteLineAsync($"Feed     {feed.Name}: {feed.Description}");
        }

        await output.WriteLineAsync($"Console  {url}{app.Services.GetRequiredService<ConsoleLink>().Create()}   (opens once, within {ConsoleLink.Validity.TotalMinutes:0} minutes)");
        await output.WriteLineAsync($"API      {url}/api/v1   described at {url}/openapi/v1.json");
        if (app.Services.GetRequiredService<ApiKeyring>().TakeNewKey() is { } key)
        {
            await output.WriteLineAsync($"API key  {key}   (made now, shown only this once; send it as X-Api-Key)");
        }

        await output.WriteLineAsync("Stop with Ctrl+C.");
        await output.FlushAsync();
    }

    /// <summary>The first address the web server really listens on.</summary>
    public static string UrlOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1:8080";
}
