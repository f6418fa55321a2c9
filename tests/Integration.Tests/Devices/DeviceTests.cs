using System.Text;
using Integration.Adapters.Device;
using Integration.Core.Devices;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Integration.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Devices;

/// <summary>A gateway <c>ward</c> of an engine without sockets; patients are numbered by <c>HIS</c>.</summary>
internal static class DeviceTests
{
    public static readonly DateTimeOffset Ten = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);   // 10:00 in the hospital

    public static Task<TestEngine> StartAsync() => TestEngine.StartAsync(
        _ => { }, ("Feeds:ward:Adapter", "Device.Http"), ("Feeds:ward:AssigningAuthority", "HIS"), ("Feeds:ward:TimeZone", "Asia/Shanghai"));

    public static DeviceGateway Gateway(this TestEngine engine) => new(
        "ward", DeviceFeedOptions.Read(new SettingsReader(engine.Services.GetRequiredService<IConfiguration>().GetSection("Feeds:ward"))), new DeviceGateways(),
        engine.Services.GetRequiredService<IBulkIntake>(), engine.Services.GetRequiredService<DeviceBindings>(), TimeProvider.System);

    /// <summary>Posts and runs.</summary>
    public static async Task<ReadingsAnswer> PostAsync(this TestEngine engine, string json)
    {
        var answer = await engine.Gateway().AcceptAsync(Encoding.UTF8.GetBytes(json), CancellationToken.None);
        await engine.RunAsync();
        return answer;
    }

    /// <summary>A patient with a number; gives the id of the record.</summary>
    public static async Task<string> AdmitAsync(this TestEngine engine, string number)
    {
        await engine.SendAsync($"MSH|^~\\&|HIS|H|E|E|20260301080000||ADT^A01|A{number}|P|2.5.1", "EVN|A01|20260301080000", $"PID|1||{number}^^^HIS^MR||P^{number}||19800101|F", $"PV1|1|I|W^1^{number}||||||||||||||||V{number}^^^HIS");
        return (await engine.PatientAsync($"urn:authority:HIS|{number}")).Id;
    }

    public static string Reading(string device, string code, string value, string unit, string time, string? patient = null) =>
        $$"""{"device":"{{device}}","code":"{{code}}","value":{{value}},"unit":"{{unit}}","time":"{{time}}"{{(patient is null ? "" : $",\"patient\":\"{patient}\"")}}}""";

    public static async Task<BindingOutcome> BindAsync(this TestEngine engine, string device, string patientId, DateTimeOffset from, DateTimeOffset? to = null) =>
        await engine.Services.GetRequiredService<DeviceBindings>().AssignAsync(device, patientId, from, to, "tester", "bed change", CancellationToken.None);

    /// <summary>The message of an accepted reading as the journal holds it.</summary>
    public static async Task<JournaledMessage> MessageAsync(this TestEngine engine, ReadingsAnswer answer, int at = 0) =>
        (await engine.Journal.GetAsync(answer.Accepted[at].MessageId, withRaw: false, CancellationToken.None))!.Value.Message;

    /// <summary>How many messages of the gateway the journal holds.</summary>
    public static async Task<long> CountAsync(this TestEngine engine) =>
        await engine.Store.CountAsync(Collections.Messages, [new DocumentFilter.Equal(Collections.Messages.Field("feed"), "ward")], 100_000, CancellationToken.None);
}
