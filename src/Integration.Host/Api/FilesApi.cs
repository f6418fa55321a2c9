using System.Text.Json;
using Integration.Core.Feeds;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>The ledger of files that were picked up and batches that came over connections.</summary>
internal static class FilesApi
{
    private static readonly Dictionary<string, FileState> States =
        Enum.GetValues<FileState>().ToDictionary(state => JsonNamingPolicy.CamelCase.ConvertName(state.ToString()));

    public static void MapFiles(this RouteGroupBuilder api) =>
        api.MapGet("/files", SearchAsync).WithTags("Feeds").WithName("searchFiles")
            .WithSummary("Files picked up and batches received, newest first")
            .WithDescription("One entry for each content of a feed, by its checksum: how many messages it declares, how many it holds, and what became of them.")
            .TakesQuery(
                QueryParameter.Text("feed", "Name of a feed.", "a feed's name"),
                QueryParameter.Choice("state", "Where the file stands; `flagged` was taken and does not add up.", [.. States.Keys]),
                QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);

    private static async Task<Ok<Page<FileView>>> SearchAsync(QueryValues query, FileLedger ledger, CancellationToken cancellationToken)
    {
        var page = await ledger.SearchAsync(
            query.Text("feed"), query.Text("state") is { } state ? States[state] : null, query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new Page<FileView>([.. page.Files.Select(FileView.Of)], page.Next));
    }
}
