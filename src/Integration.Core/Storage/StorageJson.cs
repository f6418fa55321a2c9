using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Integration.Core.Attachments;
using Integration.Core.Audit;
using Integration.Core.Delivery;
using Integration.Core.Feeds;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Intake.Sequences;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Versions;
using Integration.Core.Operations;
using Integration.Core.Pipeline;
using Integration.Core.Reconciliation;
using Integration.Core.Records;
using Integration.Core.Records.Search;
using Integration.Core.Retention;

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
[JsonSerializable(typeof(DeliveryDocument))]
[JsonSerializable(typeof(SenderSequence))]
[JsonSerializable(typeof(MessageOperation))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(ReconciliationDocument))]
[JsonSerializable(typeof(StartedRun))]
[JsonSerializable(typeof(EngineRunDocument))]
[JsonSerializable(typeof(MappingVersionDocument))]
[JsonSerializable(typeof(MappingText[]))]
[JsonSerializable(typeof(UnmappedCodeDocument))]
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
