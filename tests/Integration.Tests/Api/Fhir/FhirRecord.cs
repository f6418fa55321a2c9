using System.Text.Json.Nodes;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Host.Fhir.Export;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api.Fhir;

/// <summary>A small record to read over FHIR: a person with two numbers, one of them merged away; a second person; what belongs to nobody.</summary>
internal static class FhirRecord
{
    /// <summary>Golden records.</summary>
    public const string Zhang = "6f1e0a52c3b84d6d9a7e5c1b2f304050";
    public const string MergedAway = "11111111111111111111111111111111";
    public const string Li = "33333333333333333333333333330001";

    public static readonly DateTimeOffset Start = new(2026, 3, 16, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Observations <c>Observation/n-00</c> and up of the second person, one an hour.</summary>
    public const int Series = 45;

    public static async Task PutAsync(IDocumentStore store)
    {
        var batch = new WriteBatch();
        foreach (var resource in All())
        {
            batch.Add(Collections.Resources.Put(resource, 0));
        }

        foreach (var (id, into) in new[] { (Zhang, null), (MergedAway, Zhang), (Li, (string?)null) })
        {
            batch.Add(Collections.Patients.Put(PatientSummary.Empty(id) with { MergedInto = into }, 0));
        }

        batch.Add(Collections.ResourceHistory.Put(Glucose(1, "7.50"), 0));
        batch.Add(Collections.ResourceHistory.Put(Glucose(2, "7.60"), 0));
        batch.Add(Collections.ResourceHistory.Put(Of(Zhang, "Flag", "gone", 0, """{"status":"inactive","code":{"text":"跌倒"},"subject":{"reference":"Patient/p1"}}"""), 0));
        batch.Add(Collections.Deletions.Put(Deleted("Flag/gone", Zhang), 0));
        batch.Add(Collections.Deletions.Put(Deleted("Location/never", ""), 0));
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
    }

    public static ResourceDocument Of(string owner, string type, string id, int hours, string content)
    {
        var json = JsonNode.Parse(content)!.AsObject();
        json.Insert(0, "resourceType", type);
        json.Insert(1, "id", id);
        return new()
        {
            Id = $"{type}/{id}",
            Type = type,
            PatientId = owner,
            SourceIdentity = owner.Length == 0 ? "" : "urn:authority:HIS|10001",
            Effective = Start.AddHours(hours),
            Version = 1,
            LastUpdated = Start.AddHours(hours).AddMinutes(1),
            Provenance = new Provenance("lis", "019aa4d07c00700080000000000000a1", "0123456789ab", "rule", "OBX[1]", Start.AddHours(hours)),
            Resource = json,
        };
    }

    /// <summary>That a source deleted a resource, ten hours after the start.</summary>
    private static DeletedResource Deleted(string reference, string owner) => new()
    {
        Id = reference,
        Version = 2,
        EventTime = Start.AddHours(10),
        Received = Start.AddHours(10),
        Feed = "lis",
        MessageId = "019aa4d07c00700080000000000000a2",
        PatientId = owner,
    };

    /// <summary>Its version as a current one, for a test that changes it.</summary>
    public static ResourceDocument Glucose(int version, string value) => Of(Zhang, "Observation", "glu", 8, $$"""
        {"status":"final","code":{"text":"葡萄糖","coding":[{"system":"http://loinc.org","code":"2345-7"}]},
        "subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},"performer":[{"reference":"Practitioner/d1"}],
        "effectiveDateTime":"2026-03-16T16:00:00+08:00","valueQuantity":{"value":{{value}},"unit":"mmol/L"} }
        """) with { Version = version };

    private static IEnumerable<ResourceDocument> All()
    {
        yield return Of(Zhang, "Patient", "p1", 0, """
            {"meta":{"tag":[{"system":"urn:segment","code":"vip"}]},"active":true,"identifier":[{"system":"urn:authority:HIS","value":"10001"}],
            "name":[{"text":"张玘","family":"张","given":["玘"]}],"gender":"female","birthDate":"1980-05-17","telecom":[{"system":"phone","value":"13800000001"}],
            "managingOrganization":{"reference":"Organization/org"}}
            """);
        yield return Of(Zhang, "Patient", "p1-old", 0, """
            {"active":false,"identifier":[{"use":"old","system":"urn:authority:HIS","value":"10099"}],"link":[{"other":{"reference":"Patient/p1"},"type":"replaced-by"}]}
            """);
        yield return Of(Li, "Patient", "p2", 1, """
            {"identifier":[{"system":"urn:authority:HIS","value":"20001"}],"name":[{"text":"李四","family":"李","given":["四"]}],"gender":"male","birthDate":"1975-01-02"}
            """);
        yield return Of(Zhang, "Encounter", "e1", 4, """
            {"identifier":[{"system":"urn:authority:HIS","value":"V1"}],"status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},
            "subject":{"reference":"Patient/p1"},"period":{"start":"2026-03-16T12:00:00+08:00","end":"2026-03-20"},
            "participant":[{"individual":{"reference":"Practitioner/d1"}}],"serviceProvider":{"reference":"Organization/org"}}
            """);
        yield return Of(Zhang, "Condition", "c1", 4, """
            {"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},
            "code":{"coding":[{"system":"urn:icd","code":"I10"}],"text":"高血压"},"subject":{"reference":"Patient/p1-old"},"encounter":{"reference":"Encounter/e1"}}
            """);
        yield return Glucose(3, "7.80");
        yield return Of("", "Practitioner", "d1", 0, """{"identifier":[{"system":"urn:staff","value":"S7"}],"name":[{"text":"王医生","family":"王"}]}""");
        yield return Of("", "Organization", "org", 0, """{"name":"东院"}""");
        yield return Of("", "Group", "g1", 0, """
            {"type":"person","actual":true,"member":[{"entity":{"reference":"Patient/p2"}},{"entity":{"reference":"Patient/p1"},"inactive":true}]}
            """);
        for (var i = 0; i < Series; i++)
        {
            yield return Of(Li, "Observation", $"n-{i:00}", 10 + i, $$"""
                {"status":"{{(i % 2 == 0 ? "final" : "preliminary")}}","code":{"coding":[{"system":"http://loinc.org","code":"2951-2"}]},"subject":{"reference":"Patient/p2"},
                "effectiveDateTime":"{{Start.AddHours(10 + i):yyyy-MM-dd'T'HH:mm:ss'Z'}}","valueQuantity":{"value":{{130 + (i * 7 % 45)}},"unit":"mmol/L"} }
                """);
        }
    }
}

/// <summary>One host with <see cref="FhirRecord"/> for all tests of a class that only read it.</summary>
public sealed class FhirHost : IAsyncLifetime
{
    public ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync(configure: services => services.AddSingleton(new ExportOptions { MaxJobs = 100 }));   // none of a test's waits for another's
        await FhirRecord.PutAsync(Host.Store);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
