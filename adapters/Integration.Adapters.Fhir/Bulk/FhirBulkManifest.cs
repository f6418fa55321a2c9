using System.Text.Json;
using Integration.Adapters.Fhir.Parsing;
using Integration.Adapters.Fhir.Polling;

namespace Integration.Adapters.Fhir.Bulk;

/// <summary>One file of an export.</summary>
/// <param name="Type">Resource type of its lines.</param>
/// <param name="Count">Lines that it should have; null: not said.</param>
internal sealed record FhirBulkFile(string Type, Uri Url, long? Count);

/// <summary>What an export consists of. Bulk Data Access v2.0.0, "Response - Complete Status".</summary>
/// <param name="TransactionTime">As the server writes it, to be given back as <c>_since</c>.</param>
/// <param name="Errors">Files that say what the server could not export.</param>
internal sealed record FhirBulkManifest(
    string TransactionTime, bool RequiresAccessToken, IReadOnlyList<FhirBulkFile> Output, IReadOnlyList<FhirBulkFile> Deleted, int Errors)
{
    /// <exception cref="FhirSourceException">It is none.</exception>
    public static FhirBulkManifest Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && FhirBundle.Text(root, "transactionTime") is { } time && DateTimeOffset.TryParse(time, out _))
            {
                return new FhirBulkManifest(
                    time, root.TryGetProperty("requiresAccessToken", out var token) && token.ValueKind == JsonValueKind.True,
                    Files(root, "output"), Files(root, "deleted"), Files(root, "error").Count);
            }
        }
        catch (Exception e) when (e is JsonException or UriFormatException or InvalidOperationException)
        {
            throw Unreadable(e);
        }

        throw Unreadable(null);
    }

    private static List<FhirBulkFile> Files(JsonElement root, string name) => !root.TryGetProperty(name, out var files) || files.ValueKind != JsonValueKind.Array
        ? []
        : [.. files.EnumerateArray().Select(file => new FhirBulkFile(
            FhirBundle.Text(file, "type") ?? "", new Uri(FhirBundle.Text(file, "url") ?? "", UriKind.Absolute),
            file.TryGetProperty("count", out var count) && count.TryGetInt64(out var lines) ? lines : null))];

    private static FhirSourceException Unreadable(Exception? inner) =>
        new("The server's list of exported files cannot be read: it has no transactionTime, or a file without address.", inner);
}
