using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.Feeds;
using Integration.Core.Identity;
using Integration.Core.Incidents;
using Integration.Core.Intake;
using Integration.Core.Intake.Sequences;
using Integration.Core.Mapping.Codes;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Tests.Api;

/// <summary>A small record, written straight into the store: 26 patients, one of them with a merge behind her, and messages of every state.</summary>
internal static class SampleRecord
{
    public const string Patient = "6f1e0a52c3b84d6d9a7e5c1b2f304050";
    public const string MergedAway = "11111111111111111111111111111111";
    public const string Glucose = "glu-20261121-1";
    public const string Message = "019aa4d07c00700080000000000000a1";
    public const string WaitingMessage = "019aa4d07c00700080000000000000a2";
    public const string DuplicateMessage = "019aa4d07c00700080000000000000a3";
    public const string FailedMessage = "019aa4d07c00700080000000000000a4";
    public const string FaultyMessage = "019aa4d07c00700080000000000000a5";

    private const string Identity = "urn:authority:HIS|10001";

    public static readonly DateTimeOffset Start = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    /// <summary>玘 ends in the byte of ^ in GB18030: bytes and text differ visibly.</summary>
    public static readonly byte[] Raw = Gb18030().GetBytes(
        "MSH|^~\\&|LIS|EAST|ENGINE|HUB|20261121080000+0800||ORU^R01|C1|P|2.5.1|||||CHN|GB18030\rPID|1||10001^^^HIS||张^玘\rOBX|1|NM|GLU^葡萄糖||7.80|mmol/L\r");

    private static readonly byte[] WithZSegment = "MSH|^~\\&|HIS|EAST|ENGINE|HUB|20261121080000+0800||ADT^A08|H1|P|2.5.1\rPID|1||10001^^^HIS\rZPD|||||||x\r"u8.ToArray();

    private static readonly UnmappedCodeDocument Unmapped = new()
    {
        Id = "code-0123456789abcdef01234567",
        Feed = "his",
        CodeMap = "AdministrativeSex",
        Code = "Q7",
        Place = "PID-8",
        First = Start,
    };

    public static IReadOnlyList<FeedStatus> Feeds { get; } =
    [
        new("his", "Hl7v2.Mllp", "MLLP server on 127.0.0.1:2575", "running", null, 2, Start.AddHours(1), [.. Enumerable.Repeat(3, 30)], 0.05,
            Enum.GetValues<MessageState>().ToDictionary(state => state, state => (long)state + 1), Start.AddMinutes(30)),
        new("lis", "Hl7v2.Mllp", "MLLP server on 127.0.0.1:2576", "running", null, 0, null, [.. Enumerable.Repeat(0, 30)], 0,
            Enum.GetValues<MessageState>().ToDictionary(state => state, _ => 0L), null),
    ];

    private static IncidentDocument Silence()
    {
        var facts = new Dictionary<string, string> { ["minutes"] = "22" };
        var (en, zh) = IncidentWords.Of(IncidentKind.FeedSilent, "feeds/lis", facts);
        return new IncidentDocument
        {
            Id = "019aa4d07c00700080000000000000c1",
            Kind = IncidentKind.FeedSilent,
            Subject = "feeds/lis",
            State = IncidentState.Open,
            Since = Start.AddHours(7),
            Opened = Start.AddHours(7).AddMinutes(22),
            LastSeen = Start.AddHours(8),
            Occurrences = 1,
            Notices = 1,
            LastNotice = Start.AddHours(7).AddMinutes(22),
            En = en,
            Zh = zh,
            Facts = facts,
        };
    }

    private static FileDocument File => new()
    {
        Feed = "lab",
        Checksum = new string('a', 64),
        Name = "results.hl7",
        Bytes = 1_200_000,
        State = FileState.Flagged,
        Began = Start,
        Finished = Start.AddSeconds(1),
        Messages = 999,
        Batches = 1,
        DeclaredMessages = 1000,
        Accepted = 999,
        MovedTo = "processed/results.hl7",
        Issues = [MessageIssue.Warning(IntegrationErrorCode.BatchCountMismatch, "BTS-1", "BTS-1 declares 1000 messages; the batch holds 999.")],
    };

    public static async Task PutAsync(IDocumentStore store)
    {
        var batch = new WriteBatch();
        foreach (var patient in Patients())
        {
            batch.Add(Collections.Patients.Put(patient, 0));
        }

        foreach (var resource in Resources())
        {
            batch.Add(Collections.Resources.Put(resource, 0));
        }

        batch.Add(Collections.ReferralPartners.Put(new ReferralPartner("urn:authority:SQ|DC001", "东城社区卫生服务中心"), 0));
        batch.Add(Collections.ResourceHistory.Put(GlucoseVersion(1, "7.50"), 0));
        batch.Add(Collections.ResourceHistory.Put(GlucoseVersion(2, "7.60"), 0));
        batch.Add(Collections.Files.Put(File, 0));
        batch.Add(Collections.Events.Put(Missed, 0));
        foreach (var message in Messages())
        {
            batch.Add(Collections.Messages.Put(message, 0, withPayload: true));
        }

        batch.Add(Collections.UnmappedCodes.Put(Unmapped, 0));
        batch.Add(Collections.Incidents.Put(Silence(), 0));
        batch.Add(Collections.SenderSequences.Put(Counting(), 0));
        batch.Add(Collections.LinkReviews.Put(Review("open", "a"), 0));
        batch.Add(Collections.LinkReviews.Put(Review("separate", "b"), 0));
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(batch, CommitPriority.Intake, CancellationToken.None));
    }

    private static IEnumerable<PatientDocument> Patients()
    {
        yield return PatientOf(Patient, "张玘", "zq", "10001", Start.AddHours(10)) with
        {
            Sections =
            [
                new("results", 3, [new SummaryEntry($"Observation/{Glucose}", Start.AddHours(8), "葡萄糖", "7.80 mmol/L", "final", "H")]),
            ],
            ResourceCounts = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["Observation"] = 3, ["Patient"] = 1 },
        };
        yield return PatientOf(MergedAway, "张玘", "zq", "10099", Start) with { MergedInto = "22222222222222222222222222222222" };
        yield return PatientOf("22222222222222222222222222222222", "张玘", "zq", "10098", Start) with { MergedInto = Patient };
        for (var i = 0; i < 25; i++)
        {
            yield return PatientOf($"3333333333333333333333333333{i:0000}", $"李四{i}", $"ls{i}", $"200{i:00}", Start.AddMinutes(i));
        }
    }

    private static PatientDocument PatientOf(string id, string name, string initials, string number, DateTimeOffset lastEvent) => new()
    {
        Id = id,
        Demographics = new PatientDemographics(name, "female", "1980-05-17", false, [], ["1380000" + number[^4..].PadLeft(4, '0')], null, null),
        Identifiers = [new SummaryIdentifier("urn:authority:HIS", number, "MR")],
        NameKeys = [SearchKeys.FoldName(name), initials],
        IdentifierKeys = [$"urn:authority:HIS|{number}", number],
        PhoneKeys = ["1380000" + number[^4..].PadLeft(4, '0'), number[^4..].PadLeft(4, '0')],
        LastEvent = lastEvent,
    };

    private static IEnumerable<ResourceDocument> Resources()
    {
        yield return GlucoseVersion(3, "7.80");
        yield return Resource("ServiceRequest", "ref-1", Start.AddHours(1), """
            {"resourceType":"ServiceRequest","id":"ref-1","status":"active","intent":"order","extension":[{"url":"urn:hl7v2:referring-organization",
            "valueReference":{"type":"Organization","identifier":{"system":"urn:authority:SQ","value":"DC001"},"display":"东城社区卫生服务中心"}}]}
            """) with { PatientId = "33333333333333333333333333330001" };
        yield return Resource("Observation", "k-1", Start.AddHours(6), """{"resourceType":"Observation","id":"k-1","status":"final","code":{"text":"钾"}}""");
        yield return Resource("Observation", "na-1", Start.AddHours(5), """{"resourceType":"Observation","id":"na-1","status":"final","code":{"text":"钠"}}""");
        yield return Resource("Patient", "10001", Start, """{"resourceType":"Patient","id":"10001"}""");
        yield return Resource("Encounter", "v-1", Start.AddHours(4), """{"resourceType":"Encounter","id":"v-1","status":"finished","class":{"code":"AMB"}}""");
        yield return Resource("Encounter", "other", Start, """{"resourceType":"Encounter","id":"other"}""") with { PatientId = "33333333333333333333333333330001" };
    }

    private static ResourceDocument GlucoseVersion(int version, string value) => Resource("Observation", Glucose, Start.AddHours(8), $$"""
        {"resourceType":"Observation","id":"{{Glucose}}","meta":{"versionId":"{{version}}"},"status":"final","code":{"text":"葡萄糖"},
        "effectiveDateTime":"2026-11-21T08:00:00Z","valueQuantity":{"value":{{value}},"unit":"mmol/L"},
        "interpretation":[{"coding":[{"code":"H"}]}],"note":[{"text":"<复查> & '核对'"}]}
        """) with { Version = version };

    private static ResourceDocument Resource(string type, string id, DateTimeOffset effective, string json) => new()
    {
        Id = $"{type}/{id}",
        Type = type,
        PatientId = Patient,
        SourceIdentity = Identity,
        Effective = effective,
        Version = 1,
        LastUpdated = Start.AddHours(9),
        Provenance = new Provenance("lis", Message, "0123456789ab", $"OBX-{type}", "OBX[1]", effective),
        Resource = JsonNode.Parse(json)!.AsObject(),
    };

    private static IEnumerable<JournaledMessage> Messages()
    {
        yield return MessageOf(Message, MessageState.Done, Start.AddHours(8)) with
        {
            PatientId = Patient,
            Identifiers = [Identity, "10001"],
            Attempts = 1,
            MappingVersion = "0123456789ab",
            Finished = Start.AddHours(8).AddMilliseconds(12),
            Issues = [MessageIssue.Warning(IntegrationErrorCode.CodeNotMapped, "OBX[1]-3", "The code is in no code map.")],
            Stages = [new("parse", 40), new("map", 210), new("identify", 90), new("record", 300), new("followUp", 1), new("deliver", 2), new("commit", 4100)],
            Changes = [new("Observation", $"Observation/{Glucose}", "updated", 3)],
            Unread = ["PID-31"],
        };
        yield return MessageOf(WaitingMessage, MessageState.Waiting, Start.AddHours(9)) with { ControlId = "C2" };
        yield return MessageOf(DuplicateMessage, MessageState.Duplicate, Start.AddHours(9)) with { RelatesTo = Message };
        yield return MessageOf(FailedMessage, MessageState.Failed, Start.AddHours(10)) with
        {
            ControlId = "C4",
            Attempts = 1,
            Cause = "identify/4101/PID-3/",
            Issues = [MessageIssue.Error(IntegrationErrorCode.PatientIdentifierMissing, "PID-3", "The message names no patient.")],
        };
        yield return MessageOf(FaultyMessage, MessageState.Filtered, Start.AddHours(11)) with { ControlId = "C5", Format = "faulty" };
        for (var i = 0; i < 20; i++)
        {
            yield return MessageOf($"019aa4d07c0070008000000000000b{i:00}", MessageState.Done, Start.AddMinutes(i)) with { Feed = "his", ControlId = $"H{i}", Unread = ["ZPD"], UnmappedCodes = [Unmapped.Id], Raw = WithZSegment, RawBytes = WithZSegment.Length };
        }
    }

    private static JournaledMessage MessageOf(string id, MessageState state, DateTimeOffset received) => new()
    {
        Id = id,
        Feed = "lis",
        Received = received,
        Format = "hl7v2",
        MessageType = "ORU^R01",
        ControlId = "C1",
        Sender = "LIS|EAST",
        ContentHash = Convert.ToHexStringLower(SHA256.HashData(Raw)),
        PatientKey = Identity,
        State = state,
        RawBytes = Raw.Length,
        Raw = Raw,
    };

    private static SenderSequence Counting() => new()
    {
        Id = SenderSequence.IdOf("lis", "LIS|EAST"),
        Feed = "lis",
        Sender = "LIS|EAST",
        Highest = 100,
        LastArrival = Start.AddHours(8),
        Missing = [new MissingRange(17, 19, 0, Start.AddHours(7), Message)],
    };

    private static LinkReviewDocument Review(string state, string pair) => new()
    {
        Id = $"{pair}1~{pair}2",
        PatientA = pair + "1",
        PatientB = pair + "2",
        State = state,
        Reason = "resident-id-contradicts",
        MessageId = Message,
        Since = Start,
    };

    private static Encoding Gb18030()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding("GB18030");
    }

    /// <summary>The sample's start moved on, as the API writes times.</summary>
    public static string Time(TimeSpan after) => (Start + after).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static EventDocument Missed => new()
    {
        Id = "5b1f0c6ad2e34f708192a3b4c5d6e7f8",
        Type = "appointment.missed",
        SchemaVersion = 1,
        Subject = "Appointment/app-1",
        PatientId = Patient,
        Time = new DateTimeOffset(2026, 11, 21, 1, 30, 0, TimeSpan.Zero),
        Recorded = new DateTimeOffset(2026, 11, 21, 1, 30, 1, TimeSpan.Zero),
        Cause = "m-missed",
        Feed = "his",
        Data = new JsonObject { ["status"] = "noshow", ["start"] = "2026-11-21T09:00:00+08:00" },
    };
}
