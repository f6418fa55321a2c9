using System.Text.Json;

namespace Integration.Fhir.FhirPath;

/// <summary>What surrounds the resource that an expression is evaluated on.</summary>
public sealed record FhirPathContext
{
    public static FhirPathContext None { get; } = new();

    /// <summary><c>%resource</c>; undefined: the resource itself.</summary>
    public JsonElement Resource { get; init; }

    /// <summary><c>%rootResource</c>, which contains <see cref="Resource"/>; undefined: the same.</summary>
    public JsonElement RootResource { get; init; }

    /// <summary>The Bundle in whose entries <c>resolve()</c> looks; undefined: the resource itself when it is one.</summary>
    public JsonElement Bundle { get; init; }

    /// <summary>Type of the element that is evaluated on, e.g. <c>HumanName</c>; null: it is a resource and names its type.</summary>
    public string? TypeName { get; init; }

    /// <summary>The clock of <c>now()</c> and <c>today()</c>; null: the machine's.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Called with the name and items of each <c>trace()</c>; null: nobody listens.</summary>
    public Action<string, IReadOnlyList<FhirPathValue>>? Trace { get; init; }

    /// <summary>Called with the name of a function that could not be carried out (<c>memberOf</c> and others that need terminology); null: nobody listens.</summary>
    public Action<string>? NotChecked { get; init; }
}
