using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.FollowUps.Work;
using Integration.Core.Incidents;
using Integration.Core.Intake;
using Integration.Core.Messaging.Sending;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.SystemTests.Console;

/// <summary>
/// Fills a store with a small hospital before the engine opens it: patients with every section, and messages in every state that
/// lasts. It does not depend on what the mappings make of a message.
/// </summary>
internal sealed class ConsoleSeed
{
    private static readonly (string Name, string Initials)[] People =
    [
        ("王建国", "wjg"), ("李秀英", "lxy"), ("张伟", "zw"), ("刘洋", "ly"), ("陈静", "cj"), ("杨丽", "yl"), ("赵磊", "zl"), ("黄敏", "hm"),
        ("周杰", "zj"), ("吴桂芳", "wgf"), ("徐浩然", "xhr"), ("孙玉兰", "syl"), ("马超", "mc"), ("朱婷", "zt"), ("胡瑋", "hw"), ("郭子轩", "gzx"),
        ("何梓涵", "hzh"), ("高志强", "gzq"), ("林晓东", "lxd"), ("罗㛃", "lj"), ("欧阳雪", "oyx"), ("司马玘", "smq"), ("阿依古丽·买买提", "aygl"), ("梁小宝", "lxb"),
    ];

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly WriteBatch _batch = new();

    /// <summary>Patient with the fullest record.</summary>
    public const string FullPatient = "p0000000000000000000000000000000";

    /// <summary>Patient that was merged into <see cref="FullPatient"/>.</summary>
    public const string MergedPatient = "p0000000000000000000000000000099";

    /// <summary>Message in state Done that changed <see cref="FullPatient"/>.</summary>
    public static string DoneMessage => MessageId(2);

    /// <summary>Message in state Failed.</summary>
    public static string FailedMessage => MessageId(6);

    /// <summary>Due work that a person has taken.</summary>
    public static string ClaimedWork => IdOfWork("no-show");

    /// <summary>Asks a form.</summary>
    public static string CalledWork => IdOfWork("chronic-follow-up");

    public static async Task FillAsync(string databasePath, CancellationToken cancellationToken)
    {
        var options = Options.Create(new SqliteStorageOptions { Path = databasePath });
        await using var store = new SqliteDocumentStore(options, NullLogger<SqliteDocumentStore>.Instance);
        await store.OpenAsync(Collections.All, cancellationToken);
        var seed = new ConsoleSeed();
        for (var i = 0; i < People.Length; i++)
        {
            seed.AddPatient(i);
        }

        seed.AddMerged();
        seed.AddEvents();
        for (var i = 0; i < 70; i++)
        {
            seed.AddMessage(i);
        }

        for (var i = 0; i < 9; i++)
        {
            seed.AddDelivery(i);
        }

        seed.AddIncident(IncidentKind.FeedSilent, "feeds/his", isOpen: true, ("minutes", "22"));
        seed.AddIncident(IncidentKind.CertificateExpiring, "destinations/crm", isOpen: true, ("certificate", "crm.hospital.local"), ("expires", "2026-12-01 00:00"));
        seed.AddIncident(IncidentKind.DestinationBacklog, "destinations/crm", isOpen: false, ("waiting", "120"), ("minutes", "17"));
        seed.AddWork("discharge-follow-up", FollowUpState.Due, 0, "林思齐", null);
        seed.AddWork("no-show", FollowUpState.Claimed, 1, "林思齐", "王小燕");
        seed.AddWork("chronic-follow-up", FollowUpState.Due, 3, "林思齐", null);
        seed.AddWork("birthday", FollowUpState.Cancelled, 2, null, null);
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(seed._batch, CommitPriority.Processing, cancellationToken));
    }

    private static string MessageId(int i) => $"019aa{i:x3}000070008000000000000000";

    private static string PatientId(int i) => $"p{i:0000000000000000000000000000000}";

    private void AddIncident(IncidentKind kind, string subject, bool isOpen, params (string Name, string Value)[] facts)
    {
        var figures = facts.ToDictionary(fact => fact.Name, fact => fact.Value);
        var (en, zh) = IncidentWords.Of(kind, subject, figures);
        _batch.Add(Collections.Incidents.Put(new IncidentDocument
        {
            Id = $"incident-{kind}",
            Kind = kind,
            Subject = subject,
            State = isOpen ? IncidentState.Open : IncidentState.Recovered,
            Since = _now.AddMinutes(isOpen ? -22 : -180),
            Opened = _now.AddMinutes(isOpen ? -7 : -165),
            LastSeen = _now.AddMinutes(isOpen ? 0 : -120),
            Recovered = isOpen ? null : _now.AddMinutes(-120),
            Occurrences = isOpen ? 1 : 50,
            Notices = 1,
            LastNotice = _now.AddMinutes(isOpen ? -7 : -165),
            En = en,
            Zh = zh,
            Facts = figures,
        }, expectedVersion: 0));
    }

    private void AddWork(string rule, FollowUpState state, int patient, string? owner, string? assignee)
    {
        var due = _now.AddHours(-5 - patient);
        var subject = $"Encounter/enc-{patient}-0";
        var isOpen = FollowUpLifecycle.IsOpen(state);
        _batch.Add(Collections.FollowUps.Put(new FollowUpDocument
        {
            Id = IdOfWork(rule),
            Rule = rule,
            RuleVersion = "4f1c20ab93de",
            Step = 0,
            PatientId = PatientId(patient),
            Episode = subject,
            Subject = subject,
            Trigger = due.AddDays(-10),
            Anchor = due.AddDays(-10),
            DueAt = due,
            State = state,
            Reason = state == FollowUpState.Cancelled ? FollowUpReasons.OptedOut : null,
            Team = "follow-up",
            Owner = owner,
            Department = "心内科",
            Assignee = assignee,
            DueSince = due,
            Level = patient,
            Attempts = assignee is null ? [] : [new(due.AddHours(1), assignee, "notReached", Reached: false, "占线")],
            Comments = assignee is null ? [] : [new(due.AddHours(1), assignee, "家属要求下午再打")],
            ClosedAt = isOpen ? null : due,
            Cause = MessageId(patient * 2),
            Created = due.AddDays(-10),
        }, expectedVersion: 0));
    }

    /// <summary>What other systems were told, and what patients were sent.</summary>
    private void AddEvents()
    {
        (string Type, string Subject, string Data)[] told =
        [
            ("encounter.ended", "Encounter/enc-0-0", """{"status":"finished","class":"IMP","visitNumber":"ZY0001","department":"心内科"}"""),
            ("checkup.findingA", "Observation/obs-0-0", """{"status":"final","rule":"checkup-class-a","code":"收缩压","value":"185 mmHg"}"""),
            ("followUp.due", $"followUps/{ClaimedWork}", """{"rule":"no-show","category":"service","mode":"remind","due":"2026-03-16T02:00:00Z","team":"follow-up"}"""),
        ];
        for (var i = 0; i < told.Length; i++)
        {
            _batch.Add(Collections.Events.Put(new EventDocument
            {
                Id = EventDocument.IdOf(told[i].Type, "seed", told[i].Subject),
                Type = told[i].Type,
                SchemaVersion = 1,
                Subject = told[i].Subject,
                PatientId = FullPatient,
                Time = _now.AddMinutes(-20 + i),
                Recorded = _now.AddMinutes(-20 + i),
                Cause = DoneMessage,
                Feed = i < 2 ? "his" : null,
                Data = JsonNode.Parse(told[i].Data)!.AsObject(),
            }, expectedVersion: 0));
            _batch.Add(Collections.SentMessages.Put(new SentMessageDocument
            {
                Id = SentMessageDocument.IdOf($"seed{i}", i == 1 ? "wechat" : "sms"),
                Gateway = "msg",
                Channel = i == 1 ? "wechat" : "sms",
                EventId = $"seed{i}",
                DeliveryId = $"seed{i}",
                WorkId = ClaimedWork,
                PatientId = PatientId(i),
                Category = i == 2 ? "marketing" : "service",
                To = "13800000000",
                ProviderId = $"m{i}",
                State = i switch { 0 => SentMessageState.Delivered, _ => SentMessageState.Sent },
                Sent = _now.AddMinutes(-10 + i),
            }, expectedVersion: 0));
        }
    }

    private static string IdOfWork(string rule) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rule)).AsSpan(0, 16));

    private void AddPatient(int i)
    {
        var resources = new PatientResourcesSeed(PatientId(i), i, _now, MessageId(i * 2)).Make(i == 0 ? 12 : 2);
        foreach (var resource in resources)
        {
            _batch.Add(Collections.Resources.Put(resource, expectedVersion: 0));
        }

        var (name, initials) = People[i];
        var number = $"0026{i:0000}";
        var sections = ResourceSummary.Sections
            .Select(section => (section, Entries: resources.Where(r => ResourceSummary.SectionOf(r.Type) == section).Select(PatientSummary.EntryOf)
                .Order(PatientSummary.NewestFirst).ToList()))
            .Where(s => s.Entries.Count > 0)
            .Select(s => new SummarySection(s.section, s.Entries.Count, [.. s.Entries.Take(SummarySection.MaxEntries)]));
        _batch.Add(Collections.Patients.Put(new PatientDocument
        {
            Id = PatientId(i),
            Demographics = new PatientDemographics(name, i % 2 == 0 ? "male" : "female", BirthDate(i), Deceased: i == 9, i == 0 ? ["王建囯"] : [],
                [$"1380000{i:0000}"], $"成都市武侯区人民南路 {i + 1} 号", "已婚"),
            Identifiers = [new("urn:authority:HIS", number, "PI"), new("urn:oid:2.16.156.10011.1.3", $"51010719{60 + i}01011234", "NI"), new("urn:authority:YB", $"YB{number}", "SS")],
            Contacts = i % 3 == 0 ? [new($"RelatedPerson/nk-{i}", null, "王小明", "子女 13900001234", null, null)] : [],
            Sections = [.. sections],
            ResourceCounts = new SortedDictionary<string, int>(resources.GroupBy(r => r.Type).ToDictionary(g => g.Key, g => g.Count()), StringComparer.Ordinal),
            NameKeys = [SearchKeys.FoldName(name), initials],
            IdentifierKeys = [number, $"urn:authority:HIS|{number}", $"YB{number}"],
            PhoneKeys = [$"1380000{i:0000}", $"{i:0000}"],
            LastEvent = _now.AddHours(-i),
        }, expectedVersion: 0));
    }

    private void AddMerged() => _batch.Add(Collections.Patients.Put(new PatientDocument
    {
        Id = MergedPatient,
        MergedInto = FullPatient,
        Demographics = new PatientDemographics("王建国", "male", "1960-01-01", false, [], [], null, null),
        LastEvent = _now.AddDays(-2),
    }, expectedVersion: 0));

    private void AddMessage(int i)
    {
        var patient = i / 2 % People.Length;
        var type = i % 2 == 0 ? "ADT^A08" : "ORU^R01";
        var raw = Encoding.UTF8.GetBytes(Text(i, type, patient));
        var state = i % 23 == 6 ? MessageState.Failed : i % 19 == 7 ? MessageState.Duplicate : i % 31 == 9 ? MessageState.Filtered : MessageState.Done;
        var received = _now.AddMinutes(-7 * i).AddSeconds(-3);
        _batch.Add(Collections.Messages.Put(new JournaledMessage
        {
            Id = MessageId(i),
            Feed = "his",
            Received = received,
            Format = "hl7v2",
            MessageType = type,
            ControlId = $"H{i:000000}",
            Sender = "HIS|EAST",
            ContentHash = Convert.ToHexStringLower(SHA256.HashData(raw)),
            State = state,
            Attempts = state == MessageState.Duplicate ? 0 : 1,
            Issues = IssuesOf(state, i),
            Cause = state == MessageState.Failed ? FailureCause.Of("map", IssuesOf(state, i), "4f1c20ab93de") : null,
            Stages = StagesOf(state),
            Changes = state == MessageState.Done
                ? [new("Patient", $"Patient/pat-{patient}", "updated", 2), new("Encounter", $"Encounter/enc-{patient}-0", "created", 1), new("Condition", $"Condition/con-{patient}-0", "unchanged", 1)]
                : [],
            Unread = state == MessageState.Done ? ["PID-28", "ZPI-2"] : [],
            PatientId = state is MessageState.Done ? PatientId(patient) : null,
            Identifiers = [$"urn:authority:HIS|0026{patient:0000}", $"0026{patient:0000}"],
            MappingVersion = state == MessageState.Done ? "4f1c20ab93de" : null,
            RelatesTo = state == MessageState.Duplicate ? MessageId(i - 2) : null,
            Finished = state == MessageState.Duplicate ? null : received.AddMilliseconds(9),
            RawBytes = raw.Length,
            Raw = raw,
        }, expectedVersion: 0, withPayload: true));
    }

    private void AddDelivery(int i)
    {
        var state = i % 4 == 1 ? DeliveryState.Failed : i % 4 == 2 ? DeliveryState.Waiting : DeliveryState.Done;
        var created = _now.AddMinutes(-11 * i);
        _batch.Add(Collections.Deliveries.Put(new DeliveryDocument
        {
            Id = DeliveryDocument.IdOf(MessageId(i), ConsoleFixture.Destination, "ADT_A08", $"Patient/pat-{i}"),
            Destination = ConsoleFixture.Destination,
            Trigger = "ADT_A08",
            Reference = $"Patient/pat-{i}",
            PatientId = PatientId(i),
            MessageId = MessageId(i),
            Created = created,
            Occurred = created,
            State = state,
            NextAttempt = created,
            Queued = _now,
            Attempts = state == DeliveryState.Waiting ? 0 : 1,
            Failure = state == DeliveryState.Failed ? DeliveryFailure.Rejected : null,
            LastError = state == DeliveryState.Failed ? MessageIssue.Error(IntegrationErrorCode.DestinationRejected, "", "AR: unknown ward") : null,
        }, expectedVersion: 0, withPayload: true));
    }

    private string Text(int i, string type, int patient)
    {
        var time = _now.AddMinutes(-7 * i).ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "+0800";
        return string.Join('\r',
        [
            $"MSH|^~\\&|HIS|EAST|INTEGRATION|EAST|{time}||{type}|H{i:000000}|P|2.5.1|||||CHN|UNICODE UTF-8|zh",
            $"EVN|A08|{time}",
            $"PID|1||0026{patient:0000}^^^HIS^PI||{People[patient].Name}^^^^^^L||{BirthDate(patient).Replace("-", "", StringComparison.Ordinal)}|M|||成都市武侯区人民南路 {patient + 1} 号^^成都||1380000{patient:0000}^PRN^CP|||M||||||||||||CHN^中国",
            $"PV1|1|I|W05^0501^02^EAST|R|||D1042^林思齐|||CAR||||||||||ZY{i:000000}^^^HIS^VN|||||||||||||||||||||||||{time}",
            "DG1|1|I10|I50.900^心力衰竭^I10||20260316|W",
            "ZPI|1|本院自定义段^|",
        ]) + "\r";
    }

    private static string BirthDate(int i) => i == 23 ? "2026-03-02" : $"{1960 + i}-01-01";

    private static IReadOnlyList<MessageIssue> IssuesOf(MessageState state, int i) => state switch
    {
        MessageState.Failed =>
        [
            MessageIssue.Error(IntegrationErrorCode.ValueNotConvertible, "PID-7", "The birth date is not a date of HL7 v2.5.1 §2.A.21."),
            MessageIssue.Warning(IntegrationErrorCode.CodeNotMapped, "PV1-10", "The code is not in codesystems/hospital-service.yaml."),
        ],
        MessageState.Done when i % 5 == 2 => [MessageIssue.Warning(IntegrationErrorCode.CodeNotMapped, "PV1-10", "The code is not in codesystems/hospital-service.yaml.")],
        _ => [],
    };

    private static IReadOnlyList<StageTiming> StagesOf(MessageState state) => state switch
    {
        MessageState.Done => [new("parse", 86), new("map", 412), new("identify", 930), new("record", 1_730), new("followUp", 4), new("deliver", 6)],
        MessageState.Failed => [new("parse", 86), new("map", 260)],
        MessageState.Filtered => [new("parse", 80)],
        _ => [],
    };
}
