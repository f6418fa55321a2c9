using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Fhir;
using Integration.Fhir.FhirPath;
using Integration.Fhir.FhirPath.Nodes;
using Integration.Fhir.FhirPath.Values;
using Integration.Fhir.Validation;

namespace Integration.Tests.Fhir;

/// <summary>The invariants of the definitions: all of them compile, and what is known without evaluating agrees with the evaluation.</summary>
public sealed class FhirInvariantTests
{
    public static TheoryData<string, string, string> Broken => new()
    {
        { "con-4", """{"resourceType":"Condition","subject":{"reference":"Patient/1"},"abatementString":"x"}""", "con-4 Condition" },
        { "con-5", """{"resourceType":"Condition","subject":{"reference":"Patient/1"},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"entered-in-error"}]}}""", "con-5 Condition" },
        { "pat-1", """{"resourceType":"Patient","contact":[{"gender":"male"}]}""", "pat-1 Patient.contact[0]" },
        { "cpt-2", """{"resourceType":"Patient","telecom":[{"value":"1"}]}""", "cpt-2 Patient.telecom[0]" },
        { "per-1", """{"resourceType":"Patient","name":[{"text":"a","period":{"start":"2026-02","end":"2026-01-31"}}]}""", "per-1 Patient.name[0].period" },
        { "att-1", """{"resourceType":"Patient","photo":[{"data":"YQ=="}]}""", "att-1 Patient.photo[0]" },
        { "org-1", """{"resourceType":"Organization","active":true}""", "org-1 Organization" },
        { "org-2", """{"resourceType":"Organization","name":"a","address":[{"use":"work"},{"use":"home"}]}""", "org-2 Organization.address[1]" },
        { "org-3", """{"resourceType":"Organization","name":"a","telecom":[{"system":"phone","use":"home"}]}""", "org-3 Organization.telecom[0]" },
        { "rat-1", """{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueRatio":{"numerator":{"value":1}}}""", "rat-1 Observation.value" },
        { "rng-2", """{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueRange":{"low":{"value":2,"unit":"g"},"high":{"value":1.5,"unit":"g"}}}""", "rng-2 Observation.value" },
        { "qty-3", """{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":1,"code":"g"}}""", "qty-3 Observation.value" },
        { "obs-3", """{"resourceType":"Observation","status":"final","code":{"text":"a"},"referenceRange":[{"age":{"low":{"value":1}}}]}""", "obs-3 Observation.referenceRange[0]" },
        { "txt-1", """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"}}""", "txt-1 Patient.text.div|txt-2 Patient.text.div" },
        { "dom-3", """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"a"}]}""", "dom-3 Patient" },
        { "dom-4", """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","meta":{"versionId":"1"},"name":"a"}],"managingOrganization":{"reference":"#o"}}""", "dom-4 Patient" },
        { "bdl-1", """{"resourceType":"Bundle","type":"collection","total":1}""", "bdl-1 Bundle" },
        { "bdl-3", """{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Basic","code":{"text":"a"}}}]}""", "bdl-3 Bundle" },
        { "bdl-7", """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:a","resource":{"resourceType":"Basic","code":{"text":"a"}}},{"fullUrl":"urn:a","resource":{"resourceType":"Basic","code":{"text":"a"}}}]}""", "bdl-7 Bundle" },
        { "app-3", """{"resourceType":"Appointment","status":"booked","participant":[{"status":"accepted","actor":{"reference":"Patient/1"}}]}""", "app-3 Appointment" },
        { "ras-1", """{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityRange":{"low":{"value":1,"code":"g","system":"http://unitsofmeasure.org"}}}]}""", "ras-1 RiskAssessment.prediction[0].probability" },
        { "ctm-1", """{"resourceType":"CareTeam","participant":[{"member":{"reference":"Patient/1"},"onBehalfOf":{"reference":"Organization/1"}}]}""", "ctm-1 CareTeam.participant[0]" },
        { "que-7", """{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"2","type":"string"}],"enableWhen":[{"question":"2","operator":"exists","answerString":"x"}]}]}""", "que-7 Questionnaire.item[0].enableWhen[0]" },
    };

    private static IEnumerable<(FhirType Type, FhirConstraint Constraint)> AllConstraints => FhirSchema.TypeNames.Select(n => FhirSchema.Find(n)!)
        .SelectMany(t => t.Constraints.Concat(t.Elements.SelectMany(e => e.Constraints)).Select(c => (t, c)));

    [Fact]
    public void Constraints_AllOfR4_AreThereAndCompile()
    {
        var own = AllConstraints.Select(c => (c.Constraint.Key, c.Constraint.Expression)).Distinct().ToList();

        Assert.True(own.Count >= 230, $"{own.Count} constraints.");
        Assert.All(own, c => Assert.NotNull(FhirPathExpression.Compile(c.Expression)));
        Assert.Contains(("pat-1", "name.exists() or telecom.exists() or address.exists() or organization.exists()"), own);
    }

    [Fact]
    public void Corrections_EachNamesAConstraintOfTheTables()
    {
        foreach (var (key, (expression, _)) in Invariant.Corrected)
        {
            var (path, name) = (key.Split(' ')[0], key.Split(' ')[1]);
            var constraint = FhirSchema.Find(path)!.Constraints.Single(c => c.Key == name);
            Assert.NotEqual(constraint.Expression, expression);
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_BrokenInvariant_FindsItAtItsElement(string name, string json, string expected)
    {
        using var document = JsonDocument.Parse(json);

        var errors = FhirValidator.Validate(document.RootElement).Where(i => i.Severity == FhirIssueSeverity.Error).ToList();

        Assert.True(expected == string.Join('|', errors.Select(i => $"{i.Key} {i.Expression}")), name + ": " + string.Join('\n', errors));
        Assert.All(errors, i => Assert.Equal("invariant", i.Code));
    }

    [Fact]
    public void Validate_NoNarrative_WarnsOnly()
    {
        using var document = JsonDocument.Parse("""{"resourceType":"Patient"}""");

        var issue = Assert.Single(FhirValidator.Validate(document.RootElement));

        Assert.Equal((FhirIssueSeverity.Warning, "dom-6", "Patient"), (issue.Severity, issue.Key, issue.Expression));
    }

    [Fact]
    public void Validate_DatesOfDifferentPrecision_DecideNothing()
    {
        using var document = JsonDocument.Parse("""{"resourceType":"Patient","name":[{"text":"a","period":{"start":"2026-01-15","end":"2026"}}]}""");

        Assert.DoesNotContain(FhirValidator.Validate(document.RootElement), i => i.Key == "per-1");
    }

    [Fact]
    public void Validate_ReferenceToContainedOfTheContainer_ResolvesFromWithinContained()
    {
        using var document = JsonDocument.Parse("""
            {"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"a","partOf":{"reference":"#p"}},
             {"resourceType":"Organization","id":"p","name":"b"}],"managingOrganization":{"reference":"#o"}}
            """);

        Assert.DoesNotContain(FhirValidator.Validate(document.RootElement), i => i.Severity == FhirIssueSeverity.Error);
    }

    /// <summary>The walk finds an element without content (ele-1) exactly where the published expression is false, in samples and seeded changes that empty objects.</summary>
    [Fact]
    public void Validate_ElementsWithoutContent_AreThoseThatEle1Finds()
    {
        var ele1 = FhirPathExpression.Compile(AllConstraints.First(c => c.Constraint.Key == "ele-1").Constraint.Expression);
        var random = new Random(20261122);
        var met = 0;
        foreach (var json in FhirSamples.AllValid().Concat(Enumerable.Range(0, 600).Select(_ => Emptied(FhirSamples.Changed(random), random))))
        {
            using var document = JsonDocument.Parse(json);
            var machine = PathMachine.Rent();
            machine.Resource = machine.RootResource = PathItem.Element(document.RootElement, default, TypePlan.OfResource(document.RootElement) ?? TypePlan.Of("Basic"));
            var broken = new List<string>();
            FindBroken(machine, machine.Resource.Value, ele1, broken);
            machine.Return();

            var found = FhirValidator.Validate(document.RootElement).Where(i => i.Key == "ele-1").ToList();
            Assert.True(broken.Count == found.Count, $"ele-1 is false for [{string.Join(" | ", broken)}], found at [{string.Join(" | ", found.Select(i => i.Expression))}]");
            met += broken.Count;
        }

        Assert.True(met > 300, $"Only {met} elements without content were met.");
    }

    /// <summary>Takes everything, or everything but its id, out of one or two elements.</summary>
    private static string Emptied(string json, Random random)
    {
        var root = JsonNode.Parse(json)!;
        for (var changes = random.Next(1, 3); changes > 0; changes--)
        {
            var elements = FhirSamples.ObjectsIn(root).Where(o => o.Parent is not null && !o.ContainsKey("resourceType")).ToList();
            if (elements.Count > 0)
            {
                var chosen = elements[random.Next(elements.Count)];
                chosen.Clear();
                if (random.Next(2) == 0)
                {
                    chosen["id"] = "x";
                }
            }
        }

        return root.ToJsonString();
    }

    private static void FindBroken(PathMachine machine, PathItem item, FhirPathExpression ele1, List<string> broken)
    {
        if (item.Type.Type.Kind != FhirTypeKind.Resource)
        {
            ele1.EvaluateOn(machine, item);

            // An empty object beside a value ("_birthDate": {}) is no element of its own, but JSON that FHIR R4 §2.6.2 forbids; the walk counts it in.
            var isEmptyBeside = item.Sibling.ValueKind == JsonValueKind.Object && !item.Sibling.EnumerateObject().Any();
            if (machine.PopTruth(1) == false || isEmptyBeside)
            {
                broken.Add($"{item.Type.Type.Name} {item.Json}");
            }
        }

        machine.Truncate(0);
        ElementChildren.PushAll(machine, item);
        foreach (var child in Enumerable.Range(0, machine.Top).Select(i => machine[i]).ToList())
        {
            FindBroken(machine, child, ele1, broken);
        }
    }

    /// <summary>Each predicted outcome, for every sample and seeded changes of it, is the one the evaluation finds.</summary>
    [Fact]
    public void Predict_SamplesAndSeededChanges_AgreesWithEvaluation()
    {
        var random = new Random(20260401);
        var seen = 0;
        foreach (var json in FhirSamples.AllValid().Concat(Enumerable.Range(0, 1200).Select(_ => FhirSamples.Changed(random))))
        {
            using var document = JsonDocument.Parse(json);
            var machine = PathMachine.Rent();
            machine.Resource = machine.RootResource = PathItem.Element(document.RootElement, default, TypePlan.OfResource(document.RootElement) ?? TypePlan.Of("Basic"));
            seen += Compare(machine, machine.Resource.Value);
            machine.Return();
        }

        Assert.True(seen > 10_000, $"Only {seen} predictions were compared.");
    }

    private static int Compare(PathMachine machine, PathItem item)
    {
        var seen = 0;
        if (item.Json.ValueKind == JsonValueKind.Object && item.Type.Invariants is { } invariants && PresenceOf(item) is { } presence)
        {
            foreach (var invariant in invariants.All)
            {
                var prediction = invariant.Expression.Root.Predict(new ElementPresence(item.Type, presence));
                if (prediction is Prediction.Unknown or Prediction.NotEmpty)
                {
                    continue;
                }

                seen++;
                invariant.Expression.EvaluateOn(machine, item);
                Assert.True(Predictions.Of(machine.PopTruth(1)) == prediction, $"{invariant.Path} {invariant.Constraint.Key}: predicted {prediction}.\n{item.Json}");
            }
        }

        machine.Truncate(0);
        ElementChildren.PushAll(machine, item);
        var children = Enumerable.Range(0, machine.Top).Select(i => machine[i]).ToList();
        return seen + children.Sum(child => Compare(machine, child));
    }

    /// <summary>The presence bits by FHIRPath itself; null where the walk would not predict either.</summary>
    private static ulong? PresenceOf(PathItem item)
    {
        var bits = 0UL;
        foreach (var element in item.Type.Elements.Where(e => e.WatchBit >= 0))
        {
            var machine = PathMachine.Rent();
            FhirPathExpression.Compile($"`{element.Element.Name}`").EvaluateOn(machine, item);
            bits |= machine.Top > 1 ? 1UL << element.WatchBit : 0;
            machine.Return();
        }

        return bits;
    }
}
