using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api;

public sealed class OpenApiTests(SampleHost sample) : IClassFixture<SampleHost>
{
    [Fact]
    public async Task Document_ListsEveryRouteThatIsMapped()
    {
        var paths = await PathsAsync();

        var mapped = sample.Host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true })
            .Where(e => !e.RoutePattern.RawText!.StartsWith("/openapi", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText!.TrimEnd('/')}"));
        Assert.Equal(mapped.Order(StringComparer.Ordinal), paths.SelectMany(Operations).Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal));
        Assert.Contains("/api/v1/patients/{id}/timeline", paths.Select(p => p.Key));
    }

    [Fact]
    public async Task Document_EveryOperation_SaysWhatItDoesHowToGetInAndHowErrorsLook()
    {
        Assert.All((await PathsAsync()).SelectMany(Operations), o =>
        {
            Assert.NotEmpty(o.Operation.Text("summary"));
            Assert.NotEmpty(o.Operation.Text("operationId"));
            if (o.Path.StartsWith("/health", StringComparison.Ordinal))
            {
                Assert.Null(o.Operation["security"]);
                return;
            }

            if (o.Path.StartsWith("/api/v1/gateways/", StringComparison.Ordinal))
            {
                // Providers hold no key of the API; they prove themselves as their gateway's file says.
                Assert.Null(o.Operation["security"]);
                Assert.All((string[])["400", "401", "404", "429"], status => Assert.NotNull(o.Operation["responses"]![status]!["content"]!["application/problem+json"]));
                return;
            }

            Assert.Equal(["ApiKey", "Bearer"], o.Operation.Items("security").Select(s => Assert.Single(s!.AsObject()).Key));
            foreach (var status in (string[])["400", "401", "429", "500", "503"])
            {
                Assert.Equal("#/components/schemas/ProblemDetails",
                    o.Operation["responses"]![status]!["content"]!["application/problem+json"]!["schema"]!.Text("$ref"));
            }
        });
    }

    [Fact]
    public async Task Document_Search_DescribesItsQueryAndItsAnswer()
    {
        var document = await sample.Host.Client.GetJsonAsync("/openapi/v1.json");
        var search = document["paths"]!["/api/v1/messages"]!["get"]!;

        Assert.Equal(["feed", "state", "mark", "cause", "type", "search", "from", "below", "limit", "after"], search.Items("parameters").Select(p => p!.Text("name")));
        Assert.Equal(["waiting", "done", "failed", "filtered", "duplicate"], search.Items("parameters")[1]!["schema"]!.Items("enum").Select(v => v!.GetValue<string>()));
        Assert.Equal(500, search.Items("parameters")[8]!["schema"]!["maximum"]!.GetValue<int>());
        var schema = search["responses"]!["200"]!["content"]!["application/json"]!["schema"]!.Text("$ref").Split('/')[^1];
        Assert.NotNull(document["components"]!["schemas"]![schema]!["properties"]!["next"]);
        Assert.Equal("X-Api-Key", document["components"]!["securitySchemes"]!["ApiKey"]!.Text("name"));
    }

    [Fact]
    public async Task Document_Times_AreTextsThatMayBeNullWhereTheyMayBeUnknown()
    {
        var message = (await sample.Host.Client.GetJsonAsync("/openapi/v1.json"))["components"]!["schemas"]!["MessageListEntry"]!["properties"]!;

        Assert.Equal("string", message["received"]!.Text("type"));
        Assert.Equal(["null", "string"], message["finished"]!.Items("type").Select(t => t!.GetValue<string>()).Order());
        Assert.Equal("date-time", message["finished"]!.Text("format"));
    }

    [Fact]
    public async Task Document_WithoutKey_IsRefused()
    {
        await sample.Host.Anonymous.GetJsonAsync("/openapi/v1.json", HttpStatusCode.Unauthorized);
    }

    private async Task<JsonObject> PathsAsync() => (await sample.Host.Client.GetJsonAsync("/openapi/v1.json"))["paths"]!.AsObject();

    private static IEnumerable<(string Path, string Method, JsonNode Operation)> Operations(KeyValuePair<string, JsonNode?> path) =>
        path.Value!.AsObject().Select(o => (path.Key, o.Key.ToUpperInvariant(), o.Value!));
}
