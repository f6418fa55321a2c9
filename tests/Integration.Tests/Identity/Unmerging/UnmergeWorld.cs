using System.Globalization;
using System.Text.Json;
using Integration.Core.Identity;
using Integration.Core.Identity.Unmerging;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Core.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Identity.Unmerging;

/// <summary>An engine, a clock, and a source that knows people by the numbers 1001, 1002 …; every message comes a minute after the one before.</summary>
internal sealed class UnmergeWorld : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Plain = new();

    private readonly StepClock _clock;
    private int _sent;

    private UnmergeWorld(TestEngine engine, StepClock clock) => (Engine, _clock) = (engine, clock);

    public TestEngine Engine { get; }

    public PatientUnmerging Unmerging => Engine.Services.GetRequiredService<PatientUnmerging>();

    public static async Task<UnmergeWorld> StartAsync()
    {
        var clock = new StepClock(new DateTimeOffset(2026, 3, 16, 0, 0, 0, TimeSpan.Zero));
        return new UnmergeWorld(await TestEngine.StartAsync(services => services.AddSingleton<TimeProvider>(clock)), clock);
    }

    public static string Key(string number) => $"urn:authority:HIS|{number}";

    public static string Visit(string number) => $"PV1|1|I|W1^101^1||||||||||||||||{number}^^^HIS^VN|||||||||||||||||||||||||20260316080000+0000";

    /// <param name="more">Further repetitions of PID-3.</param>
    public static string Pid(string number, string name = "王芳", string more = "") => $"PID|1||{number}^^^HIS^MR{more}||{name}||19800203|F";

    public Task<JournaledMessage> AdmitAsync(string number, string visit, string name = "王芳") => SendAsync("ADT^A01", Pid(number, name), Visit(visit));

    public Task<JournaledMessage> ObserveAsync(string number, string order) => SendAsync(
        "ORU^R01", Pid(number), $"OBR|1|{order}|F{order}|GLU^血糖^L|||20260316081500+0000|||||||||||||||20260316090000+0000||LAB|F", $"OBX|1|NM|GLU^血糖^L||5.{_sent}|mmol/L|||||F");

    public Task<JournaledMessage> UpdateAsync(string number, string name = "王芳") => SendAsync("ADT^A08", Pid(number, name));

    public Task<JournaledMessage> MergeAsync(string survivor, string gone) => SendAsync("ADT^A40", Pid(survivor), $"MRG|{gone}^^^HIS^MR");

    public Task<JournaledMessage> UnlinkAsync(string first, string second) => SendAsync("ADT^A37", Pid(first), Pid(second));

    public async Task<JournaledMessage> SendAsync(string type, params string[] segments)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        return await Engine.SendAsync(Lines(type, _clock.GetUtcNow(), segments));
    }

    /// <summary>Takes a message in that waits until the next one runs.</summary>
    public async Task AcceptAsync(string type, params string[] segments)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<IntakeResult.Accepted>(await Engine.AcceptAsync(Lines(type, _clock.GetUtcNow(), segments)));
    }

    /// <summary>A minute passes in which nothing comes.</summary>
    public Task WaitAsync()
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        return Task.CompletedTask;
    }

    public async Task ReplayAsync(JournaledMessage message)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Engine.Journal.RequestReplayAsync(message.Id, CancellationToken.None));
        await Engine.RunAsync();
    }

    /// <summary>A person takes numbers out of the record that the first of them is in.</summary>
    public async Task<UnmergeResult> UnmergeAsync(params string[] numbers)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        return await Unmerging.UnmergeAsync(await RecordOfAsync(numbers[0]), [.. numbers.Select(Key)], "tests", "wrong merge", CancellationToken.None);
    }

    public async Task<IdentityDocument> IdentityAsync(string number) =>
        (await Engine.Identities.FindAsync([Key(number)], CancellationToken.None))[Key(number)].Identity;

    public async Task<string> RecordOfAsync(string number) => (await IdentityAsync(number)).PatientId;

    public async Task<PatientDocument> SummaryAsync(string patientId) => (await Engine.Records.GetAsync(patientId, CancellationToken.None))!;

    public async Task<IReadOnlyList<ResourceDocument>> ResourcesAsync(string patientId, string? type = null) =>
        (await Engine.Records.ResourcesAsync(patientId, type, 500, null, CancellationToken.None)).Resources;

    /// <summary>Everything that readers see of the record, resource by resource: whose it is, what it says, as of when. Not how often it was written.</summary>
    public async Task<IReadOnlyList<string>> DumpAsync()
    {
        var lines = new List<string>();
        var standing = new List<string>();
        await foreach (var stored in Engine.Store.ReadAllAsync(new DocumentQuery(Collections.Patients) { Limit = 100 }, CancellationToken.None))
        {
            var patient = Collections.Patients.Read(stored);
            standing.Add(patient.Id);
            lines.Add($"patients {patient.Id} {JsonSerializer.Serialize(patient, Plain)}");
        }

        foreach (var id in standing)
        {
            var times = await Restatements.ReadAsync(Engine.Store, id, CancellationToken.None);
            lines.AddRange((await ResourcesAsync(id)).Select(times.Timed).Select(document => string.Create(
                CultureInfo.InvariantCulture,
                $"{document.Id} of {document.PatientId} as {document.SourceIdentity} at {document.Provenance.EventTime:O} {TimesOf(document)} {document.Resource.ToJsonString()}")));
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    /// <summary>Fails on anything that does not fit together in the store.</summary>
    public async Task VerifyAsync()
    {
        var verification = await new StoreVerifier(Engine.Store, TimeProvider.System).VerifyAsync(CancellationToken.None);
        Assert.Equal([], verification.Examples.Select(e => $"{e.Kind} {e.Id} {e.Detail}"));
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private string[] Lines(string type, DateTimeOffset time, string[] segments)
    {
        var text = time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "+0000";
        return [$"MSH|^~\\&|HIS|EAST|HUB|EAST|{text}||{type}|C{++_sent}|P|2.5.1||||||UNICODE UTF-8", $"EVN|{type[^3..]}|{text}", .. segments];
    }

    private static string TimesOf(ResourceDocument document) => document.ElementTimes is null
        ? ""
        : string.Join(' ', document.ElementTimes.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Key}={t.Value:O}")));
}
