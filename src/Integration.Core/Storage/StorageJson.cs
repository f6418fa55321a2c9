using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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

namespace Integration.Core.Storage;

/// <summary>JSON of stored documents: camelCase, nulls left out, Chinese kept as UTF-8 rather than \u escapes (a third of the size).</summary>
/// <remarks>
/// The encoder is set on the writer, not here: a context with an encoder of its own loses the generated writing code, which is twice as fast.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournaledMessage))]
[JsonSerializable(typeof(RawBlock))]
[JsonSerializable(typeof(RetentionDocument))]
[JsonSerializable(typeof(StorageSample))]
[JsonSerializable(typeof(ResourceDocument))]
[JsonSerializable(typeof(SearchEntry))]
[JsonSerializable(typeof(SearchProgress))]
[JsonSerializable(typeof(DeletedResource))]
[JsonSerializable(typeof(ReferralPartner))]
[JsonSerializable(typeof(RestatementDocument))]
[JsonSerializable(typeof(PatientDocument))]
[JsonSerializable(typeof(IdentityDocument))]
[JsonSerializable(typeof(LinkReviewDocument))]
[JsonSerializable(typeof(FeedDocument))]
[JsonSerializable(typeof(AttachmentDocument))]
[JsonSerializable(typeof(ContentPart))]
[JsonSerializable(typeof(FileDocument))]
[JsonSerializable(typeof(SourceRowDocument))]
[JsonSerializable(typeof(DeliveryDocument))]
[JsonSerializable(typeof(SentMessageDocument))]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(FollowUpDocument))]
[JsonSerializable(typeof(CalendarProgress))]
[JsonSerializable(typeof(JobClaimDocument))]
[JsonSerializable(typeof(SenderSequence))]
[JsonSerializable(typeof(MessageOperation))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(ReconciliationDocument))]
[JsonSerializable(typeof(StartedRun))]
[JsonSerializable(typeof(EngineRunDocument))]
[JsonSerializable(typeof(MappingVersionDocument))]
[JsonSerializable(typeof(MappingText[]))]
[JsonSerializable(typeof(UnmappedCodeDocument))]
[JsonSerializable(typeof(StudyDocument))]
[JsonSerializable(typeof(InstanceDocument))]
[JsonSerializable(typeof(PerformedStepDocument))]
[JsonSerializable(typeof(IncidentDocument))]
[JsonSerializable(typeof(FeedRhythmDocument))]
[JsonSerializable(typeof(DeviceBindingDocument))]
[JsonSerializable(typeof(VitalLimitDocument))]
[JsonSerializable(typeof(VitalStateDocument))]
[JsonSerializable(typeof(VitalHourDocument))]
[JsonSerializable(typeof(VitalDayDocument))]
internal sealed partial class StorageJson : JsonSerializerContext
{
    private const int UsualBytes = 16 * 1024;
    private const int MostKeptBytes = 256 * 1024;

    // One a thread: every message writes several documents, and a buffer that grows costs several times what it holds in the end.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>UTF-8 JSON of a document.</summary>
    public static ReadOnlyMemory<byte> Write<T>(T document, JsonTypeInfo<T> json)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(UsualBytes);
        var writer = _writer ??= new Utf8JsonWriter(buffer, Relaxed);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        JsonSerializer.Serialize(writer, document, json);
        writer.Flush();
        if (buffer.Capacity > MostKeptBytes)
        {
            (_buffer, _writer) = (null, null);
            return buffer.WrittenMemory;
        }

        return buffer.WrittenSpan.ToArray();
    }
}
