using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Audit;
using Integration.Core.Intake;
using Integration.Core.Retention;
using Integration.Core.Storage;
using Integration.Core.Verification;
using Integration.Tests.Samples;

namespace Integration.Tests.Verification;

/// <summary>What the pipeline wrote fits; each way in which it could not fit is found and named.</summary>
public sealed class StoreVerifierTests
{
    private static readonly string[] Admission =
    [
        "MSH|^~\\&|HIS|EAST|||20260316080000+0800||ADT^A01|C1|P|2.5.1||||||UNICODE UTF-8",
        "EVN|A01|20260316080000+0800", "PID|1||P1^^^HIS^MR||王小明^^^^^^L||19800203|M", "PV1|1|I|W^1^1||||||||||||||||V1",
    ];

    [Fact]
    public async Task Verify_AHospitalDay_FindsNothing()
    {
        await using var engine = await TestEngine.StartAsync();
        foreach (var raw in SampleFiles.DayMessages.Select(m => m.Bytes))
        {
            await engine.AcceptRawAsync(raw);
        }

        await engine.RunAsync();

        var verification = await VerifyAsync(engine);

        Assert.Equal([], verification.Examples.Select(e => $"{e.Kind} {e.Id} {e.Detail}"));
        Assert.True(verification.IsSound);
        Assert.Equal(SampleFiles.DayMessages.Count, verification.Documents["messages"]);
        Assert.True(verification.Documents["resources"] > 100);
    }

    public static TheoryData<string> Kinds =>
    [
        FindingKinds.ResourceWithoutPatient, FindingKinds.IdentityToNothing, FindingKinds.MessageWithoutPatient, FindingKinds.SummaryDiffers,
        FindingKinds.HistoryWithoutResource, FindingKinds.ReferenceToNothing, FindingKinds.RawBytesMissing, FindingKinds.RawBytesDiffer,
        FindingKinds.BlockCountsWrong, FindingKinds.AttachmentIncomplete, FindingKinds.AuditBroken, FindingKinds.MergedIntoNothing,
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Verify_OneThingBroken_IsFoundAndNamed(string kind)
    {
        await using var engine = await TestEngine.StartAsync();
        var message = await engine.SendAsync(Admission);
        Assert.True((await VerifyAsync(engine)).IsSound);

        await BreakAsync(engine, kind, message);
        var verification = await VerifyAsync(engine);

        Assert.False(verification.IsSound);
        Assert.Contains(kind, verification.Findings.Keys);
        Assert.Contains(verification.Examples, example => example.Kind == kind && example.Id.Length > 0);
        Assert.DoesNotContain(verification.Examples, example => (example.Id + example.Detail).Contains("P1", StringComparison.Ordinal));
    }

    private static async Task BreakAsync(TestEngine engine, string kind, JournaledMessage message)
    {
        var patient = await engine.PatientAsync("P1");
        var encounter = (await engine.Records.ResourcesAsync(patient.Id, "Encounter", 1, null, CancellationToken.None)).Resources[0];
        switch (kind)
        {
            case FindingKinds.ResourceWithoutPatient or FindingKinds.IdentityToNothing or FindingKinds.MessageWithoutPatient:
                await WriteAsync(engine, Collections.Patients.Delete(patient.Id));
                break;
            case FindingKinds.SummaryDiffers:
                await WriteAsync(engine, Collections.Patients.Put(patient with { ResourceCounts = new Dictionary<string, int> { ["Encounter"] = 2 } }, null));
                break;
            case FindingKinds.MergedIntoNothing:
                await WriteAsync(engine, Collections.Patients.Put(patient with { Id = "0123", MergedInto = "4567" }, null));
                break;
            case FindingKinds.HistoryWithoutResource:
                await WriteAsync(engine, Collections.ResourceHistory.Put(encounter with { Id = "Encounter/gone" }, null));
                break;
            case FindingKinds.ReferenceToNothing:
                encounter.Resource["partOf"] = new JsonObject { ["reference"] = "Encounter/gone" };
                await WriteAsync(engine, Collections.Resources.Put(encounter, null));
                break;
            case FindingKinds.RawBytesMissing:
                await WriteAsync(engine, Collections.Messages.Put(message with { RawIn = new RawPlace("gone", 0) }, null));
                break;
            case FindingKinds.RawBytesDiffer:
                await WriteAsync(engine, Collections.Messages.Put(message with { Raw = Encoding.ASCII.GetBytes("other") }, null, withPayload: true));
                break;
            case FindingKinds.BlockCountsWrong:
                await WriteAsync(engine, Collections.RawBlocks.Put(new RawBlock { Id = "b", Feed = "his", Messages = 1, Bytes = 1 }, null));
                break;
            case FindingKinds.AttachmentIncomplete:
                await WriteAsync(engine, Collections.Attachments.Put(new("a", 10, "text/plain", message.Id, "his", message.Received), null));
                break;
            case FindingKinds.AuditBroken:
                await WriteAsync(engine, Collections.Audit.Put(
                    new AuditEntry { Id = "00000000000000000001", Time = message.Received, Actor = "a", Action = "b", Target = "c", Reason = "", Previous = "d", Hash = "e" }, null));
                break;
        }
    }

    private static async Task WriteAsync(TestEngine engine, DocumentWrite write)
    {
        var batch = new WriteBatch();
        batch.Add(write);
        Assert.IsType<CommitResult.Committed>(await engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
    }

    private static async Task<StoreVerification> VerifyAsync(TestEngine engine) =>
        await new StoreVerifier(engine.Store, TimeProvider.System).VerifyAsync(CancellationToken.None);
}
