using Integration.Fhir.Search.Criteria;

namespace Integration.Host.Fhir;

/// <summary>Why a request of the facade is not served. <paramref name="message"/> never holds a value of the request.</summary>
/// <param name="code">FHIR R4 IssueType.</param>
internal sealed class FhirProblem(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public static FhirProblem Of(FhirSearchException e) =>
        new(e.Code == "too-costly" ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, e.Code, e.Message);

    public static FhirProblem Invalid(string text) => new(StatusCodes.Status400BadRequest, "invalid", text);

    public static FhirProblem UnknownType() => new(
        StatusCodes.Status404NotFound, "not-supported", "Resources of this type are not served. /fhir/metadata lists the types that are.");

    public static FhirProblem UnknownResource() => new(StatusCodes.Status404NotFound, "not-found", "There is no resource of this type and id.");

    public static FhirProblem UnknownVersion() => new(StatusCodes.Status404NotFound, "not-found", "The resource has no such version. _history lists those it has.");

    public static FhirProblem Gone() => new(StatusCodes.Status410Gone, "deleted", "The resource was deleted. Its _history lists earlier versions.");
}
