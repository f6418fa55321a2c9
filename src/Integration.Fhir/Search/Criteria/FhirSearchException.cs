namespace Integration.Fhir.Search.Criteria;

/// <summary>A search that cannot be carried out as it was written.</summary>
/// <param name="code">FHIR R4 IssueType: <c>invalid</c>, <c>not-supported</c> or <c>too-costly</c>.</param>
/// <param name="message">One sentence that names the parameter; never its value, which may be a patient's.</param>
public sealed class FhirSearchException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;

    public static FhirSearchException Invalid(string name, string rule) => new("invalid", $"{name}: {rule}");

    public static FhirSearchException NotSupported(string name, string what) => new("not-supported", $"{name}: {what}");
}
