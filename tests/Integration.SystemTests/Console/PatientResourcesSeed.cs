using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.SystemTests.Console;

/// <summary>The FHIR R4 resources of one patient, as mappings could have made them.</summary>
internal sealed class PatientResourcesSeed(string patientId, int number, DateTimeOffset now, string messageId)
{
    private readonly List<ResourceDocument> _resources = [];

    public IReadOnlyList<ResourceDocument> Make(int days)
    {
        Add("Patient", $"pat-{number}", now.AddHours(-1), """{"active":true}""");
        Add("Encounter", $"enc-{number}-0", now.AddDays(-days), $$$"""
            {"status":"in-progress","class":{"code":"IMP"},"serviceType":{"text":"心血管内科"},"location":[{"location":{"display":"W05-0501-02"}}],"period":{"start":"{{{Iso(now.AddDays(-days))}}}"}}
            """);
        Add("Encounter", $"enc-{number}-1", now.AddDays(-days - 40), $$$"""
            {"status":"finished","class":{"code":"AMB"},"serviceType":{"text":"普通门诊"},"period":{"start":"{{{Iso(now.AddDays(-days - 40))}}}","end":"{{{Iso(now.AddDays(-days - 40).AddMinutes(25))}}}"}}
            """);
        Add("Condition", $"con-{number}-0", now.AddDays(-days).Date, """{"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"心力衰竭"},"category":[{"text":"出院诊断"}]}""");
        Add("Condition", $"con-{number}-1", now.AddYears(-3).Date, """{"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"高血压病 3 级（很高危）"}}""");
        if (number % 3 == 0)
        {
            Add("AllergyIntolerance", $"all-{number}", now.AddYears(-5).Date, """{"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"青霉素"},"reaction":[{"manifestation":[{"text":"皮疹"}]}]}""");
        }

        for (var day = 0; day < days; day++)
        {
            AddResults(day);
        }

        Add("DiagnosticReport", $"rep-{number}", now.AddDays(-1), $$$"""{"status":"final","code":{"text":"胸部 CT 平扫"},"conclusion":"双肺下叶少许炎症，心影增大。","effectiveDateTime":"{{{Iso(now.AddDays(-1))}}}"}""");
        Add("ServiceRequest", $"ord-{number}", now.AddDays(-1.5), """{"status":"completed","code":{"text":"心肌损伤标志物"},"priority":"urgent"}""");
        Add("Appointment", $"app-{number}-0", now.AddDays(7), $$$"""{"status":"booked","description":"心内科复诊","start":"{{{Iso(now.AddDays(7))}}}","participant":[{"actor":{"display":"林思齐 主任医师"}}]}""");
        Add("Appointment", $"app-{number}-1", now.AddDays(-30), $$$"""{"status":"noshow","description":"心脏超声","start":"{{{Iso(now.AddDays(-30))}}}"}""");
        Add("ChargeItem", $"cha-{number}-0", now.AddDays(-1), """{"status":"billable","code":{"text":"心肌损伤标志物检测"},"quantity":{"value":1},"priceOverride":{"value":186.00,"currency":"CNY"}}""");
        Add("ChargeItem", $"cha-{number}-1", now.AddDays(-1), """{"status":"entered-in-error","code":{"text":"一级护理"},"quantity":{"value":2},"priceOverride":{"value":24.00,"currency":"CNY"}}""");
        Add("Coverage", $"cov-{number}", now.AddYears(-1).Date, """{"status":"active","type":{"text":"城镇职工基本医疗保险"},"subscriberId":"YB00260001"}""");
        return _resources;
    }

    private void AddResults(int day)
    {
        var time = now.AddDays(-day).AddHours(-5);
        Result("K", "血钾", day, 3.1 + (day * 0.12), "mmol/L", "3.5-5.3", day < 4 ? "L" : null, time);
        Result("BNP", "B 型钠尿肽", day, 420 + (day * 95), "pg/mL", "0-100", "HH", time);
        Result("HGB", "血红蛋白", day, 128 - (day % 3), "g/L", "130-175", day % 3 == 1 ? "L" : null, time);
        Result("GLU", "葡萄糖", day, 6.8 + (day % 4 * 0.3), "mmol/L", "3.9-6.1", "H", time);
    }

    private void Result(string code, string name, int day, double value, string unit, string range, string? flag, DateTimeOffset time)
    {
        var interpretation = flag is null ? "" : $$$""","interpretation":[{"coding":[{"code":"{{{flag}}}"}]}]""";
        Add("Observation", $"obs-{number}-{code}-{day}", time, string.Create(CultureInfo.InvariantCulture, $$$"""
            {"status":"final","code":{"text":"{{{name}}}"},"effectiveDateTime":"{{{Iso(time)}}}","valueQuantity":{"value":{{{value:0.##}}},"unit":"{{{unit}}}"},"referenceRange":[{"text":"{{{range}}}"}]{{{interpretation}}}}
            """));
    }

    private void Add(string type, string id, DateTimeOffset effective, string json)
    {
        var resource = JsonNode.Parse(json)!.AsObject();
        resource["resourceType"] = type;
        resource["id"] = id;
        _resources.Add(new ResourceDocument
        {
            Id = $"{type}/{id}",
            Type = type,
            PatientId = patientId,
            SourceIdentity = $"urn:authority:HIS|0026{number:0000}",
            Effective = effective,
            Version = 1,
            LastUpdated = now,
            Provenance = new Provenance("his", messageId, "4f1c20ab93de", $"SEG-{type}", "PV1[1]", effective),
            Resource = resource,
        });
    }

    private static string Iso(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
}
