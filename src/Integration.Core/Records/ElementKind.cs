using Integration.Fhir;

namespace Integration.Core.Records;

/// <summary>How an element of a resource is merged when a later message speaks of the same resource.</summary>
internal enum ElementKind
{
    /// <summary>Replaced as one value: primitives, lists, and datatypes whose parts belong together (Quantity, CodeableConcept).</summary>
    Whole,

    /// <summary>Merged part by part: Period and backbone elements, whose parts different messages send (admission, then discharge).</summary>
    Parts,

    /// <summary>A list that gathers: identifiers of a person, results of a report. Entries are added, none is taken away.</summary>
    Gathered,

    /// <summary>Extensions: a message that sends one replaces all of that url and leaves the others, which another message told.</summary>
    GatheredByUrl,
}

/// <summary>Reads <see cref="ElementKind"/> off the FHIR R4 element tables.</summary>
internal static class ElementKinds
{
    /// <param name="parentType">FHIR type that holds the element, e.g. <c>Encounter</c>.</param>
    /// <param name="jsonName">Property name, e.g. <c>period</c>.</param>
    public static (ElementKind Kind, FhirElement? Element) Of(string parentType, string jsonName)
    {
        var element = FhirSchema.Find(parentType)?.Element(jsonName);
        if (element is null)
        {
            return (ElementKind.Whole, null);
        }

        if (element.IsArray)
        {
            if (jsonName == "extension")
            {
                return (ElementKind.GatheredByUrl, element);
            }

            return (jsonName == "identifier" || (parentType == "DiagnosticReport" && jsonName == "result") ? ElementKind.Gathered : ElementKind.Whole, element);
        }

        var type = element.IsChoice ? null : element.Types[0];
        return (type is not null && (type == "Period" || FhirSchema.Find(type)?.Kind == FhirTypeKind.Backbone) ? ElementKind.Parts : ElementKind.Whole, element);
    }
}
