namespace Integration.Core.Forms;

/// <summary>Extensions of Questionnaires and of their answers that are understood.</summary>
public static class FormExtensions
{
    /// <summary>FHIR R4: what an answer counts for.</summary>
    public const string OrdinalValue = "http://hl7.org/fhir/StructureDefinition/ordinalValue";

    /// <summary>FHIR R4: the same text in another language.</summary>
    public const string Translation = "http://hl7.org/fhir/StructureDefinition/translation";

    /// <summary>FHIR R4: the least that a number may be.</summary>
    public const string MinValue = "http://hl7.org/fhir/StructureDefinition/minValue";
    /// <summary>FHIR R4: the most that a number may be.</summary>
    public const string MaxValue = "http://hl7.org/fhir/StructureDefinition/maxValue";
    /// <summary>FHIR R4: the unit of a quantity.</summary>
    public const string Unit = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit";

    /// <summary>Structured Data Capture: an item that is calculated.</summary>
    public const string Calculation = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";

    /// <summary>
    /// Our own. Of a Questionnaire: <c>key</c>, <c>when</c>, <c>severity</c> and <c>text</c> of what somebody has to look at. Of its answers: the same
    /// without <c>when</c>, where it is so.
    /// </summary>
    public const string Alert = "urn:integration:form-alert";

    /// <summary>Our own, of answers: what the first calculated number of the form came to.</summary>
    public const string Score = "urn:integration:form-score";
}
