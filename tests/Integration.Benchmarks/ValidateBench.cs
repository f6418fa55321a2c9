using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Fhir;
using Integration.Fhir.FhirPath;
using Integration.Fhir.Search;

namespace Integration.Benchmarks;

/// <summary>
/// The FHIR validator with all invariants, FHIRPath and search values on one core. Rates count processor time, so that what else the machine
/// does hardly shows; allocation is of one call. Takes about half a minute.
/// </summary>
internal static class ValidateBench
{
    private const int Entries = 200;

    public static void Run()
    {
        var patient = Encoding.UTF8.GetBytes(FhirBench.PatientJson);
        var bundle = Encoding.UTF8.GetBytes(Bundle());
        using var parsedPatient = JsonDocument.Parse(patient);
        using var parsedBundle = JsonDocument.Parse(bundle);
        var path = FhirPathExpression.Compile("name.where(use = 'official').given.first() = '明' and telecom.exists(system = 'phone')");

        Check(parsedPatient.RootElement);
        Check(parsedBundle.RootElement);
        Report("Patient, parsed", patient.Length, Rounds.Measure(() => FhirValidator.Validate(parsedPatient.RootElement).Count));
        Report("Patient, from bytes", patient.Length, Rounds.Measure(() => ParseAndValidate(patient)));
        Report($"Bundle of {Entries}, parsed", bundle.Length, Rounds.Measure(() => FhirValidator.Validate(parsedBundle.RootElement).Count, batch: 1));
        Report($"Bundle of {Entries}, from bytes", bundle.Length, Rounds.Measure(() => ParseAndValidate(bundle), batch: 1));
        Report("FHIRPath on Patient", patient.Length, Rounds.Measure(() => path.IsTrue(parsedPatient.RootElement) == true ? 1 : 0));
        Report("search values of Patient", patient.Length, Rounds.Measure(() => FhirSearchValues.Extract(parsedPatient.RootElement).Count));
    }

    private static int ParseAndValidate(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return FhirValidator.Validate(document.RootElement).Count;
    }

    private static void Check(JsonElement resource)
    {
        if (FhirValidator.Validate(resource).FirstOrDefault(i => i.Severity == FhirIssueSeverity.Error) is { } issue)
        {
            throw new InvalidOperationException($"The benchmark's resource is not valid: {issue.Expression} {issue.Text}");
        }
    }

    private static void Report(string what, int bytes, RoundResult result) => Console.WriteLine(
        $"{what,-28} {bytes,9:N0} bytes  {result.PerSecond,11:N0}/s  {1000 / result.PerSecond,8:N3} ms of processor time each  {result.BytesEach,11:N0} bytes allocated");

    /// <summary>Patients, encounters and results in turn, that refer to each other within the Bundle.</summary>
    private static string Bundle()
    {
        var entries = new JsonArray();
        for (var i = 0; i < Entries; i++)
        {
            var resource = JsonNode.Parse((i % 4) switch
            {
                0 => FhirBench.PatientJson,
                1 => """{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p-001"},"period":{"start":"2026-03-01T08:00:00+08:00","end":"2026-03-01T09:00:00+08:00"}}""",
                _ => """
                    {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"718-7"}]},
                     "subject":{"reference":"Patient/p-001"},"effectiveDateTime":"2026-03-01T08:30:00+08:00",
                     "valueQuantity":{"value":132.0,"unit":"g/L","system":"http://unitsofmeasure.org","code":"g/L"},
                     "interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"N"}]}],
                     "referenceRange":[{"low":{"value":120,"unit":"g/L"},"high":{"value":160,"unit":"g/L"}}]}
                    """,
            })!;
            var id = $"r-{i:D4}";
            resource["id"] = id;
            resource["text"] = new JsonObject { ["status"] = "generated", ["div"] = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>血红蛋白 &amp; <b>132</b> g/L</p></div>" };
            entries.Add(new JsonObject { ["fullUrl"] = $"http://his.example/fhir/{resource["resourceType"]}/{id}", ["resource"] = resource });
        }

        return new JsonObject { ["resourceType"] = "Bundle", ["type"] = "collection", ["entry"] = entries }.ToJsonString();
    }
}
