namespace Integration.Fhir.Search.Criteria;

/// <summary>What a search is read against.</summary>
/// <param name="Offset">Of dates and times that were written without one.</param>
/// <param name="Now">For what is approximately a date.</param>
/// <param name="BaseUrl">Absolute references below this address are our own; without a slash at the end.</param>
public sealed record FhirSearchContext(TimeSpan Offset, DateTimeOffset Now, string BaseUrl);
