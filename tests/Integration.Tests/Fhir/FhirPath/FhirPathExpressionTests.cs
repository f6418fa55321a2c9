using System.Text.Json;
using Integration.Fhir.FhirPath;

namespace Integration.Tests.Fhir.FhirPath;

/// <summary>The engine by itself; that it agrees with another one is tested with that one (Integration.SystemTests, FhirPathPeerTests).</summary>
public sealed class FhirPathExpressionTests
{
    private const string Patient = """
        {"resourceType":"Patient","id":"p","active":true,"_active":{"extension":[{"url":"urn:e","valueString":"x"}]},
         "contained":[{"resourceType":"Organization","id":"o","name":"a"}],"managingOrganization":{"reference":"#o"},
         "generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"urn:uuid:0"}],"multipleBirthInteger":2,
         "name":[{"family":"Li","given":["A",null],"_given":[null,{"extension":[{"url":"urn:e","valueCode":"masked"}]}]},{"text":"b"}],
         "birthDate":"1984-02","_gender":{"extension":[{"url":"urn:e","valueCode":"masked"}]}}
        """;

    [Theory]
    [InlineData("name.given", "A;")]
    [InlineData("name.given.count()", "2")]
    [InlineData("name.given.where(hasValue()).count()", "1")]
    [InlineData("name.given.extension('urn:e').value", "masked")]
    [InlineData("gender.exists()", "true")]
    [InlineData("gender.hasValue()", "false")]
    [InlineData("gender.empty()", "false")]
    [InlineData("active.extension.value", "x")]
    [InlineData("multipleBirth", "2")]
    [InlineData("multipleBirth is integer", "true")]
    [InlineData("multipleBirth.ofType(boolean)", "")]
    [InlineData("multipleBirth as integer + 1", "3")]
    [InlineData("Patient.id", "p")]
    [InlineData("Resource.id", "p")]
    [InlineData("Observation.id", "")]
    [InlineData("managingOrganization.resolve().name", "a")]
    [InlineData("generalPractitioner.resolve().count()", "1")]
    [InlineData("generalPractitioner.where(resolve() is Practitioner).reference", "Practitioner/1")]
    [InlineData("generalPractitioner.where(resolve() is Patient)", "")]
    [InlineData("%resource.id & '-' & %rootResource.id & '-' & %context.id", "p-p-p")]
    [InlineData("name.where($index = 1).text", "b")]
    [InlineData("name.family | name.text | name.family", "Li;b")]
    [InlineData("name.family.combine(name.family).count()", "2")]
    [InlineData("birthDate < @1984-03", "true")]
    [InlineData("birthDate < @1984-02-15", "")]
    [InlineData("birthDate = @1984", "")]
    [InlineData("birthDate + 1 month", "1984-03")]
    [InlineData("contained.name.memberOf('urn:x')", "")]
    [InlineData("iif(active, 'yes', 'no')", "yes")]
    [InlineData("(1 | 2 | 3).aggregate($total + $this, 0)", "6")]
    [InlineData("'a\\nb'.matches('^a.b$')", "true")]
    [InlineData("-7 div 2", "-3")]
    [InlineData("(-2.5).round()", "-2")]
    [InlineData("'3 days'.toQuantity() = 3 days", "true")]
    [InlineData("(4 days).toString()", "4 days")]
    [InlineData("/* two */ 1 + // three\n 2", "3")]
    public void Evaluate_OnPatient_Gives(string expression, string expected)
    {
        using var document = JsonDocument.Parse(Patient);

        var values = FhirPathExpression.Compile(expression).Evaluate(document.RootElement);

        Assert.Equal(expected, string.Join(';', values.Select(v => v.Text)));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a b", 2)]
    [InlineData("a.", 2)]
    [InlineData("a +", 3)]
    [InlineData("(a", 2)]
    [InlineData("a)", 1)]
    [InlineData("'a", 0)]
    [InlineData("'\\q'", 1)]
    [InlineData("a # b", 2)]
    [InlineData("/* a", 0)]
    [InlineData("a.nothing()", 2)]
    [InlineData("a.where()", 2)]
    [InlineData("a is Nothing", 5)]
    [InlineData("a is System.Nothing", 5)]
    [InlineData("%nothing", 0)]
    [InlineData("$nothing", 0)]
    [InlineData("@2026-13", 0)]
    [InlineData("99999999999999999999999999999999999", 0)]
    public void Compile_NoExpression_SaysWhere(string text, int position)
    {
        var problem = Assert.Throws<FhirPathSyntaxException>(() => FhirPathExpression.Compile(text));

        Assert.Equal(position, problem.Position);
        Assert.Contains($"(character {position + 1})", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("a.where(", ")")]
    [InlineData("a[", "]")]
    [InlineData("-", "")]
    [InlineData("a.", "")]
    [InlineData("1 + ", "")]
    [InlineData("true and ", "")]
    public void Compile_NestedTooDeep_IsRefused(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 2_000)) + "a" + string.Concat(Enumerable.Repeat(close, 2_000));

        Assert.Throws<FhirPathSyntaxException>(() => FhirPathExpression.Compile(text));
    }

    [Fact]
    public void Compile_TooLong_IsRefused() => Assert.Throws<FhirPathSyntaxException>(() => FhirPathExpression.Compile(new string(' ', 40_000)));

    [Theory]
    [InlineData("name.given.single()")]
    [InlineData("name and true")]
    [InlineData("name < 1")]
    [InlineData("name + 1")]
    [InlineData("'a'.matches('(')")]
    [InlineData("name.given is string")]
    public void Evaluate_WhatDataCannotGive_Throws(string expression)
    {
        using var document = JsonDocument.Parse("""{"resourceType":"Patient","name":[{"given":["secret","secret"]},{"family":"secret"}]}""");

        var problem = Assert.Throws<FhirPathException>(() => FhirPathExpression.Compile(expression).Evaluate(document.RootElement));

        Assert.DoesNotContain("secret", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("descendants().select(%resource.descendants().select(%resource.descendants())).count()")]
    [InlineData("(1 | 2).repeat($this + 1)")]
    [InlineData("descendants().where(%resource.descendants().where(%resource.descendants().exists($this = 1)).exists()).count()")]
    [InlineData("('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaaaaaa')")]
    public void Evaluate_Endless_EndsWithALimit(string expression)
    {
        var names = string.Join(',', Enumerable.Repeat("""{"family":"a","given":["b","c"]}""", 300));
        using var document = JsonDocument.Parse($$"""{"resourceType":"Patient","name":[{{names}}]}""");

        Assert.Throws<FhirPathLimitException>(() => FhirPathExpression.Compile(expression).Evaluate(document.RootElement));
    }

    [Fact]
    public void Evaluate_MemberOf_SaysThatItWasNotChecked()
    {
        using var document = JsonDocument.Parse(Patient);
        var said = new List<string>();

        var result = FhirPathExpression.Compile("gender.memberOf('urn:x')").IsTrue(document.RootElement);
        FhirPathExpression.Compile("gender.memberOf('urn:x')").Evaluate(document.RootElement, new FhirPathContext { NotChecked = said.Add });

        Assert.Null(result);
        Assert.Equal(["memberOf"], said);
    }

    [Fact]
    public void Evaluate_Trace_GivesTheListenerTheItems()
    {
        using var document = JsonDocument.Parse(Patient);
        var heard = new List<string>();

        FhirPathExpression.Compile("name.trace('names', family).count()").Evaluate(
            document.RootElement, new FhirPathContext { Trace = (name, items) => heard.Add($"{name}: {string.Join(',', items.Select(i => i.Text))}") });

        Assert.Equal(["names: Li"], heard);
    }

    [Fact]
    public void Evaluate_WithinBundle_ResolvesToItsEntries()
    {
        using var document = JsonDocument.Parse("""
            {"resourceType":"Bundle","type":"collection","entry":[
             {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"a","active":true}},
             {"fullUrl":"http://a.example/Observation/2","resource":{"resourceType":"Observation","id":"2","subject":{"reference":"urn:uuid:1"},"performer":[{"reference":"Patient/a/_history/1"}]}}]}
            """);

        Assert.True(FhirPathExpression.Compile("entry[1].resource.subject.resolve().active").IsTrue(document.RootElement));
        var observation = document.RootElement.GetProperty("entry")[1].GetProperty("resource");
        Assert.True(FhirPathExpression.Compile("performer.resolve().active").IsTrue(observation, new FhirPathContext { Bundle = document.RootElement }));
    }

    [Fact]
    public void Evaluate_ElementOfATypeThatIsNamed_AndTheClock()
    {
        using var name = JsonDocument.Parse("""{"family":"a"}""");
        var context = new FhirPathContext { TypeName = "HumanName", Time = new FixedTime() };

        Assert.True(FhirPathExpression.Compile("HumanName.family = 'a' and today() = @2026-03-01").IsTrue(name.RootElement, context));
        Assert.Throws<ArgumentException>(() => FhirPathExpression.Compile("family").Evaluate(name.RootElement));
        Assert.Throws<ArgumentException>(() => FhirPathExpression.Compile("family").Evaluate(name.RootElement, new FhirPathContext { TypeName = "Nothing" }));
    }

    [Fact]
    public void IsTrue_InvariantOnResource_AllocatesNothing()
    {
        using var document = JsonDocument.Parse(Patient);
        var expression = FhirPathExpression.Compile("name.exists() and birthDate.exists() and generalPractitioner.all(reference.startsWith('#').not() or reference = 'x')");
        Assert.True(expression.IsTrue(document.RootElement));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            expression.IsTrue(document.RootElement);
        }

        // The resolver of one evaluation.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 100);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
    }
}
