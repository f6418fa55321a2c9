using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.FollowUps;

/// <summary>The running engine: a message plans, Quartz wakes, people act over API and console.</summary>
public sealed class DueWorkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_a_critical_result_comes_Should_be_due_by_itself_and_be_ended_over_the_api()
    {
        using var folder = new TemporaryFolder();
        await using var engine = await EngineProcess.StartAsync(Path.Combine(folder.Path, "data"), Token, "--FollowUps:Sweep=00:00:01");
        await SendCriticalAsync(engine);

        var due = await WaitAsync(engine, "due");
        var id = (string)due["id"]!;
        var page = await engine.Api.GetStringAsync("/follow-ups?state=Due", Token);
        var detail = await engine.Api.GetStringAsync($"/follow-ups/{id}", Token);
        using var claimed = await engine.Api.PostAsJsonAsync($"/api/v1/follow-ups/{id}/claim", new { by = "nurse 1" }, Token);
        using var again = await engine.Api.PostAsJsonAsync($"/api/v1/follow-ups/{id}/claim", new { by = "nurse 2" }, Token);
        using var finished = await engine.Api.PostAsJsonAsync($"/api/v1/follow-ups/{id}/finish", new { state = "done", by = "nurse 1", note = "told the ward" }, Token);
        var done = await WaitAsync(engine, "done");

        Assert.Equal("ward-duty", (string)due["team"]!);
        Assert.Contains(id, page, StringComparison.Ordinal);
        Assert.Contains("ward-duty", detail, StringComparison.Ordinal);
        Assert.Equal([200, 409, 200], new[] { claimed, again, finished }.Select(answer => (int)answer.StatusCode));
        Assert.Equal("told the ward", (string)done["outcome"]!["note"]!);
        var figures = (await engine.GetJsonAsync($"/api/v1/follow-ups/figures?from={Day(-1)}&below={Day(2)}", Token))["items"]!.AsArray();
        Assert.Equal(1.0, (double)Assert.Single(figures)!["rate"]!);
        Assert.Equal(["followUp.finish", "followUp.claim"], (await engine.GetAllAsync($"/api/v1/audit?target={id}", Token)).Select(entry => (string)entry["action"]!));
    }

    private static string Day(int days) => TimeProvider.System.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static async Task SendCriticalAsync(EngineProcess engine)
    {
        var now = TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var message = Encoding.UTF8.GetBytes(
            $"MSH|^~\\&|LIS|EAST|||{now}+0800||ORU^R01|C1|P|2.5.1||||||UNICODE UTF-8\rPID|1||1001^^^HIS||王^芳||19800203|F\r"
            + $"OBR|1||R1|K^血钾|||{now}+0800|||||||||||||||{now}+0800|||F\rOBX|1|NM|K^血钾||6.9|mmol/L|3.5-5.3|HH|||F|||{now}+0800\r");
        await using var sender = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromSeconds(10), Token);
        await sender.SendAsync(message, Token);
        await engine.DrainAsync(TimeSpan.FromSeconds(20), Token);
    }

    private static async Task<JsonNode> WaitAsync(EngineProcess engine, string state)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await engine.GetAllAsync($"/api/v1/follow-ups?rule=critical-result&state={state}", Token) is [{ } found])
            {
                return found;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"Nothing is {state}:\n{engine.Output}");
            await Task.Delay(100, Token);
        }
    }
}
