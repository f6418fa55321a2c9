namespace Integration.Fhir.Search.Criteria;

/// <summary>FHIR R4 search.html §3.1.1.4.1. <c>:[type]</c> of a reference is no modifier here, it becomes part of the reference.</summary>
public enum FhirSearchModifier
{
    None,

    /// <summary><c>true</c>: without any value; <c>false</c>: with one.</summary>
    Missing,

    /// <summary>Of a string: the whole of it, letter by letter.</summary>
    Exact,

    /// <summary>Of a string: anywhere in it.</summary>
    Contains,

    /// <summary>Of a token: none of the values.</summary>
    Not,

    /// <summary>Of a token: the beginning of its text.</summary>
    Text,

    /// <summary>Of a reference: by the identifier that stands in it.</summary>
    Identifier,

    /// <summary>Of a URI: what it begins with.</summary>
    Above,

    /// <summary>Of a URI: what begins with it.</summary>
    Below,
}
