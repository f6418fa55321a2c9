using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Integration.Host.Fhir;

/// <summary>What a link to a further page stands for.</summary>
/// <param name="Path">Behind the base address, e.g. <c>Observation</c>.</param>
/// <param name="Parameters">Of the first page, names and values by turns.</param>
/// <param name="After">Where the page begins.</param>
/// <param name="IsStrict">See <see cref="FhirRequests.IsStrict"/>.</param>
internal sealed record FhirPage(string Path, string[] Parameters, string After, bool IsStrict)
{
    public static FhirPage Of(string path, IReadOnlyList<(string Name, string Value)> parameters, string after, bool isStrict) =>
        new(path, [.. parameters.SelectMany(p => new[] { p.Name, p.Value })], after, isStrict);

    public List<(string Name, string Value)> ToParameters() => [.. Parameters.Chunk(2).Select(pair => (pair[0], pair[1]))];
}

/// <summary>
/// Links to further pages, encrypted: the conditions of a search, a name among them, stand in no address that proxies and browsers keep, and nobody makes up
/// a cursor. They are good as long as the keys of the data folder are.
/// </summary>
internal sealed class FhirPages(IDataProtectionProvider protection)
{
    public const string Parameter = "_page";

    private readonly IDataProtector _protector = protection.CreateProtector("Integration.Fhir.Page");

    public string Write(FhirPage page) => _protector.Protect(JsonSerializer.Serialize(page));

    /// <exception cref="FhirProblem">It is none of this path.</exception>
    public FhirPage Read(string text, string path)
    {
        try
        {
            return JsonSerializer.Deserialize<FhirPage>(_protector.Unprotect(text)) is { } page && page.Path == path ? page : throw Strange();
        }
        catch (Exception e) when (e is CryptographicException or JsonException or FormatException)
        {
            throw Strange();
        }
    }

    private static FhirProblem Strange() => FhirProblem.Invalid("_page is none of this address. Begin at the first page, and follow its link next as it is.");
}
