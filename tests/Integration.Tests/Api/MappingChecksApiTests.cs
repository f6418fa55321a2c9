using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Intake;
using Integration.Tests.Mapping;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api;

public sealed class MappingChecksApiTests : IAsyncLifetime
{
    private const string Admission = "MSH|^~\\&|HIS|EAST|||20260316080000||ADT^A08|1|P|2.5.1\rPID|1||P77^^^HIS||王^芳||19800203|F\rZPD|1\r";

    private readonly MappingsCopy _copy = new();
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync(mappingsFolder: _copy.Folder);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _copy.Dispose();
    }

    [Fact]
    public async Task Check_FilesAsTheyLieThere_NamesEachProblemAndChangesNothing()
    {
        var valid = await PostAsync("check");
        _copy.Change("hl7v2/codesystems/AdministrativeSex.yaml", text => text + "  W: womann\n");

        var broken = await PostAsync("check");

        Assert.Equal((await _host.Client.GetJsonAsync("/api/v1/mappings")).Text("version"), valid.Text("version"));
        Assert.Empty(valid["problems"]!.AsArray());
        Assert.Null(broken["version"]);
        var problem = broken["problems"]![0]!;
        Assert.Equal("mappings/hl7v2/codesystems/AdministrativeSex.yaml", problem.Text("file"));
        Assert.True((int)problem["line"]! > 1);
        Assert.Null((await _host.Client.GetJsonAsync("/api/v1/mappings"))["refused"]);
    }

    [Fact]
    public async Task Test_OfASite_TellsWhatPassesAndWhatDoesNot()
    {
        var none = await PostAsync("test");
        var resources = (await DryRunAsync())["items"]![0]!["resources"]!.AsArray().Select(resource => resource!["resource"]!.DeepClone()).ToArray();
        var expected = new JsonArray(new JsonObject { ["resources"] = new JsonArray(resources), ["unread"] = new JsonArray("ZPD"), ["issues"] = new JsonArray() });
        Write("right", expected);
        var passed = await PostAsync("test");
        expected[0]!["resources"]![0]!["birthDate"] = "1999-01-01";
        Write("wrong", expected);

        var failed = await PostAsync("test");

        Assert.Equal((0, 0), ((int)none["passed"]!, (int)none["failed"]!));
        Assert.Equal((1, 0), ((int)passed["passed"]!, (int)passed["failed"]!));
        Assert.InRange((int)passed["rulesHit"]!, 5, (int)passed["rules"]! - 1);
        Assert.Equal((1, 1), ((int)failed["passed"]!, (int)failed["failed"]!));
        var failure = Assert.Single(failed["failures"]!.AsArray())!;
        Assert.Equal(("mappings/sites/his/tests/wrong.hl7", "Patient.birthDate"), (failure.Text("test"), failure.Text("path")));
        Assert.Equal(("1999-01-01", "1980-02-03", "PID-Patient"), (failure.Text("expected"), failure.Text("actual"), failure["rule"]!.Text("map")));
    }

    [Fact]
    public async Task Test_ExpectationThatIsNoJson_IsNamed()
    {
        Write("odd", []);
        _copy.Write("sites/his/tests/odd.json", "[\n  {,");

        using var response = await _host.Client.PostAsync("/api/v1/mappings/test", null);

        Assert.Equal(System.Net.HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("odd.json:2:4", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coverage_OfMessagesThatCame_CountsRulesAndUnreadFields()
    {
        var journal = _host.App.Services.GetRequiredService<MessageJournal>();
        for (var number = 1; number <= 3; number++)
        {
            var raw = Encoding.UTF8.GetBytes(Admission.Replace("|1|P|", $"|{number}|P|", StringComparison.Ordinal));
            await journal.AppendAsync(
                new JournaledMessage
                {
                    Id = $"coverage-{number}",
                    Feed = "his",
                    Format = "hl7v2",
                    Received = DateTimeOffset.UnixEpoch.AddDays(20_000 + number),
                    Raw = raw,
                    RawBytes = raw.Length,
                    ContentHash = $"{number}",
                },
                CancellationToken.None);
        }

        var all = await _host.Client.GetJsonAsync("/api/v1/mappings/coverage?feed=his");
        var two = await _host.Client.GetJsonAsync("/api/v1/mappings/coverage?feed=his&limit=2");

        Assert.Equal((3, 2), ((int)all["messages"]!, (int)two["messages"]!));
        Assert.Equal(3, (int)all["types"]!["ADT_A08"]!);
        Assert.Contains(all["rules"]!.AsArray(), rule => rule!.Text("target") == "Patient.birthDate" && (int)rule!["messages"]! == 3);
        Assert.Contains(all["unread"]!.AsArray(), field => field!.Text("field") == "ZPD-1" && (int)field!["messages"]! == 3);
    }

    [Fact]
    public async Task Coverage_OfNoFeed_IsRefusedWithTheFeedsThereAre()
    {
        using var response = await _host.Client.GetAsync("/api/v1/mappings/coverage?feed=nobody");

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("his", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private void Write(string name, JsonArray expected)
    {
        _copy.Write($"sites/his/tests/{name}.hl7", Admission);
        _copy.Write($"sites/his/tests/{name}.json", expected.ToJsonString());
    }

    private async Task<JsonNode> PostAsync(string what)
    {
        using var response = await _host.Client.PostAsync($"/api/v1/mappings/{what}", null);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private async Task<JsonNode> DryRunAsync()
    {
        using var response = await _host.Client.PostAsync("/api/v1/mappings/dry-run?feed=his", new ByteArrayContent(Encoding.UTF8.GetBytes(Admission)));
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
