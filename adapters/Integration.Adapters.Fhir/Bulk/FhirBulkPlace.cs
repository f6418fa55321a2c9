using System.Text.Json;

namespace Integration.Adapters.Fhir.Bulk;

/// <summary>Where a feed of exports goes on, as it is written down. Immutable.</summary>
internal sealed record FhirBulkPlace
{
    /// <summary>The <c>transactionTime</c> of the last export that was handed over whole; null: of none.</summary>
    public string? Since { get; init; }

    /// <summary>Address of the status of an export that was asked for and is not handed over yet; null: none.</summary>
    public string? Job { get; init; }

    /// <summary>Bytes of each file of that export which were handed over, by address; -1: all.</summary>
    public IReadOnlyDictionary<string, long> Files { get; init; } = new Dictionary<string, long>();

    public static FhirBulkPlace Parse(string? text) => text is null ? new() : JsonSerializer.Deserialize<FhirBulkPlace>(text) ?? new();

    public override string ToString() => JsonSerializer.Serialize(this);

    /// <param name="bytes">-1: all.</param>
    public FhirBulkPlace At(string file, long bytes) => this with { Files = new Dictionary<string, long>(Files) { [file] = bytes } };
}
