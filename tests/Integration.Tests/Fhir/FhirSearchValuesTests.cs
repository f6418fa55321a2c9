using System.Text.Json;
using Integration.Fhir;
using Integration.Fhir.Search;

namespace Integration.Tests.Fhir;

/// <summary>The official search parameters: the table is whole, and what a resource is found by has the right type and range.</summary>
public sealed class FhirSearchValuesTests
{
    [Fact]
    public void All_OfficialParameters_AreThere()
    {
        Assert.Equal(1377, FhirSearchParameters.All.Count);
        Assert.Equal(46, FhirSearchParameters.All.Count(p => p.Type == FhirSearchType.Composite));
        Assert.All(FhirSearchParameters.All, p => Assert.All(p.Components, c => Assert.NotNull(FhirSearchParameters.Find(c.ParameterId))));
        Assert.All(FhirSearchParameters.All.SelectMany(p => p.Bases), b => Assert.Equal(FhirTypeKind.Resource, FhirSchema.Find(b)!.Kind));
        Assert.Equal("Patient.birthDate", FhirSearchParameters.Find("Patient", "birthdate")!.Expression!.Split(" | ")[0]);
        Assert.NotNull(FhirSearchParameters.Find("Patient", "_id"));
        Assert.Null(FhirSearchParameters.Find("Patient", "nothing"));
        Assert.Empty(FhirSearchParameters.For("HumanName"));
    }

    [Fact]
    public void Extract_Patient_GivesEveryType()
    {
        var values = Extract("""
            {"resourceType":"Patient","id":"p1","meta":{"profile":["http://a.example/p"],"tag":[{"system":"urn:t","code":"vip"}]},
             "identifier":[{"system":"urn:mrn","value":"007"}],"active":true,"name":[{"text":"李 明","family":"Müller","given":["Ä  b"]}],
             "telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b"}],"gender":"male","birthDate":"1984-02",
             "deceasedBoolean":false,"address":[{"city":"杭州","postalCode":"310000"}],
             "generalPractitioner":[{"reference":"Practitioner/d1"},{"identifier":{"system":"urn:d","value":"2"},"type":"Practitioner"}],
             "managingOrganization":{"reference":"http://a.example/fhir/Organization/o1/_history/2"}}
            """);

        Assert.Equal([(null, "p1")], Tokens(values, "_id"));
        Assert.Equal([("urn:t", "vip")], Tokens(values, "_tag"));
        Assert.Equal([("urn:mrn", "007")], Tokens(values, "identifier"));
        Assert.Equal([("http://hl7.org/fhir/administrative-gender", "male")], Tokens(values, "gender"));
        Assert.Equal([(null, "true")], Tokens(values, "active"));
        Assert.Equal([(null, "false")], Tokens(values, "deceased"));
        Assert.Equal([(null, "1")], Tokens(values, "phone"));
        Assert.Equal([(null, "a@b")], Tokens(values, "email"));
        Assert.Equal(["a b", "muller", "李 明"], Of<FhirStringValue>(values, "name").Select(v => v.Normalised).Order(StringComparer.Ordinal));
        Assert.Equal(["Müller"], Of<FhirStringValue>(values, "family").Select(v => v.Exact));
        Assert.Equal(["杭州"], Of<FhirStringValue>(values, "address-city").Select(v => v.Exact));
        Assert.Equal(["http://a.example/p"], Of<FhirUriValue>(values, "_profile").Select(v => v.Uri));
        var birth = Assert.Single(Of<FhirDateValue>(values, "birthdate"));
        Assert.Equal((At("1984-02-01T00:00:00Z"), At("1984-03-01T00:00:00Z")), (birth.Start, birth.End));
        Assert.Equal(
            [("Practitioner", "d1", null), ("Practitioner", null, "2")],
            Of<FhirReferenceValue>(values, "general-practitioner").Select(v => (v.Type, v.Id, v.IdentifierValue)));
        var organization = Assert.Single(Of<FhirReferenceValue>(values, "organization"));
        Assert.Equal(("Organization", "o1", "http://a.example/fhir/Organization/o1/_history/2"), (organization.Type, organization.Id, organization.Url));
    }

    [Fact]
    public void Extract_Observation_GivesRangesAndComposites()
    {
        var values = Extract("""
            {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"},{"code":"2"}],"text":"x"},
             "subject":{"reference":"Patient/1"},"effectivePeriod":{"start":"2026-03-01T10:00:00+08:00"},
             "valueQuantity":{"value":1.10,"comparator":"<","unit":"毫克","system":"http://unitsofmeasure.org","code":"mg"},
             "component":[{"code":{"text":"c"},"valueQuantity":{"value":1e2,"unit":"a"}}]}
            """);

        Assert.Equal([("http://loinc.org", "1"), (null, "2")], Tokens(values, "code"));
        Assert.Equal(["Patient"], Of<FhirReferenceValue>(values, "patient").Select(v => v.Type));
        var date = Assert.Single(Of<FhirDateValue>(values, "date"));
        Assert.Equal((At("2026-03-01T02:00:00Z"), null), (date.Start, date.End));
        var quantity = Assert.Single(Of<FhirQuantityValue>(values, "value-quantity"));
        Assert.Equal((null, 1.105m, "mg", "毫克"), (quantity.Low, quantity.High, quantity.Code, quantity.Unit));
        var component = Assert.Single(Of<FhirQuantityValue>(values, "component-value-quantity"));
        Assert.Equal((50m, 150m), (component.Low, component.High));
        var composites = Of<FhirCompositeValue>(values, "code-value-quantity").ToList();
        Assert.Equal(["1", "2"], composites.Select(c => ((FhirTokenValue)c.Components[0]).Code));
        Assert.All(composites, c => Assert.Equal("mg", ((FhirQuantityValue)c.Components[1]).Code));
    }

    [Fact]
    public void Extract_CodeInsideAComposite_HasTheSystemOfItsBinding()
    {
        var values = Extract("""
            {"resourceType":"DocumentReference","status":"current","content":[{"attachment":{"url":"urn:x"}}],
             "relatesTo":[{"code":"replaces","target":{"reference":"DocumentReference/2"}}]}
            """);

        var relationship = Assert.Single(Of<FhirCompositeValue>(values, "relationship"));
        Assert.Contains(relationship.Components.OfType<FhirTokenValue>(), token => (token.System, token.Code) == ("http://hl7.org/fhir/document-relationship-type", "replaces"));
    }

    [Theory]
    [InlineData("""{"resourceType":"Observation","status":"final","code":{"text":"x"}}""", "status", "http://hl7.org/fhir/observation-status", "final")]
    [InlineData("""{"resourceType":"Encounter","status":"planned","class":{"code":"AMB"},"location":[{"status":"active","location":{"display":"x"}}]}""", "status", "http://hl7.org/fhir/encounter-status", "planned")]
    [InlineData("""{"resourceType":"Person","link":[{"target":{"reference":"Patient/1"},"assurance":"level1"}],"gender":"female"}""", "gender", "http://hl7.org/fhir/administrative-gender", "female")]
    [InlineData("""{"resourceType":"Patient","communication":[{"language":{"coding":[{"code":"zh"}]}}],"language":"zh"}""", "language", null, "zh")]
    public void Extract_CodeElement_HasTheSystemOfItsBinding(string json, string parameter, string? system, string code) =>
        Assert.Equal([(system, code)], Tokens(Extract(json), parameter));

    [Theory]
    [InlineData("2026", "2026-01-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00")]
    [InlineData("2026-12", "2026-12-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00")]
    [InlineData("2026-03-01", "2026-03-01T00:00:00+08:00", "2026-03-02T00:00:00+08:00")]
    [InlineData("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z")]
    [InlineData("2026-03-01T10:00:00.5Z", "2026-03-01T10:00:00.5Z", "2026-03-01T10:00:00.501Z")]
    public void Extract_DateOfAnyPrecision_IsFromItsBeginningToTheNext(string written, string start, string end)
    {
        using var document = JsonDocument.Parse($$$"""{"resourceType":"Encounter","status":"planned","class":{"code":"AMB"},"period":{"start":"{{{written}}}","end":"{{{written}}}"}}""");

        var date = Assert.Single(Of<FhirDateValue>(FhirSearchValues.Extract(document.RootElement, TimeSpan.FromHours(8)), "date"));

        Assert.Equal((At(start), At(end)), (date.Start!.Value, date.End!.Value));
    }

    [Fact]
    public void Extract_OtherKinds_AreRead()
    {
        var place = Extract("""{"resourceType":"Location","position":{"longitude":120.15,"latitude":30.28}}""");
        Assert.Equal((30.28m, 120.15m), Of<FhirPositionValue>(place, "near").Select(v => (v.Latitude, v.Longitude)).Single());

        var risk = Extract("""{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":0.8},{"probabilityRange":{"low":{"value":1},"high":{"value":2}}}]}""");
        Assert.Equal([(0.75m, 0.85m), (0.5m, 2.5m)], Of<FhirNumberValue>(risk, "probability").Select(v => (v.Low!.Value, v.High!.Value)));

        var bundle = Extract("""{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition","id":"c1","status":"final"}}]}""");
        Assert.Equal(("Composition", "c1"), Of<FhirReferenceValue>(bundle, "composition").Select(v => (v.Type, v.Id)).Single());

        var invoice = Extract("""{"resourceType":"Invoice","status":"issued","totalGross":{"value":12.50,"currency":"CNY"}}""");
        Assert.Equal(("urn:iso:std:iso:4217", "CNY"), Of<FhirQuantityValue>(invoice, "totalgross").Select(v => (v.System, v.Code)).Single());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"resourceType":"HumanName"}""")]
    public void Extract_NoResource_GivesNothing(string json) => Assert.Empty(Extract(json));

    /// <summary>Seeded: every type's parameters are read from made-up and damaged resources without an exception.</summary>
    [Fact]
    public void Extract_MadeUpResourcesOfEveryType_NeverThrows()
    {
        var random = new Random(20260502);
        var made = new RandomResource(random);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in FhirSchema.TypeNames.Where(n => FhirSchema.Find(n) is { Kind: FhirTypeKind.Resource, IsAbstract: false }))
        {
            for (var i = 0; i < 6; i++)
            {
                found.UnionWith(Extract(made.Make(type).ToJsonString()).Select(v => v.Parameter.Id));
            }
        }

        Assert.True(found.Count > 1000, $"Values of {found.Count} parameters were found.");
    }

    [Fact]
    public void Extract_ThirdPartySamples_FindsIdAndPatient()
    {
        var samples = FhirSamples.ThirdPartyValid();
        Assert.SkipWhen(samples.Count == 0, "The third-party FHIR samples are not beside the repository.");

        foreach (var json in samples)
        {
            using var document = JsonDocument.Parse(json);
            var values = FhirSearchValues.Extract(document.RootElement);
            Assert.Equal(document.RootElement.TryGetProperty("id", out _), values.Any(v => v.Parameter.Code == "_id"));
            var isAboutPatient = document.RootElement.TryGetProperty("subject", out var subject)
                && subject.TryGetProperty("reference", out var reference) && reference.GetString()!.StartsWith("Patient/", StringComparison.Ordinal);
            Assert.True(!isAboutPatient || values.Any(v => v.Parameter.Code is "patient" or "subject"));
        }
    }

    private static IReadOnlyList<FhirSearchValue> Extract(string json)
    {
        using var document = JsonDocument.Parse(json);
        return FhirSearchValues.Extract(document.RootElement);
    }

    private static IEnumerable<T> Of<T>(IEnumerable<FhirSearchValue> values, string code) where T : FhirSearchValue =>
        values.OfType<T>().Where(v => v.Parameter.Code == code);

    private static IEnumerable<(string?, string?)> Tokens(IEnumerable<FhirSearchValue> values, string code) =>
        Of<FhirTokenValue>(values, code).Select(v => (v.System, v.Code));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
