using System.Text.RegularExpressions;
using Integration.Fhir;
using Integration.Fhir.Schema;

namespace Integration.Tests.Fhir;

/// <summary>The element tables agree with themselves and with what FHIR R4 4.0.1 is known to say.</summary>
public sealed class FhirSchemaTests
{
    private static IEnumerable<FhirType> AllTypes => FhirSchema.TypeNames.Select(name => FhirSchema.Find(name)!);

    [Fact]
    public void Find_EveryReferencedType_Exists()
    {
        var missing = AllTypes
            .SelectMany(t => t.Elements.SelectMany(e => e.Types))
            .Where(name => FhirSchema.Find(name) is null);

        Assert.Empty(missing);
    }

    [Fact]
    public void Find_EveryReferenceTarget_IsAConcreteResource()
    {
        var wrong = AllTypes
            .SelectMany(t => t.Elements.SelectMany(e => e.ReferenceTargets))
            .Where(name => FhirSchema.Find(name) is not { Kind: FhirTypeKind.Resource, IsAbstract: false });

        Assert.Empty(wrong);
    }

    [Fact]
    public void Find_EveryBackbone_IsReachedFromAnElement()
    {
        var reached = AllTypes.SelectMany(t => t.Elements.SelectMany(e => e.Types)).ToHashSet();

        Assert.Empty(AllTypes.Where(t => t.Kind == FhirTypeKind.Backbone && !reached.Contains(t.Name)).Select(t => t.Name));
    }

    [Fact]
    public void Find_EveryPrimitive_HasAPatternThatCompiles()
    {
        var primitives = AllTypes.Where(t => t.Kind == FhirTypeKind.Primitive).ToList();

        Assert.Equal(20, primitives.Count);
        Assert.All(primitives, p => Assert.NotNull(new Regex(p.Pattern!)));
        Assert.All(AllTypes.Where(t => t.Kind != FhirTypeKind.Primitive), t => Assert.Null(t.Pattern));
    }

    [Fact]
    public void Find_EveryResource_HasIdAndMeta()
    {
        var resources = AllTypes.Where(t => t.Kind == FhirTypeKind.Resource).ToList();

        Assert.Equal(146, resources.Count(t => !t.IsAbstract));
        Assert.All(resources, r => Assert.Equal(["id"], r.Element("id")!.Types));
        Assert.All(resources, r => Assert.Equal(["Meta"], r.Element("meta")!.Types));
    }

    [Fact]
    public void Find_EveryElementThatIsNoChoice_HasOneType()
    {
        Assert.All(AllTypes.SelectMany(t => t.Elements).Where(e => !e.IsChoice), e => Assert.Single(e.Types));
    }

    [Fact]
    public void Find_EveryType_NamesEachJsonNameOnce()
    {
        foreach (var type in AllTypes)
        {
            var names = type.Elements.SelectMany(e => e.JsonNames).ToList();

            Assert.True(names.Count == names.Distinct().Count(), type.Name);
        }
    }

    [Fact]
    public void FindValueSet_EveryRequiredBinding_IsKnown()
    {
        var urls = AllTypes.SelectMany(t => t.Elements).Select(e => e.RequiredValueSet).OfType<string>().ToHashSet();

        Assert.DoesNotContain(urls, url => FhirSchema.FindValueSet(url) is null);
        Assert.Equal(urls.Order(), SchemaTables.Shared.ValueSetUrls.Order());
    }

    [Theory]
    [InlineData("Patient", "deceasedBoolean", "boolean")]
    [InlineData("Patient", "contact", "Patient.contact")]
    [InlineData("Patient.contact", "gender", "code")]
    [InlineData("Observation.component", "referenceRange", "Observation.referenceRange")]
    [InlineData("Questionnaire.item", "item", "Questionnaire.item")]
    [InlineData("Timing.repeat", "boundsPeriod", "Period")]
    [InlineData("Age", "value", "decimal")]
    [InlineData("Extension", "valueAddress", "Address")]
    [InlineData("Extension", "url", "uri")]
    [InlineData("Bundle.entry", "resource", "Resource")]
    [InlineData("EvidenceVariable.characteristic", "definitionTriggerDefinition", "TriggerDefinition")]
    public void Element_JsonName_HasTheTypeOfTheSpecification(string type, string jsonName, string expected)
    {
        Assert.Equal(expected, FhirSchema.Find(type)!.Element(jsonName)!.TypeOf(jsonName));
    }

    [Theory]
    [InlineData("Meta", "project")]
    [InlineData("Binary", "url")]
    [InlineData("ResearchStudy", "studyDesign")]
    [InlineData("Patient", "deceased")]
    [InlineData("Patient", "_birthDate")]
    public void Element_NameThatR4HasNot_IsNull(string type, string jsonName)
    {
        Assert.Null(FhirSchema.Find(type)!.Element(jsonName));
    }

    [Fact]
    public void Element_PatientLinkOther_HasItsTargetsAndCardinality()
    {
        var other = FhirSchema.Find("Patient.link")!.Element("other")!;

        Assert.Equal(["Patient", "RelatedPerson"], other.ReferenceTargets);
        Assert.Equal((1, false), (other.Min, other.IsArray));
    }

    [Theory]
    [InlineData("SubscriptionStatus")]
    [InlineData("MetadataResource")]
    [InlineData("patient")]
    [InlineData("")]
    [InlineData("# FHIR")]
    public void Find_UnknownName_IsNull(string name)
    {
        Assert.Null(FhirSchema.Find(name));
    }

    [Fact]
    public void RequiredCodes_EnumerableValueSet_HasItsCodes()
    {
        var codes = FhirSchema.RequiredCodes("http://hl7.org/fhir/ValueSet/administrative-gender");

        Assert.Equal(["female", "male", "other", "unknown"], codes!.Order());
        Assert.Null(FhirSchema.RequiredCodes("http://hl7.org/fhir/ValueSet/mimetypes"));
        Assert.Null(FhirSchema.RequiredCodes("http://example.org/none"));
    }

    [Fact]
    public void Contains_SystemAndCode_TellsSystemsApart()
    {
        var valueSet = FhirSchema.FindValueSet("http://hl7.org/fhir/ValueSet/condition-clinical")!;

        Assert.True(valueSet.Contains("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"));
        Assert.True(valueSet.Contains("remission"));
        Assert.False(valueSet.Contains("http://terminology.hl7.org/CodeSystem/condition-ver-status", "active"));
        Assert.True(FhirSchema.FindValueSet("http://hl7.org/fhir/ValueSet/mimetypes")!.Contains("text/anything"));
    }

    [Fact]
    public void TypeOf_NameOfAnotherElement_Throws()
    {
        Assert.Throws<ArgumentException>(() => FhirSchema.Find("Patient")!.Element("active")!.TypeOf("gender"));
    }
}
