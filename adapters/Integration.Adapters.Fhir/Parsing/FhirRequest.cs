using System.Text.Json;
using Integration.Fhir;

namespace Integration.Adapters.Fhir.Parsing;

/// <summary>What an entry of a transaction or batch asks for, or a request by HTTP does.</summary>
/// <param name="Method">POST, PUT or DELETE, or another one that is not served.</param>
/// <param name="Type">Null when the address names no type of FHIR R4.</param>
/// <param name="Id">Id at the source; null for POST and for conditions.</param>
/// <param name="Condition">What stands behind the question mark, or in If-None-Exist; null without condition.</param>
internal sealed record FhirRequest(string Method, string? Type, string? Id, string? Condition)
{
    /// <summary>Of <c>Bundle.entry.request</c>.</summary>
    public static FhirRequest? Read(JsonElement request) => FhirBundle.Text(request, "method") is { } method
        ? Of(method, FhirBundle.Text(request, "url") ?? "", FhirBundle.Text(request, "ifNoneExist"))
        : null;

    /// <param name="url">Relative to the base: <c>Patient/1</c>, <c>Patient?identifier=…</c>, <c>Patient</c>.</param>
    public static FhirRequest Of(string method, string url, string? ifNoneExist)
    {
        var mark = url.IndexOf('?', StringComparison.Ordinal);
        var path = (mark < 0 ? url : url[..mark]).Trim('/').Split('/');
        var type = FhirSchema.Find(path[0]) is { Kind: FhirTypeKind.Resource, IsAbstract: false } ? path[0] : null;
        var condition = mark >= 0 ? url[(mark + 1)..] : method == "POST" && !string.IsNullOrWhiteSpace(ifNoneExist) ? ifNoneExist.Trim().TrimStart('?') : null;
        return path.Length switch
        {
            1 => new(method, type, null, condition),
            2 => new(method, type, path[1], condition),
            _ => new(method, null, null, condition),
        };
    }

    /// <summary>
    /// The id at the source of what the entry brings: the one that the address names; for a condition one that follows from it, so that the same condition
    /// always means the same resource; null where nothing is said. A POST does not choose its id (FHIR R4 §3.1.0.8).
    /// </summary>
    public string? IdOf(JsonElement entry) => Id ?? (Identifier is var (system, value) ? IdOfCondition(system, value) : UuidOf(entry));

    /// <summary>The identifier that the condition asks for; null when there is no condition, or another one.</summary>
    public (string System, string Value)? Identifier
    {
        get
        {
            const string Parameter = "identifier=";
            return Condition is { } condition && condition.StartsWith(Parameter, StringComparison.Ordinal) && !condition.Contains('&', StringComparison.Ordinal)
                && Uri.UnescapeDataString(condition[Parameter.Length..]).Split('|', 2) is [{ Length: > 0 } system, { Length: > 0 } value]
                ? (system, value)
                : null;
        }
    }

    public static string IdOfCondition(string system, string value) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{system}|{value}")))[..32];

    private static string? UuidOf(JsonElement entry) =>
        FhirBundle.Text(entry, "fullUrl") is { } url && url.StartsWith("urn:uuid:", StringComparison.Ordinal) ? url["urn:uuid:".Length..] : null;
}
