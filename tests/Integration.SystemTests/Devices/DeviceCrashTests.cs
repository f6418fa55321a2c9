using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Integration.SystemTests.Devices;

/// <summary>A gateway posts readings to the real engine while that is killed: none that was accepted is lost, none counts twice.</summary>
public sealed class DeviceCrashTests(ITestOutputHelper output)
{
    private const string GatewayKey = "key-of-the-gateway-0000000000000000";
    private const int Kills = 4;
    private const int Seed = 46;

    private static readonly string[] Arguments =
        ["--Feeds:monitors:Enabled=true", $"--Security:ApiKeys:monitors={GatewayKey}"];

    [Fact]
    public async Task Kill_WhileReadingsStream_LosesAndDoublesNothing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var random = new Random(Seed);
        var load = new ReadingLoad(DateTimeOffset.UtcNow.AddHours(-3));
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, Arguments);
            using var client = Client(engine);
            await load.PostUntilBrokenAsync(client, lists: random.Next(5, 30), kill: async () =>
            {
                await Task.Delay(random.Next(0, 60), CancellationToken.None);   // any moment of the lists that follow
                engine.Kill();
            }, cancellationToken);
        }

        await using var last = await EngineProcess.StartAsync(data.Path, cancellationToken, Arguments);
        using var gateway = Client(last);
        await load.PostOpenAsync(gateway, cancellationToken);
        await last.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.GetAsync("/api/v1/patients", cancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await last.Api.PostAsync("/api/v1/vitals", Json("{}"), cancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await gateway.PostAsync("/api/v1/vitals", Json("{}"), cancellationToken)).StatusCode);

        var found = await load.CountAsync(last, cancellationToken);
        output.WriteLine($"{load.Accepted} readings accepted over {Kills} kills, {found} in the series");
        Assert.True(load.Accepted > Kills * 10, "The load was too small to prove anything.");
        Assert.Equal(load.Accepted, found);
    }

    private static HttpClient Client(EngineProcess engine)
    {
        var client = new HttpClient { BaseAddress = engine.Api.BaseAddress, Timeout = TimeSpan.FromSeconds(20) };
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {GatewayKey}");
        return client;
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    /// <summary>Ten patients, each a heart rate a second; a list of them at a time, posted until it is answered.</summary>
    private sealed class ReadingLoad(DateTimeOffset start)
    {
        private const int Patients = 10;

        private int _second;
        private bool _isOpen;

        /// <summary>Readings that were answered with 202.</summary>
        public int Accepted { get; private set; }

        /// <param name="lists">After so many lists the kill is on its way; posting goes on until it comes.</param>
        public async Task PostUntilBrokenAsync(HttpClient client, int lists, Func<Task> kill, CancellationToken cancellationToken)
        {
            var killing = Task.CompletedTask;
            try
            {
                for (var posted = 1; ; posted++)
                {
                    await PostAsync(client, cancellationToken);
                    killing = posted == lists ? Task.Run(kill, CancellationToken.None) : killing;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // Killed: the gateway does not know whether its last list was taken, and posts it again.
            }

            await killing;
        }

        public Task PostOpenAsync(HttpClient client, CancellationToken cancellationToken) => _isOpen ? PostAsync(client, cancellationToken) : Task.CompletedTask;

        /// <summary>All readings in the series of the patients.</summary>
        public async Task<int> CountAsync(EngineProcess engine, CancellationToken cancellationToken)
        {
            var count = 0;
            for (var patient = 0; patient < Patients; patient++)
            {
                var found = await engine.GetJsonAsync($"/api/v1/patients?identifier=urn:authority:HIS%7CD{patient}", cancellationToken);
                var id = (string)found["items"]!.AsArray().Single()!["id"]!;
                var from = start.AddHours(-1).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
                var series = await engine.GetJsonAsync($"/api/v1/patients/{id}/vitals/hr?from={from}", cancellationToken);
                count += series["items"]!.AsArray().Count;
            }

            return count;
        }

        private async Task PostAsync(HttpClient client, CancellationToken cancellationToken)
        {
            _isOpen = true;
            var time = start.AddSeconds(_second).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            var readings = Enumerable.Range(0, Patients).Select(patient => $$"""{"device":"M{{patient}}","code":"hr","value":{{60 + (_second % 30)}},"unit":"/min","time":"{{time}}","patient":"D{{patient}}"}""");
            using var answer = await client.PostAsync("/api/v1/vitals", Json($"[{string.Join(',', readings)}]"), cancellationToken);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            Accepted += (int)JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!["accepted"]!;
            _second++;
            _isOpen = false;
        }
    }
}
