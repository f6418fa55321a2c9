using Integration.Core.Mapping.Versions;
using Integration.Tests.Mapping;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Messaging;

/// <summary>Templates and gateways are edited while the engine runs, as mappings are.</summary>
public sealed class GatewayReloadTests : IDisposable
{
    private const string Template = "templates/appointment-confirmation.yaml";
    private const string Gateway = "gateways/generic-http.yaml";
    private const string Now = "2026-03-16 10:00";

    private readonly MappingsCopy _copy = new();

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task ReloadAsync_ChangedTemplateAndGateway_HoldForTheNextMessage()
    {
        await using var engine = await StartAsync();
        await SendOneAsync(engine, "1001");
        _copy.Change(Template, text => text.Replace("您已预约", "已为您预约", StringComparison.Ordinal));
        _copy.Change(Gateway, text => text.Replace("{{url}}/sms", "{{url}}/v2/sms", StringComparison.Ordinal));

        var status = await Reload(engine).ReloadAsync(CancellationToken.None);
        await SendOneAsync(engine, "1002");

        Assert.Null(status.Refused);
        Assert.Equal(["/sms", "/v2/sms"], engine.Sent.Select(sent => sent.Path));
        Assert.Equal([true, false], engine.Sent.Select(sent => ((string)sent.Json!["content"]!).Contains("您已预约", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Template, "{{patientName}}", "{{patientNmae}}", "patientNmae")]
    [InlineData(Gateway, "address: mobile", "address: pigeon", "pigeon")]
    public async Task ReloadAsync_BrokenFile_LeavesTheOldOneInUseAndSaysWhere(string file, string good, string bad, string named)
    {
        await using var engine = await StartAsync();
        _copy.Change(file, text => text.Replace(good, bad, StringComparison.Ordinal));

        var status = await Reload(engine).ReloadAsync(CancellationToken.None);
        await SendOneAsync(engine, "1001");

        Assert.NotNull(status.Refused);
        Assert.All(status.Refused.Problems, problem => Assert.Matches($@"^mappings/{file.Replace(".", "\\.", StringComparison.Ordinal)}:\d+:\d+$", problem.Place));
        Assert.Contains(status.Refused.Problems, problem => problem.Text.Contains(named, StringComparison.Ordinal));
        Assert.Equal("/sms", Assert.Single(engine.Sent).Path);
    }

    private static MappingReload Reload(GatewayEngine engine) => engine.Services.GetRequiredService<MappingReload>();

    private static async Task SendOneAsync(GatewayEngine engine, string patient)
    {
        await engine.BookAsync(Now, patient: patient, phone: $"1380013{patient}");
        await engine.Engine.SweepAsync();
        await engine.DeliverAsync();
    }

    private async Task<GatewayEngine> StartAsync()
    {
        var engine = await GatewayEngine.StartAsync(Now, ("Engine:MappingsFolder", _copy.Folder));
        engine.Engine.Keep("appointment-confirmation");
        Reload(engine);   // reads the files as they are before the test changes them
        return engine;
    }
}
