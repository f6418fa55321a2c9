using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Pipeline;
using Integration.SystemTests.Hl7v2;

namespace Integration.SystemTests.Faults;

/// <summary>A message in whose every run the real process dies is set aside, with its bytes; the others flow.</summary>
public sealed class DeadlyMessageTests
{
    private const int Results = 20_000;   // enough to be at work for seconds: it is found running and killed there
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Kill_InEveryRunOfAMessage_SetsItAsideAndLetsOthersFlow()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var deaths = 0;
        string? id = null;
        JsonNode message;
        while (true)
        {
            await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken);
            id ??= await SendAsync(engine, Report(), "DEADLY", cancellationToken);
            message = await WaitForRunOrEndAsync(engine, id, cancellationToken);
            if (message["processing"] is null)
            {
                await SendAsync(engine, SampleMessages.Admission("AFTER", patient: "K0001"), "AFTER", cancellationToken);
                await engine.DrainAsync(Patience, cancellationToken);
                Assert.Equal("done", (string)(await engine.GetAllAsync("/api/v1/messages?search=AFTER", cancellationToken)).Single()["state"]!);
                Assert.Equal(Report(), await engine.Api.GetByteArrayAsync($"/api/v1/messages/{id}/raw", cancellationToken));
                break;
            }

            engine.Kill();
            deaths++;
        }

        Assert.Equal("failed", (string)message["state"]!);
        Assert.Equal("ProcessDied", (string)Assert.Single(message["issues"]!.AsArray())!["name"]!);
        Assert.Equal(CrashGuard.MaxStarts + 1, deaths);   // once among others, unsuspected; then the starts that are written down
    }

    private static async Task<string> SendAsync(EngineProcess engine, byte[] raw, string controlId, CancellationToken cancellationToken)
    {
        await using var sender = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, Patience, cancellationToken);
        Assert.True((await sender.SendAsync(raw, cancellationToken)).IsAccepted);
        return (string)(await engine.GetAllAsync($"/api/v1/messages?search={controlId}", cancellationToken)).Single()["id"]!;
    }

    private static async Task<JsonNode> WaitForRunOrEndAsync(EngineProcess engine, string id, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            var message = (await engine.GetAllAsync($"/api/v1/messages?search={id}", limit.Token)).Single();
            if (message["processing"] is not null)
            {
                return message;
            }

            if ((string)message["state"]! != "waiting")
            {
                return await engine.GetJsonAsync($"/api/v1/messages/{id}", limit.Token);
            }

            await Task.Delay(5, limit.Token);
        }
    }

    private static byte[] Report()
    {
        var text = new StringBuilder("MSH|^~\\&|LIS|EAST|ENGINE|HUB|20260301080000||ORU^R01|DEADLY|P|2.5.1\rPID|1||K0099^^^HIS||Deadly\rOBR|1|P1^LIS|F1^LIS|PANEL^Panel^L|||20260301080000\r");
        for (var i = 0; i < Results; i++)
        {
            text.Append($"OBX|{i + 1}|NM|T{i}^Test {i}^L||{i}|mmol/L|||||F\r");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
