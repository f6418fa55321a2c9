using System.Globalization;
using System.Text.Json;
using Integration.Core.Diagnostics;
using Integration.Core.Parsing;
using Integration.Fhir;

namespace Integration.Adapters.Fhir.Parsing;

/// <summary>What a resource or Bundle says, resource by resource. FHIR R4 §3.1.0.11 (transaction), §2.36 (Bundle).</summary>
internal static class FhirBundle
{
    /// <summary>Of an entry: the id that this endpoint gave the resource, or found for it. <c>valueUri</c>: <c>Type/id</c>.</summary>
    public const string AssignedUrl = "urn:integration:fhir:assigned";

    /// <summary>Of an entry: the resource that meets its condition, so that nothing is to be done. <c>valueUri</c>: <c>Type/id</c>.</summary>
    public const string ExistingUrl = "urn:integration:fhir:existing";

    private const string Bundle = "Bundle";

    /// <summary>e.g. <c>Observation</c>, <c>Bundle.transaction</c>.</summary>
    public static string NameOf(JsonElement root, string type) => type == Bundle && Text(root, "type") is { Length: > 0 and < 32 } kind ? $"{Bundle}.{kind}" : type;

    /// <summary>Whether the Bundle asks us to do something; what it holds then counts when it arrives.</summary>
    public static bool IsRequest(JsonElement root, string type) => type == Bundle && Text(root, "type") is "transaction" or "batch";

    /// <summary>See <see cref="ISourceDocument.EventTime"/>.</summary>
    public static DateTimeOffset? TimeOf(JsonElement root, string type) =>
        IsRequest(root, type) ? null : type == Bundle ? Instant(Text(root, "timestamp")) : LastUpdated(root);

    /// <summary>The resources in the order sent; what cannot be used adds an issue.</summary>
    public static IReadOnlyList<FhirEntry> Entries(JsonElement root, string type, List<MessageIssue> issues)
    {
        if (type != Bundle)
        {
            return [new FhirEntry(type, root, type) { Id = Text(root, "id"), LastUpdated = LastUpdated(root) }];
        }

        var entries = new List<FhirEntry>();
        var isRequest = IsRequest(root, type);
        if (!root.TryGetProperty("entry", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return entries;
        }

        var index = 0;
        foreach (var entry in list.EnumerateArray())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"Bundle.entry[{index++}]");
            if (entry.ValueKind == JsonValueKind.Object && Read(entry, isRequest, place, issues) is { } read)
            {
                entries.Add(read);
            }
        }

        return entries;
    }

    private static FhirEntry? Read(JsonElement entry, bool isRequest, string place, List<MessageIssue> issues)
    {
        var hasResource = entry.TryGetProperty("resource", out var resource) && resource.ValueKind == JsonValueKind.Object;
        var type = hasResource ? Text(resource, "resourceType") : null;
        var request = entry.TryGetProperty("request", out var asked) ? FhirRequest.Read(asked) : null;
        if (request is { Method: "DELETE", Type: { } deleted, Id: { } id })
        {
            return new FhirEntry(deleted, default, place) { Id = id };
        }

        if (type is null || FhirSchema.Find(type) is not { Kind: FhirTypeKind.Resource, IsAbstract: false } || type is Bundle or "OperationOutcome" or "Parameters")
        {
            if (isRequest || hasResource && type != "OperationOutcome")
            {
                issues.Add(MessageIssue.Error(
                    IntegrationErrorCode.InteractionUnsupported, place, "The entry holds no resource that can be stored, and asks for nothing that can be done without one."));
            }

            return null;
        }

        if (isRequest && request is not ({ Method: "POST" } or { Method: "PUT" }))
        {
            issues.Add(MessageIssue.Error(
                IntegrationErrorCode.InteractionUnsupported, $"{place}.request", "Only POST, PUT and DELETE are taken in; reads are answered by the FHIR facade."));
            return null;
        }

        var existing = Decision(entry, ExistingUrl);
        return new FhirEntry(type, resource, $"{place}.resource")
        {
            Id = existing ?? Decision(entry, AssignedUrl) ?? (isRequest ? request!.IdOf(entry) : Text(resource, "id")),
            FullUrl = Text(entry, "fullUrl"),
            LastUpdated = isRequest ? null : LastUpdated(resource),
            IsKnown = existing is not null,
        };
    }

    /// <summary>The id in an extension of ours; null when the entry has none.</summary>
    private static string? Decision(JsonElement entry, string url) =>
        entry.TryGetProperty("extension", out var extensions) && extensions.ValueKind == JsonValueKind.Array
            ? extensions.EnumerateArray().Where(e => Text(e, "url") == url).Select(e => Text(e, "valueUri")?.Split('/')[^1]).FirstOrDefault()
            : null;

    private static DateTimeOffset? LastUpdated(JsonElement resource) =>
        resource.TryGetProperty("meta", out var meta) ? Instant(Text(meta, "lastUpdated")) : null;

    private static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;

    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
