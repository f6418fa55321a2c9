using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Identity;
using Integration.Core.Intake;
using Integration.Core.Records;

namespace Integration.Core.Storage;

/// <summary>JSON of stored documents: camelCase, nulls left out, Chinese kept as UTF-8 rather than \u escapes (a third of the size).</summary>
[JsonSerializable(typeof(JournaledMessage))]
[JsonSerializable(typeof(ResourceDocument))]
[JsonSerializable(typeof(PatientDocument))]
[JsonSerializable(typeof(IdentityDocument))]
[JsonSerializable(typeof(LinkReviewDocument))]
[JsonSerializable(typeof(FeedDocument))]
internal sealed partial class StorageJson : JsonSerializerContext
{
    public static readonly StorageJson Relaxed = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<MessageState>(), new JsonStringEnumConverter<IssueSeverity>() },
    });
}
