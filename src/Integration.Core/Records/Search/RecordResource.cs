using System.Text.Json;
using Integration.Core.Storage;
using Integration.Fhir.Search;

namespace Integration.Core.Records.Search;

/// <summary>A resource of the record as it was stored, read no further than a search needs. Immutable, safe for many threads.</summary>
public sealed class RecordResource
{
    private const string LastUpdatedId = "Resource-lastUpdated";
    private const string SourceId = "Resource-source";

    private RecordResource(string reference, JsonElement document)
    {
        Reference = reference;
        Type = reference[..reference.IndexOf('/', StringComparison.Ordinal)];
        Id = reference[(Type.Length + 1)..];
        PatientId = document.GetProperty("patientId").GetString()!;
        Effective = document.GetProperty("effective").GetDateTimeOffset();
        LastUpdated = document.GetProperty("lastUpdated").GetDateTimeOffset();
        Version = document.GetProperty("version").GetInt32();
        var provenance = document.GetProperty("provenance");
        Source = $"urn:integration:feed:{Uri.EscapeDataString(provenance.GetProperty("feed").GetString()!)}#{provenance.GetProperty("messageId").GetString()}";
        Resource = document.GetProperty("resource");
    }

    /// <summary><c>Type/id</c>.</summary>
    public string Reference { get; }

    public string Type { get; }

    public string Id { get; }

    /// <summary>The golden record that owns it; empty for what belongs to nobody.</summary>
    public string PatientId { get; }

    public DateTimeOffset Effective { get; }

    public DateTimeOffset LastUpdated { get; }

    /// <summary>FHIR <c>meta.versionId</c>.</summary>
    public int Version { get; }

    /// <summary><c>meta.source</c> where the resource states none: the feed and, behind #, the message of this version.</summary>
    public string Source { get; }

    /// <summary>As stored: without what <c>meta</c> is given from the properties here.</summary>
    public JsonElement Resource { get; }

    /// <param name="stored">Of <see cref="Collections.Resources"/>, or of its history.</param>
    public static RecordResource Read(StoredDocument stored)
    {
        var reader = new Utf8JsonReader(stored.Json.Span);
        var document = JsonElement.ParseValue(ref reader);
        return new RecordResource(document.GetProperty("id").GetString()!, document);
    }

    /// <summary>Search values of some parameters of the type.</summary>
    /// <param name="only">By reference, as <see cref="FhirSearchParameters"/> gives them.</param>
    public IReadOnlyList<FhirSearchValue> Values(IReadOnlyCollection<FhirSearchParameter> only, TimeSpan offset)
    {
        if (only.Count == 0)
        {
            return [];
        }

        var values = FhirSearchValues.Extract(Resource, offset, only);
        var own = only.Where(p => p.Id is LastUpdatedId or SourceId).ToList();
        return own.Count == 0 ? values : [.. values.Where(v => v.Parameter.Id != LastUpdatedId), .. own.SelectMany(p => OwnValue(p, values))];
    }

    private IEnumerable<FhirSearchValue> OwnValue(FhirSearchParameter parameter, IReadOnlyList<FhirSearchValue> values)
    {
        if (parameter.Id == LastUpdatedId)
        {
            // meta.lastUpdated is given out with milliseconds: the range is that of what a client sees.
            var shown = new DateTimeOffset(LastUpdated.UtcTicks - (LastUpdated.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
            return [new FhirDateValue(parameter, shown, shown.AddMilliseconds(1))];
        }

        return values.Any(v => ReferenceEquals(v.Parameter, parameter)) ? [] : [new FhirUriValue(parameter, Source)];
    }

    /// <summary>Names the resource and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Reference;
}
