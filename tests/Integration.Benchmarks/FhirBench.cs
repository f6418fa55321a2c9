using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Integration.Fhir;

namespace Integration.Benchmarks;

/// <summary>How fast the FHIR validator is on one core, and what its first use costs. Prints medians; takes about ten seconds.</summary>
internal static class FhirBench
{
    private const int Rounds = 9;

    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(500);

    internal const string PatientJson = """
        {"resourceType":"Patient","id":"p-001","meta":{"versionId":"3","lastUpdated":"2026-03-01T08:15:30.123+08:00"},
         "extension":[{"url":"urn:x-hospital:channel","valueCode":"wechat"}],
         "identifier":[{"use":"official","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:oid:2.16.156.1","value":"00012345"},
                       {"use":"secondary","system":"urn:oid:2.16.156.2","value":"ZY000777"}],
         "active":true,"name":[{"use":"official","text":"李明","family":"李","given":["明"]}],
         "telecom":[{"system":"phone","value":"13800000000","use":"mobile"}],"gender":"male","birthDate":"1984-02-29",
         "address":[{"line":["人民路 1 号"],"city":"杭州","country":"CN"}],"maritalStatus":{"text":"已婚"},
         "contact":[{"relationship":[{"text":"配偶"}],"name":{"text":"王芳"},"telecom":[{"system":"phone","value":"13900000000"}],"gender":"female"}],
         "managingOrganization":{"reference":"Organization/main"}}
        """;

    private static readonly byte[] PatientBytes = Encoding.UTF8.GetBytes(PatientJson);

    public static void Run()
    {
        var firstUse = Stopwatch.StartNew();
        Validate();
        Console.WriteLine($"FHIR first validation, tables included: {firstUse.Elapsed.TotalMilliseconds:F1} ms");

        var everyType = Stopwatch.StartNew();
        var types = FhirSchema.TypeNames.Select(FhirSchema.Find).ToList();
        Console.WriteLine($"FHIR all {types.Count} types of the tables: {everyType.Elapsed.TotalMilliseconds:F1} ms");

        using var parsed = JsonDocument.Parse(PatientBytes);
        Report("validate", () => FhirValidator.Validate(parsed.RootElement));
        Report("parse and validate", Validate);
    }

    private static void Validate()
    {
        using var document = JsonDocument.Parse(PatientBytes);
        var issues = FhirValidator.Validate(document.RootElement);
        if (issues.FirstOrDefault(i => i.Severity == FhirIssueSeverity.Error) is { } issue)
        {
            throw new InvalidOperationException($"The benchmark's Patient is not valid: {issue.Expression}.");
        }
    }

    private static void Report(string what, Action action)
    {
        Measure(action);
        var rates = Enumerable.Range(0, Rounds).Select(_ => Measure(action)).Order().ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Console.WriteLine($"FHIR {what}: {rates[Rounds / 2]:N0} Patients/s of {PatientBytes.Length} bytes on one core, {allocated:N0} bytes allocated each");
    }

    private static double Measure(Action action)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < RoundTime)
        {
            action();
            count++;
        }

        return count / watch.Elapsed.TotalSeconds;
    }
}
