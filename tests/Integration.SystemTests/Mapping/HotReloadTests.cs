using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2.Mllp;

namespace Integration.SystemTests.Mapping;

/// <summary>Mapping files of the running engine are changed and broken.</summary>
public sealed class HotReloadTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task ChangedCodeMap_IsInUseWithinFiveSeconds_AndABrokenOneIsNot()
    {
        using var folder = new TemporaryFolder();
        var mappings = folder.CopyMappings();
        await using var engine = await EngineProcess.StartAsync(Path.Combine(folder.Path, "data"), Token, $"--Engine:MappingsFolder={mappings}");
        var sexes = Path.Combine(mappings, "hl7v2", "codesystems", "AdministrativeSex.yaml");
        var first = await engine.GetJsonAsync("/api/v1/mappings", Token);

        await SendAsync(engine, 1, "P1");
        await File.AppendAllTextAsync(sexes, "  Q7: female\n", Token);
        var second = await WaitAsync(engine, status => (string)status["version"]! != (string)first["version"]!);
        await SendAsync(engine, 2, "P2");
        await File.AppendAllTextAsync(sexes, "  Q8: womann\n", Token);
        var refused = await WaitAsync(engine, status => status["refused"] is not null);
        await SendAsync(engine, 3, "P3");

        Assert.Equal("unknown", await GenderOfAsync(engine, "P1"));
        Assert.Equal("female", await GenderOfAsync(engine, "P2"));
        Assert.Equal("female", await GenderOfAsync(engine, "P3"));
        Assert.Equal((string)second["version"]!, (string)refused["version"]!);
        var problem = refused["refused"]!["problems"]![0]!;
        Assert.Equal("mappings/hl7v2/codesystems/AdministrativeSex.yaml", (string)problem["file"]!);
        Assert.Contains("womann", (string)problem["text"]!, StringComparison.Ordinal);
        Assert.Equal([2, 1], (await engine.GetAllAsync("/api/v1/mappings/versions?limit=10", Token)).Select(version => (int)version["number"]!));

        var text = await engine.Api.GetStringAsync("/mappings", Token);
        Assert.Contains("AdministrativeSex.yaml", text, StringComparison.Ordinal);
        Assert.Contains("womann", text, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task SendAsync(EngineProcess engine, int number, string patient)
    {
        var message = Encoding.UTF8.GetBytes($"MSH|^~\\&|HIS|EAST|||20260316080000||ADT^A08|{number}|P|2.5.1\rPID|1||{patient}^^^HIS||王^芳||19800203|Q7\r");
        await using var sender = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromSeconds(10), Token);
        await sender.SendAsync(message, Token);
        await engine.DrainAsync(TimeSpan.FromSeconds(20), Token);
    }

    private static async Task<string?> GenderOfAsync(EngineProcess engine, string patient) =>
        (string?)Assert.Single(await engine.GetAllAsync($"/api/v1/patients?identifier={patient}", Token))["gender"];

    private static async Task<JsonNode> WaitAsync(EngineProcess engine, Func<JsonNode, bool> isThere)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var status = await engine.GetJsonAsync("/api/v1/mappings", Token);
            var took = Stopwatch.GetElapsedTime(began);
            if (isThere(status))
            {
                Assert.True(took < Promised, $"It took {took}.");
                return status;
            }

            Assert.True(took < TimeSpan.FromSeconds(30), $"Nothing happened:\n{engine.Output}");
            await Task.Delay(50, Token);
        }
    }
}
