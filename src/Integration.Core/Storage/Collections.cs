using Integration.Core.Attachments;
using Integration.Core.Audit;
using Integration.Core.Delivery;
using Integration.Core.Devices;
using Integration.Core.Events;
using Integration.Core.Feeds;
using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Work;
using Integration.Core.Identity;
using Integration.Core.Imaging;
using Integration.Core.Incidents;
using Integration.Core.Incidents.Rhythm;
using Integration.Core.Intake;
using Integration.Core.Intake.Sequences;
using Integration.Core.Jobs;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Versions;
using Integration.Core.Messaging.Sending;
using Integration.Core.Operations;
using Integration.Core.Pipeline;
using Integration.Core.Reconciliation;
using Integration.Core.Records;
using Integration.Core.Records.Search;
using Integration.Core.Retention;
using Integration.Core.Vitals.Limits;
using Integration.Core.Vitals.Series;
using static Integration.Core.Storage.DocumentFieldType;

namespace Integration.Core.Storage;

/// <summary>Every collection, every field that a query may use, every index and the query it serves.</summary>
public static class Collections
{
    /// <summary>Inbound messages: the journal. Payload: raw bytes.</summary>
    public static readonly DocumentCollection<JournaledMessage> Messages = new(
        "messages", m => m.Id, StorageJson.Default.JournaledMessage,
        [
            (new("feed", Text), m => m.Feed),
            (new("state", Text), m => m.State.ToString()),
            (new("received", Time), m => m.Received),
            (new("messageType", Text), m => m.MessageType),
            (new("sender", Text), m => m.Sender),
            (new("controlId", Text), m => m.ControlId),
            (new("patientId", Text), m => m.PatientId),
            (new("searchKeys", TextList), MessageSearchKeys.AllOf),
            (new("contents", TextList), m => LongContent.IsLong(m.RawBytes) ? new[] { m.ContentHash } : Array.Empty<string>()),
            (new("cause", Text), m => m.Cause),
            (new("marks", TextList), m => m.Cause is null && m.UnmappedCodes.Count == 0 ? m.Marks : [.. m.Marks, .. m.UnmappedCodes, .. m.Cause is null ? [] : new[] { m.Cause }]),
        ],
        [
            Index("what the pipeline has still to do, in order of arrival", [("state", Text), ("sequence", Integer)]),
            Index("messages of a feed and state, newest first; counts for the board", [("feed", Text), ("state", Text), ("received", Time)]),
            Index("newest messages of all feeds", [("received", Time)]),
            Index("duplicates and search by control id", [("controlId", Text), ("feed", Text), ("sender", Text)]),
            Index("messages of a patient", [("patientId", Text), ("received", Time)]),
            Index("messages by a patient identifier, name, phone, visit, order or accession seen in them, newest first", [("searchKeys", TextList), ("received", Time)]),
            Index("who else refers to long content; the many that have none take no room", [("contents", TextList)]),
            Index("conflicts, corrections, failed messages by cause, messages by a code that could not be mapped; the many without any take no room", [("marks", TextList)]),
        ],
        m => m.Raw);

    /// <summary>Raw bytes of older messages, some dozens together. Payload: them, compressed.</summary>
    public static readonly DocumentCollection<RawBlock> RawBlocks = new("rawBlocks", b => b.Id, StorageJson.Default.RawBlock, [], [], b => b.Content);

    /// <summary>What was removed and compressed of each feed; always read by id.</summary>
    public static readonly DocumentCollection<RetentionDocument> Retention = new("retention", r => r.Id, StorageJson.Default.RetentionDocument, [], []);

    /// <summary>How large the store was, hour by hour.</summary>
    public static readonly DocumentCollection<StorageSample> StorageSamples = new(
        "storageSamples", s => s.Id, StorageJson.Default.StorageSample,
        [
            (new("time", Time), s => s.Time),
        ],
        [
            Index("growth; samples that are too old", [("time", Time)]),
        ]);

    /// <summary>FHIR resources, current version.</summary>
    public static readonly DocumentCollection<ResourceDocument> Resources = new(
        "resources", r => r.Id, StorageJson.Default.ResourceDocument,
        [
            (new("type", Text), r => r.Type),
            (new("patientId", Text), r => r.PatientId),
            (new("effective", Time), r => r.Effective),
            (new("sourceIdentity", Text), r => r.SourceIdentity),
            (new("sourceIdentifiers", TextList), Records.SourceResources.KeysOf),
            (new("partners", TextList), r => Records.ReferralPartners.Of(r) is { } partner ? [partner.Id] : Array.Empty<string>()),
        ],
        [
            Index("a patient's resources of a type, newest first", [("patientId", Text), ("type", Text), ("effective", Time)]),
            Index("a patient's timeline, newest first", [("patientId", Text), ("effective", Time)]),
            Index("what a source is compared with at the end of a day", [("type", Text), ("effective", Time)]),
            Index("what moves when an identity is merged or unmerged", [("sourceIdentity", Text)]),
            Index("conditions of FHIR senders: a resource by its identifier; those of other sources take no room", [("sourceIdentifiers", TextList)]),
            Index("referrals of a partner; all other resources take no room", [("partners", TextList)]),
            Index("changes after a cursor; what changed since the search index was last brought up to date", [("sequence", Integer)]),
        ]);

    /// <summary>By what resources are found over FHIR beyond their patient and type; written behind the record, from the resources alone.</summary>
    public static readonly DocumentCollection<SearchEntry> SearchEntries = new(
        "searchEntries", e => e.Id, StorageJson.Default.SearchEntry,
        [
            (new("type", Text), e => e.Type),
            (new("effective", Time), e => e.Effective),
            (new("lastUpdated", Time), e => e.LastUpdated),
            (new("keys", TextList), e => e.Keys),
        ],
        [
            Index("resources that a FHIR search asks for by one of its values, newest first", [("keys", TextList), ("effective", Time)]),
            Index("resources of a type by when they were last changed", [("type", Text), ("lastUpdated", Time)]),
        ]);

    /// <summary>How far the search index has come; always read by id.</summary>
    public static readonly DocumentCollection<SearchProgress> SearchProgress = new("searchProgress", p => p.Id, StorageJson.Default.SearchProgress, [], []);

    /// <summary>Earlier versions of resources; id is <c>Type/id/version</c>.</summary>
    public static readonly DocumentCollection<ResourceDocument> ResourceHistory = new(
        "resourceHistory", r => $"{r.Id}/{r.Version}", StorageJson.Default.ResourceDocument,
        [
            (new("resourceId", Text), r => r.Id),
            (new("patientId", Text), r => r.PatientId),
        ],
        [
            Index("versions of a resource", [("resourceId", Text)]),
        ]);

    /// <summary>Resources that their sources deleted.</summary>
    public static readonly DocumentCollection<DeletedResource> Deletions = new(
        "deletions", d => d.Id, StorageJson.Default.DeletedResource, [], [Index("deletions after a cursor", [("sequence", Integer)])]);

    /// <summary>Hospitals and clinics that refer patients.</summary>
    public static readonly DocumentCollection<ReferralPartner> ReferralPartners = new("referralPartners", p => p.Id, StorageJson.Default.ReferralPartner, [], []);

    /// <summary>What sources repeat unchanged, one document a golden record; always read by id.</summary>
    public static readonly DocumentCollection<RestatementDocument> Restatements = new(
        "restatements", r => r.Id, StorageJson.Default.RestatementDocument, [], []);

    /// <summary>Patient-360 summaries, one a golden record.</summary>
    public static readonly DocumentCollection<PatientDocument> Patients = new(
        "patients", p => p.Id, StorageJson.Default.PatientDocument,
        [
            (new("mergedInto", Text), p => p.MergedInto),
            (new("lastEvent", Time), p => p.LastEvent),
            (new("nameKeys", TextList), p => p.NameKeys),
            (new("identifierKeys", TextList), p => p.IdentifierKeys),
            (new("phoneKeys", TextList), p => p.PhoneKeys),
            (new("birthdays", TextList), BirthdayKeys.Of),
        ],
        [
            Index("patients most recently heard of", [("mergedInto", Text), ("lastEvent", Time)]),
            Index("search by name or pinyin initials", [("nameKeys", TextList)]),
            Index("search by identifier", [("identifierKeys", TextList)]),
            Index("search by phone or its last four digits", [("phoneKeys", TextList)]),
            Index("whose birthday it is", [("birthdays", TextList)]),
        ]);

    /// <summary>Source identities and the golden record each is linked to.</summary>
    public static readonly DocumentCollection<IdentityDocument> Identities = new(
        "identities", i => i.Id, StorageJson.Default.IdentityDocument,
        [
            (new("patientId", Text), i => i.PatientId),
            (new("blockingKeys", TextList), i => i.BlockingKeys),
        ],
        [
            Index("identities of a golden record", [("patientId", Text)]),
            Index("candidates for a match", [("blockingKeys", TextList)]),
        ]);

    /// <summary>Questions whether two golden records are one person, and decisions.</summary>
    public static readonly DocumentCollection<LinkReviewDocument> LinkReviews = new(
        "linkReviews", r => r.Id, StorageJson.Default.LinkReviewDocument,
        [
            (new("state", Text), r => r.State),
            (new("since", Time), r => r.Since),
        ],
        [
            Index("open questions, oldest first", [("state", Text), ("since", Time)]),
        ]);

    /// <summary>Feeds: watermark and last sign of life.</summary>
    public static readonly DocumentCollection<FeedDocument> Feeds = new(
        "feeds", f => f.Id, StorageJson.Default.FeedDocument, [], []);

    /// <summary>Documents and pictures out of messages; the content lies in <see cref="ContentParts"/>.</summary>
    public static readonly DocumentCollection<AttachmentDocument> Attachments = new(
        "attachments", a => a.Id, StorageJson.Default.AttachmentDocument, [], []);

    /// <summary>Raw messages and attachments of more than a megabyte in parts. Payload: the part's bytes.</summary>
    public static readonly DocumentCollection<ContentPart> ContentParts = new(
        "contentParts", p => p.Id, StorageJson.Default.ContentPart, [], [], p => p.Bytes);

    /// <summary>Files picked up and batches received, by checksum.</summary>
    public static readonly DocumentCollection<FileDocument> Files = new(
        "files", f => f.Id, StorageJson.Default.FileDocument,
        [
            (new("feed", Text), f => f.Feed),
            (new("state", Text), f => f.State.ToString()),
            (new("began", Time), f => f.Began),
        ],
        [
            Index("files of a feed, newest first", [("feed", Text), ("began", Time)]),
            Index("files of a feed and state, newest first; counts for the board", [("feed", Text), ("state", Text), ("began", Time)]),
            Index("files of a state, newest first", [("state", Text), ("began", Time)]),
            Index("newest files of all feeds", [("began", Time)]),
        ]);

    /// <summary>What happened, for outside: never changed once written.</summary>
    public static readonly DocumentCollection<EventDocument> Events = new(
        "events", e => e.Id, StorageJson.Default.EventDocument,
        [
            (new("type", Text), e => e.Type),
            (new("patientId", Text), e => e.PatientId),
            (new("recorded", Time), e => e.Recorded),
        ],
        [
            Index("events after a cursor", [("sequence", Integer)]),
            Index("events of a patient, newest first", [("patientId", Text), ("recorded", Time)]),
        ]);

    /// <summary>Due work and its life; the id is the business key.</summary>
    public static readonly DocumentCollection<FollowUpDocument> FollowUps = new(
        "followUps", f => f.Id, StorageJson.Default.FollowUpDocument,
        [
            (new("state", Text), f => f.State.ToString()),
            (new("dueAt", Time), f => f.DueAt),
            (new("nextAt", Time), f => f.NextAt),
            (new("closedAt", Time), f => f.ClosedAt),
            (new("patientId", Text), f => f.PatientId),
            (new("plan", Text), f => f.Plan),
            (new("rule", Text), f => f.Rule),
            (new("ruleVersion", Text), f => f.RuleVersion),
            (new("assignee", Text), f => f.Assignee),
            (new("owner", Text), f => f.Owner),
            (new("team", Text), f => f.Team),
            (new("department", Text), f => f.Department),
            (new("overdue", Text), f => f.IsInTime ? null : f.IsOpen ? "open" : "closed"),
            (new("reached", Text), f => f.Reason == FollowUpReasons.Sent || f.Attempts.Any(a => a.Reached) || (f.State is FollowUpState.Done or FollowUpState.Refused && f.Outcome is not null) ? "yes" : null),
        ],
        [
            Index("what the engine has to look at now", [("nextAt", Time)]),
            Index("work of a state, soonest due first", [("state", Text), ("dueAt", Time)]),
            Index("all work, soonest due first; figures of a period", [("dueAt", Time)]),
            Index("a patient's open work; what the patient was told today", [("patientId", Text), ("state", Text)]),
            Index("what a new hit of a rule is compared with", [("plan", Text)]),
            Index("a rule's work that another version of it planned", [("rule", Text), ("state", Text), ("ruleVersion", Text)]),
            Index("what a person has to do, soonest due first", [("assignee", Text), ("state", Text), ("dueAt", Time)]),
            Index("work of a team and state, soonest due first", [("team", Text), ("state", Text), ("dueAt", Time)]),
            Index("work of a department and state, soonest due first", [("department", Text), ("state", Text), ("dueAt", Time)]),
            Index("what is overdue, longest first; all other work takes little room", [("overdue", Text), ("dueAt", Time)]),
        ]);

    /// <summary>How far the calendar of each rule has been planned; always read by id.</summary>
    public static readonly DocumentCollection<CalendarProgress> CalendarProgress = new("calendarProgress", p => p.Id, StorageJson.Default.CalendarProgress, [], []);

    /// <summary>Which engine does a job now, and when it was last done; always read by id.</summary>
    public static readonly DocumentCollection<JobClaimDocument> JobClaims = new("jobClaims", c => c.Id, StorageJson.Default.JobClaimDocument, [], []);

    /// <summary>What other systems are told: the outbox. Payload: the bytes to send.</summary>
    public static readonly DocumentCollection<DeliveryDocument> Deliveries = new(
        "deliveries", d => d.Id, StorageJson.Default.DeliveryDocument,
        [
            (new("destination", Text), d => d.Destination),
            (new("state", Text), d => d.State.ToString()),
            (new("nextAttempt", Time), d => d.NextAttempt),
            (new("created", Time), d => d.Created),
            (new("patientId", Text), d => d.PatientId),
            (new("messageId", Text), d => d.MessageId),
        ],
        [
            Index("what a destination is due to be sent; its counts", [("destination", Text), ("state", Text), ("nextAttempt", Time)]),
            Index("which of a patient's deliveries goes first", [("destination", Text), ("patientId", Text), ("state", Text), ("created", Time)]),
            Index("deliveries of all destinations", [("nextAttempt", Time)]),
            Index("deliveries that a message caused", [("messageId", Text)]),
        ],
        d => d.Content);

    /// <summary>What was sent to patients by gateways, a document a message and channel.</summary>
    public static readonly DocumentCollection<SentMessageDocument> SentMessages = new(
        "sentMessages", m => m.Id, StorageJson.Default.SentMessageDocument,
        [
            (new("receiptKey", Text), SentMessageDocument.ReceiptKeyOf),
            (new("to", Text), m => m.To),
            (new("sent", Time), m => m.Sent),
            (new("state", Text), m => m.State.ToString()),
        ],
        [
            Index("newest messages to patients", [("sent", Time)]),
            Index("newest messages to patients of a state", [("state", Text), ("sent", Time)]),
            Index("the message that a receipt is about", [("receiptKey", Text)]),
            Index("what was sent to the address that an answer came from, newest first", [("to", Text), ("sent", Time)]),
        ]);

    /// <summary>The count of each sender that numbers its messages, and what is missing of it.</summary>
    public static readonly DocumentCollection<SenderSequence> SenderSequences = new(
        "senderSequences", s => s.Id, StorageJson.Default.SenderSequence,
        [
            (new("feed", Text), s => s.Feed),
            (new("missingCount", Integer), s => s.MissingCount),
        ],
        [
            Index("senders of a feed, those that miss most first", [("feed", Text), ("missingCount", Integer)]),
        ]);

    /// <summary>Work on many messages: retries, discards, replays.</summary>
    public static readonly DocumentCollection<MessageOperation> Operations = new(
        "operations", o => o.Id, StorageJson.Default.MessageOperation,
        [
            (new("state", Text), o => o.State.ToString()),
            (new("created", Time), o => o.Created),
        ],
        [
            Index("what is to be carried out, oldest first", [("state", Text), ("created", Time)]),
            Index("newest operations", [("created", Time)]),
        ]);

    /// <summary>Who did what to whom, why; hash-chained.</summary>
    public static readonly DocumentCollection<AuditEntry> Audit = new(
        "audit", a => a.Id, StorageJson.Default.AuditEntry,
        [
            (new("time", Time), a => a.Time),
            (new("actor", Text), a => a.Actor),
            (new("target", Text), a => a.Target),
        ],
        [
            Index("newest entries", [("time", Time)]),
            Index("what somebody did, newest first", [("actor", Text), ("time", Time)]),
            Index("what was done to something, newest first", [("target", Text), ("time", Time)]),
        ]);

    /// <summary>Comparisons of sources with the record, and what they found.</summary>
    public static readonly DocumentCollection<ReconciliationDocument> Reconciliations = new(
        "reconciliations", r => r.Id, StorageJson.Default.ReconciliationDocument,
        [
            (new("created", Time), r => r.Created),
        ],
        [
            Index("newest comparisons", [("created", Time)]),
        ]);

    /// <summary>Runs of messages that began after a death of the process and have not ended.</summary>
    public static readonly DocumentCollection<StartedRun> StartedRuns = new("startedRuns", s => s.Id, StorageJson.Default.StartedRun, [], []);

    /// <summary>The last life of the process.</summary>
    public static readonly DocumentCollection<EngineRunDocument> EngineRuns = new("engineRuns", r => r.Id, StorageJson.Default.EngineRunDocument, [], []);

    /// <summary>Mappings that were in use. Payload: their files.</summary>
    public static readonly DocumentCollection<MappingVersionDocument> MappingVersions = new(
        "mappingVersions", v => v.Id, StorageJson.Default.MappingVersionDocument,
        [
            (new("number", Integer), v => v.Number),
            (new("versions", TextList), v => v.Versions),
        ],
        [
            Index("newest mappings; the next number", [("number", Integer)]),
            Index("mappings by a version that messages name", [("versions", TextList)]),
        ],
        v => v.Files);

    /// <summary>Rows of tables as they were last handed over; read by key, and all of a feed when it is compared with its source.</summary>
    public static readonly DocumentCollection<SourceRowDocument> SourceRows = new(
        "sourceRows", r => r.Id, StorageJson.Default.SourceRowDocument,
        [(new("feed", Text), r => r.Feed)],
        [Index("all rows of a feed", [("feed", Text)])]);

    /// <summary>Codes that no code map lists.</summary>
    public static readonly DocumentCollection<UnmappedCodeDocument> UnmappedCodes = new(
        "unmappedCodes", c => c.Id, StorageJson.Default.UnmappedCodeDocument,
        [
            (new("feed", Text), c => c.Feed),
            (new("codeMap", Text), c => c.CodeMap),
            (new("first", Time), c => c.First),
        ],
        [
            Index("newest codes", [("first", Time)]),
            Index("newest codes of a feed", [("feed", Text), ("first", Time)]),
            Index("newest codes of a code map", [("codeMap", Text), ("first", Time)]),
        ]);

    /// <summary>Imaging studies as feeds told them.</summary>
    public static readonly DocumentCollection<StudyDocument> Studies = new(
        "studies", s => s.Id, StorageJson.Default.StudyDocument,
        [
            (new("waitingFeed", Text), s => s.IsWaiting ? s.Feed : null),
        ],
        [
            Index("studies of a feed that a message is still to be made of; all others take no room", [("waitingFeed", Text)]),
        ]);

    /// <summary>Instances that came and that no message tells of yet.</summary>
    public static readonly DocumentCollection<InstanceDocument> Instances = new(
        "instances", i => i.Id, StorageJson.Default.InstanceDocument,
        [
            (new("study", Text), i => i.Study),
        ],
        [
            Index("what came of a study since its last message", [("study", Text)]),
        ]);

    /// <summary>Examinations as the devices that do them told them; always read by id.</summary>
    public static readonly DocumentCollection<PerformedStepDocument> PerformedSteps = new(
        "performedSteps", s => s.Id, StorageJson.Default.PerformedStepDocument, [], []);

    /// <summary>What went wrong with the running of the engine, from its beginning to its end.</summary>
    public static readonly DocumentCollection<IncidentDocument> Incidents = new(
        "incidents", i => i.Id, StorageJson.Default.IncidentDocument,
        [
            (new("kind", Text), i => i.Kind.ToString()),
            (new("subject", Text), i => i.Subject),
            (new("openKey", Text), i => i.OpenKey),
            (new("order", Integer), i => i.Order),
        ],
        [
            new("at most one open of a kind and subject", [new("openKey", Text)], Unique: true),
            Index("incidents, open ones first, then the newest", [("order", Integer)]),
            Index("incidents of a subject, open ones first", [("subject", Text), ("order", Integer)]),
            Index("incidents of a kind, open ones first", [("kind", Text), ("order", Integer)]),
        ]);

    /// <summary>When each feed usually talks, hour by hour of the last weeks; always read by id.</summary>
    public static readonly DocumentCollection<FeedRhythmDocument> FeedRhythms = new("feedRhythms", r => r.Id, StorageJson.Default.FeedRhythmDocument, [], []);

    /// <summary>Which device measured whom, by time.</summary>
    public static readonly DocumentCollection<DeviceBindingDocument> DeviceBindings = new(
        "deviceBindings", b => b.Id, StorageJson.Default.DeviceBindingDocument,
        [
            (new("patients", TextList), b => b.Periods.Select(period => period.PatientId).Distinct(StringComparer.Ordinal).ToArray()),
        ],
        [
            Index("devices that measure or measured a patient", [("patients", TextList)]),
        ]);

    /// <summary>Limits of vital signs that single patients have of their own; always read by id.</summary>
    public static readonly DocumentCollection<VitalLimitDocument> VitalLimits = new("vitalLimits", l => l.Id, StorageJson.Default.VitalLimitDocument, [], []);

    /// <summary>Which vital signs of a patient are out of limits; always read by id.</summary>
    public static readonly DocumentCollection<VitalStateDocument> VitalStates = new("vitalStates", s => s.Id, StorageJson.Default.VitalStateDocument, [], []);

    /// <summary>Readings of vital signs, an hour of a sign and patient together; always read by id.</summary>
    public static readonly DocumentCollection<VitalHourDocument> VitalHours = new("vitalHours", h => h.Id, StorageJson.Default.VitalHourDocument, [], []);

    /// <summary>What the hours of a day come to; always read by id.</summary>
    public static readonly DocumentCollection<VitalDayDocument> VitalDays = new("vitalDays", d => d.Id, StorageJson.Default.VitalDayDocument, [], []);

    public static readonly IReadOnlyList<DocumentCollection> All =
        [
            Messages, RawBlocks, Retention, StorageSamples, Resources, ResourceHistory, Deletions, SearchEntries, SearchProgress, ReferralPartners, Restatements, Patients, Identities,
            LinkReviews, Feeds, Attachments, ContentParts, Files, SourceRows, Events, FollowUps, CalendarProgress, JobClaims, Deliveries, SentMessages,
            SenderSequences, Operations, Audit, Reconciliations, StartedRuns, EngineRuns, MappingVersions, UnmappedCodes, Studies, Instances, PerformedSteps,
            Incidents, FeedRhythms, DeviceBindings, VitalLimits, VitalStates, VitalHours, VitalDays,
        ];

    private static DocumentIndex Index(string serves, (string Name, DocumentFieldType Type)[] fields) =>
        new(serves, [.. fields.Select(f => f.Name == "sequence" ? DocumentField.Sequence : new DocumentField(f.Name, f.Type))]);
}
