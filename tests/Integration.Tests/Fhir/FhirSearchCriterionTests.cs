using System.Text.Json;
using Integration.Fhir.Search;
using Integration.Fhir.Search.Criteria;

namespace Integration.Tests.Fhir;

/// <summary>Every kind of search parameter with its prefixes and modifiers. FHIR R4 search.html §3.1.1.4.</summary>
public sealed class FhirSearchCriterionTests
{
    private const string Patient = """
        {"resourceType":"Patient","id":"p1","meta":{"tag":[{"system":"urn:t","code":"vip"}],"profile":["http://example.org/p|2"]},"active":true,
         "identifier":[{"system":"urn:authority:HIS","value":"10001"},{"value":"77"}],
         "name":[{"text":"张玘","family":"张","given":["玘"]},{"family":"Müller","given":["Ann,e"]}],"gender":"female","birthDate":"1980-05",
         "generalPractitioner":[{"reference":"Practitioner/d1"},{"identifier":{"system":"urn:staff","value":"S7"}}],
         "telecom":[{"system":"phone","value":"13800000001"}]}
        """;

    private const string Observation = """
        {"resourceType":"Observation","id":"o1","status":"final",
         "code":{"text":"葡萄糖","coding":[{"system":"http://loinc.org","code":"2345-7","display":"Glucose"},{"code":"GLU"}]},
         "subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-03-16T09:30:00+08:00",
         "valueQuantity":{"value":7.80,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}
        """;

    private const string Encounter = """
        {"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"IMP"},"period":{"start":"2026-03-10","end":"2026-03-16"}}
        """;

    private const string RiskAssessment = """{"resourceType":"RiskAssessment","id":"r1","status":"final","subject":{"reference":"Patient/p1"},"prediction":[{"probabilityDecimal":0.80}]}""";

    private const string ValueSet = """{"resourceType":"ValueSet","id":"v1","status":"active","url":"http://example.org/fhir/vs/a"}""";

    private static readonly FhirSearchContext Context = new(TimeSpan.FromHours(8), new DateTimeOffset(2026, 3, 20, 0, 0, 0, TimeSpan.Zero), "http://127.0.0.1/fhir");

    private static readonly Dictionary<string, string> Resources = new(StringComparer.Ordinal)
    {
        ["Patient"] = Patient,
        ["Observation"] = Observation,
        ["Encounter"] = Encounter,
        ["RiskAssessment"] = RiskAssessment,
        ["ValueSet"] = ValueSet,
    };

    [Theory]
    [InlineData("identifier", "10001", true)]
    [InlineData("identifier", "urn:authority:HIS|10001", true)]
    [InlineData("identifier", "urn:authority:LIS|10001", false)]
    [InlineData("identifier", "|10001", false)]
    [InlineData("identifier", "|77", true)]
    [InlineData("identifier", "urn:authority:HIS|", true)]
    [InlineData("identifier", "1000", false)]
    [InlineData("identifier", "x,10001", true)]
    [InlineData("gender", "female", true)]
    [InlineData("gender", "http://hl7.org/fhir/administrative-gender|female", true)]
    [InlineData("gender:not", "male", true)]
    [InlineData("gender:not", "female,male", false)]
    [InlineData("active", "true", true)]
    [InlineData("deceased:missing", "true", false)]
    [InlineData("death-date:missing", "true", true)]
    [InlineData("death-date:missing", "false", false)]
    [InlineData("phone", "13800000001", true)]
    [InlineData("_tag", "urn:t|vip", true)]
    [InlineData("_id", "p1", true)]
    [InlineData("name", "张", true)]
    [InlineData("name", "muller", true)]
    [InlineData("family:exact", "Müller", true)]
    [InlineData("family:exact", "Muller", false)]
    [InlineData("family", "uller", false)]
    [InlineData("family:contains", "ULL", true)]
    [InlineData("given", "ann\\,e", true)]
    [InlineData("given", "玘", true)]
    [InlineData("birthdate", "1980", true)]
    [InlineData("birthdate", "1980-05", true)]
    [InlineData("birthdate", "1980-05-17", false)]
    [InlineData("birthdate", "gt1980-05-17", true)]
    [InlineData("birthdate", "ne1980", false)]
    [InlineData("birthdate", "lt1980", false)]
    [InlineData("general-practitioner", "Practitioner/d1", true)]
    [InlineData("general-practitioner", "d1", true)]
    [InlineData("general-practitioner", "http://127.0.0.1/fhir/Practitioner/d1", true)]
    [InlineData("general-practitioner:Practitioner", "d1", true)]
    [InlineData("general-practitioner:Organization", "d1", false)]
    [InlineData("general-practitioner:identifier", "urn:staff|S7", true)]
    [InlineData("general-practitioner", "Practitioner/d2", false)]
    public void Matches_Patient(string name, string value, bool expected) => AssertMatches("Patient", name, value, expected);

    [Theory]
    [InlineData("code", "GLU", true)]
    [InlineData("code", "http://loinc.org|2345-7", true)]
    [InlineData("code:text", "葡萄", true)]
    [InlineData("code:text", "糖", false)]
    [InlineData("date", "2026-03-16", true)]
    [InlineData("date", "2026-03", true)]
    [InlineData("date", "2026-03-16T09:30", true)]
    [InlineData("date", "2026-03-16T01:30:00Z", true)]
    [InlineData("date", "2026-03-16T09:30:00+08:00", true)]
    [InlineData("date", "2026-03-16T09:30:00 08:00", true)]
    [InlineData("date", "ge2026-03-16", true)]
    [InlineData("date", "gt2026-03-16", false)]
    [InlineData("date", "le2026-03-16", true)]
    [InlineData("date", "lt2026-03-16", false)]
    [InlineData("date", "sa2026-03-15", true)]
    [InlineData("date", "eb2026-03-17", true)]
    [InlineData("date", "ap2026-03-16", true)]
    [InlineData("date", "ap2026-01", false)]
    [InlineData("value-quantity", "7.8", true)]
    [InlineData("value-quantity", "7.80||mmol/L", true)]
    [InlineData("value-quantity", "8", true)]
    [InlineData("value-quantity", "7.7", false)]
    [InlineData("value-quantity", "gt7.7|http://unitsofmeasure.org|mmol/L", true)]
    [InlineData("value-quantity", "gt7.8", false)]
    [InlineData("value-quantity", "ge7.8", true)]
    [InlineData("value-quantity", "lt7.9|http://unitsofmeasure.org|mg/dL", false)]
    [InlineData("value-quantity", "ap7.2", true)]
    [InlineData("value-quantity", "ap7.0", false)]
    [InlineData("code-value-quantity", "GLU$gt7", true)]
    [InlineData("code-value-quantity", "GLU$gt8", false)]
    [InlineData("code-value-quantity", "K$gt7", false)]
    public void Matches_Observation(string name, string value, bool expected) => AssertMatches("Observation", name, value, expected);

    [Theory]
    [InlineData("Encounter", "date", "2026-03", true)]
    [InlineData("Encounter", "date", "2026-03-12", false)]
    [InlineData("Encounter", "date", "ge2026-03-12", true)]
    [InlineData("Encounter", "date", "le2026-03-12", true)]
    [InlineData("Encounter", "date", "gt2026-03-16", false)]
    [InlineData("Encounter", "date", "eb2026-03-16", false)]
    [InlineData("Encounter", "date", "sa2026-03-09", true)]
    [InlineData("RiskAssessment", "probability", "0.8", true)]
    [InlineData("RiskAssessment", "probability", "gt0.8", false)]
    [InlineData("RiskAssessment", "probability", "gt8e-2", true)]
    [InlineData("ValueSet", "url", "http://example.org/fhir/vs/a", true)]
    [InlineData("ValueSet", "url:below", "http://example.org/fhir/", true)]
    [InlineData("ValueSet", "url:above", "http://example.org/fhir/vs/a/b", true)]
    [InlineData("ValueSet", "url", "http://example.org/fhir/", false)]
    public void Matches_Others(string type, string name, string value, bool expected) => AssertMatches(type, name, value, expected);

    [Theory]
    [InlineData("nmae", "x", "not-supported")]
    [InlineData("_text", "x", "not-supported")]
    [InlineData("name:above", "x", "not-supported")]
    [InlineData("gender:above", "x", "not-supported")]
    [InlineData("birthdate:exact", "1980", "not-supported")]
    [InlineData("birthdate", "yesterday", "invalid")]
    [InlineData("birthdate", "1980-13", "invalid")]
    [InlineData("birthdate", "xx1980", "invalid")]
    [InlineData("identifier", "a|b|c", "invalid")]
    [InlineData("identifier", "", "invalid")]
    [InlineData("identifier", "|", "invalid")]
    [InlineData("active:missing", "maybe", "invalid")]
    public void Read_WhatCannotBeUsed_IsRefusedWithoutItsValue(string name, string value, string code)
    {
        var problem = Assert.Throws<FhirSearchException>(() => FhirSearchCriterion.Read("Patient", name, value, Context));

        Assert.Equal(code, problem.Code);
        Assert.False(value.Length > 3 && problem.Message.Contains(value, StringComparison.Ordinal), problem.Message);
    }

    [Fact]
    public void Read_NameThatHoldsAValue_IsNotRepeated()
    {
        var problem = Assert.Throws<FhirSearchException>(() => FhirSearchCriterion.Read("Patient", "张玘 13800000001", "x", Context));

        Assert.DoesNotContain("1380", problem.Message, StringComparison.Ordinal);
    }

    private static void AssertMatches(string type, string name, string value, bool expected)
    {
        using var resource = JsonDocument.Parse(Resources[type]);
        var criterion = FhirSearchCriterion.Read(type, name, value, Context);

        var all = FhirSearchValues.Extract(resource.RootElement, Context.Offset);
        var own = FhirSearchValues.Extract(resource.RootElement, Context.Offset, [criterion.Parameter]);

        Assert.Equal(expected, criterion.Matches(all));
        Assert.Equal(expected, criterion.Matches(own));
    }
}
