using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Integration.SystemTests.Fhir;

/// <summary>Our own facade, pulled by a second instance of the engine until both agree.</summary>
public sealed class SecondEngineTests
{
    private static readonly TimeSpan AgreeLimit = TimeSpan.FromMinutes(2);

    private static readonly string[] Types =
    [
        "Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Organization", "Location", "Encounter", "Condition", "Observation", "DiagnosticReport", "Specimen",
        "ServiceRequest", "MedicationRequest", "MedicationDispense", "MedicationAdministration", "AllergyIntolerance", "Procedure", "Immunization", "Appointment", "Schedule",
        "Slot", "Coverage", "Account", "ChargeItem", "ChargeItemDefinition", "Invoice", "PaymentReconciliation", "DocumentReference", "Flag", "Goal", "NutritionOrder", "Task",
        "EpisodeOfCare", "CareTeam", "Device", "ImagingStudy", "Communication", "ObservationDefinition", "Claim", "Consent", "Provenance",
    ];

    [Fact]
    public async Task SecondEngine_PullsTheFacadeOfTheFirst_UntilBothAgree()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var endpoint = FreePort.Next();
        using var folders = new TemporaryFolder();
        await using var first = await HospitalDay.PlayAsync(
            EngineStorage.Sqlite, Path.Combine(folders.Path, "first"), cancellationToken,
            "--Feeds:emr:Enabled=true", string.Create(CultureInfo.InvariantCulture, $"--Feeds:emr:Listen=127.0.0.1:{endpoint}"));
        using var sender = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{endpoint}/fhir/")) };
        await PutAsync(sender, "Patient/x1", """{"resourceType":"Patient","id":"x1","identifier":[{"system":"urn:authority:EMR","value":"X1"}],"name":[{"text":"欧阳娜娜"}]}""");
        await PutAsync(sender, "Flag/x2", """{"resourceType":"Flag","id":"x2","status":"active","code":{"text":"跌倒"},"subject":{"reference":"Patient/x1"}}""");
        var source = first.Api.BaseAddress!.ToString().TrimEnd('/') + "/fhir";

        // By exports, killed while the first is under way; then changed and deleted in the first one.
        var bulk = Arguments("Fhir.Bulk", source, "--Feeds:source:Every=00:00:01");
        await using (var killed = await EngineProcess.StartAsync(Path.Combine(folders.Path, "bulk"), cancellationToken, bulk))
        {
            killed.Kill();
        }

        await using (var second = await EngineProcess.StartAsync(Path.Combine(folders.Path, "bulk"), cancellationToken, bulk))
        {
            Assert.True(await AgreeAsync(first, second, source, cancellationToken) > 300);
            await PutAsync(sender, "Patient/x1", """{"resourceType":"Patient","id":"x1","identifier":[{"system":"urn:authority:EMR","value":"X1"}],"name":[{"text":"欧阳娜"}]}""");
            using var deleted = await sender.DeleteAsync("Flag/x2", cancellationToken);
            Assert.True(deleted.IsSuccessStatusCode);
            var agreed = await AgreeAsync(first, second, source, cancellationToken);
            Assert.DoesNotContain(await ExportedRecord.ReadAsync(second, null, cancellationToken), resource => resource.Key.StartsWith("Flag/", StringComparison.Ordinal) && resource.Value.Contains("跌倒", StringComparison.Ordinal));
            Assert.True(agreed > 300);
        }

        // By searches, changed meanwhile.
        var poll = Arguments("Fhir.Poll", source, "--Feeds:source:Poll=00:00:01", $"--Feeds:source:Types={string.Join(',', Types)}");
        await using var third = await EngineProcess.StartAsync(Path.Combine(folders.Path, "poll"), cancellationToken, poll);
        await AgreeAsync(first, third, source, cancellationToken);
        await PutAsync(sender, "Patient/x1", """{"resourceType":"Patient","id":"x1","identifier":[{"system":"urn:authority:EMR","value":"X1"}],"name":[{"text":"欧阳娜娜娜"}]}""");
        await AgreeAsync(first, third, source, cancellationToken);
    }

    private static string[] Arguments(string adapter, string source, params string[] further) =>
    [
        $"--Feeds:source:Adapter={adapter}", $"--Feeds:source:BaseUrl={source}", $"--Feeds:source:AssigningAuthority={source}",
        "--Feeds:source:Authentication:Kind=Bearer", $"--Feeds:source:Authentication:Token={EngineProcess.ApiKey}", .. further,
    ];

    /// <returns>How many resources they agree on.</returns>
    private static async Task<int> AgreeAsync(EngineProcess first, EngineProcess second, string source, CancellationToken cancellationToken)
    {
        var expected = await ExportedRecord.ReadAsync(first, source, cancellationToken);
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(500, cancellationToken))
        {
            var actual = await ExportedRecord.ReadAsync(second, null, cancellationToken);
            if (expected.Count == actual.Count && expected.All(resource => actual.GetValueOrDefault(resource.Key) == resource.Value))
            {
                return expected.Count;
            }

            if (Stopwatch.GetElapsedTime(began) > AgreeLimit)
            {
                Assert.Fail($"They do not agree after {AgreeLimit}: {expected.Count} and {actual.Count} resources.\n{Difference(expected, actual)}\n{second.Output}");
            }
        }
    }

    private static string Difference(SortedDictionary<string, string> expected, SortedDictionary<string, string> actual) => string.Join('\n',
        expected.Keys.Union(actual.Keys).Where(key => expected.GetValueOrDefault(key) != actual.GetValueOrDefault(key)).Take(5)
            .Select(key => $"{key}\n  {expected.GetValueOrDefault(key)}\n  {actual.GetValueOrDefault(key)}"));

    private static async Task PutAsync(HttpClient sender, string address, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/fhir+json");
        using var response = await sender.PutAsync(address, content);
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
    }
}
