using System.Security.Cryptography;

namespace Integration.Host.Console;

/// <summary>
/// Style sheet and script of the console, part of the assembly: they are there whatever folder the engine is started from.
/// </summary>
internal static class ConsoleAssets
{
    private static readonly Dictionary<string, Asset> Assets = new(StringComparer.Ordinal)
    {
        ["console.css"] = Load("console.css", "text/css; charset=utf-8"),
        ["console.js"] = Load("console.js", "text/javascript; charset=utf-8"),
        ["console.svg"] = Load("console.svg", "image/svg+xml"),
    };

    /// <summary>Address of an asset; changes with its content, so that browsers keep it for good and still never show an old one.</summary>
    public static string UrlOf(string name) => $"/assets/{Assets[name].Hash}/{name}";

    public static void MapConsoleAssets(this WebApplication app)
    {
        app.MapGet("/assets/{hash}/{name}", Serve).AllowAnonymous().ExcludeFromDescription();

        // Browsers ask for it on answers that are no page of ours, such as the API's.
        app.MapGet("/favicon.ico", () => Results.Redirect(UrlOf("console.svg"))).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Serve(string hash, string name, HttpContext context)
    {
        if (!Assets.TryGetValue(name, out var asset) || asset.Hash != hash)
        {
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.ContentType);
    }

    private static Asset Load(string name, string contentType)
    {
        using var stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream("Console/" + name)
            ?? throw new InvalidOperationException($"The assembly lacks {name}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new Asset(content, contentType, Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 6)));
    }

    private sealed record Asset(byte[] Content, string ContentType, string Hash);
}
