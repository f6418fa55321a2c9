using Integration.Core.Parsing;

namespace Integration.Adapters.Fhir.Parsing;

/// <summary>A resource or Bundle that was read.</summary>
/// <param name="MappingKey">Its type, e.g. <c>Observation</c> or <c>Bundle.transaction</c>.</param>
/// <param name="EventTime">When it was made, by its sender's clock; null when it does not say, or asks us to do something, which counts when it arrives.</param>
internal sealed record FhirDocument(string MappingKey, DateTimeOffset? EventTime, IReadOnlyList<FhirEntry> Entries) : IFhirDocument
{
    public string Format => FhirParser.FormatName;

    public IReadOnlyList<ISourceSegment> Segments => [];
}
