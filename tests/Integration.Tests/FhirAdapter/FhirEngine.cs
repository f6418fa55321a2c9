using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Fhir.Parsing;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Settings;
using Integration.Core.Storage;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.FhirAdapter;

/// <summary>The engine with a feed <c>emr</c> of FHIR resources.</summary>
internal static class FhirEngine
{
    public const string Authority = "http://emr.example/fhir";

    public static Task<TestEngine> StartAsync(params IReadOnlyList<(string Key, string Value)> settings) => TestEngine.StartAsync(
        _ => { },
        [
            ("Feeds:emr:Adapter", "Fhir.Endpoint"), ("Feeds:emr:Listen", "127.0.0.1:0"), ("Feeds:emr:AssigningAuthority", Authority), .. settings,
        ]);

    /// <summary>Takes a resource or Bundle in, runs it, and gives the message back as the journal holds it then.</summary>
    public static async Task<JournaledMessage> SendFhirAsync(this TestEngine engine, string json)
    {
        var result = await engine.AcceptAsync(FhirHeaderReader.MessageOf("emr", Encoding.UTF8.GetBytes(json), Authority));
        var id = result switch
        {
            IntakeResult.Accepted accepted => accepted.MessageId,
            IntakeResult.Quarantined quarantined => quarantined.MessageId,
            IntakeResult.Duplicate duplicate => duplicate.MessageId,
            _ => throw new InvalidOperationException(),
        };
        await engine.RunAsync();
        return (await engine.Journal.GetAsync(id, withRaw: false, CancellationToken.None))!.Value.Message;
    }

    /// <summary>Settings of the feed as its options read them.</summary>
    public static SettingsReader Settings(params IReadOnlyList<(string Key, string Value)> settings) => new(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Feeds:emr:{s.Key}", (string?)s.Value))).Build().GetSection("Feeds:emr"));

    /// <summary>Messages of the feed, 500 at most.</summary>
    public static async Task<IReadOnlyList<JournaledMessage>> FhirMessagesAsync(this TestEngine engine) =>
        (await engine.Journal.SearchAsync(new MessageSearch(Feed: "emr", Limit: 500), CancellationToken.None)).Messages;

    /// <summary>What the record holds of a resource by its id at the source; null when it is not there.</summary>
    public static async Task<ResourceDocument?> FindFhirAsync(this TestEngine engine, string type, string id) =>
        await engine.FindAsync(SourceResources.KeyOf(Authority, type, id));

    public static async Task<ResourceDocument?> FindAsync(this TestEngine engine, string key) =>
        await engine.Store.GetAsync(Collections.Resources, key, withPayload: false, CancellationToken.None) is { } stored ? Collections.Resources.Read(stored) : null;

    /// <summary>Every resource of the record.</summary>
    public static async Task<IReadOnlyList<ResourceDocument>> AllAsync(this TestEngine engine)
    {
        var all = new List<ResourceDocument>();
        await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(Collections.Resources) { Limit = 500 }, CancellationToken.None))
        {
            all.Add(Collections.Resources.Read(stored));
        }

        return all;
    }

    /// <summary>Every literal reference in a resource.</summary>
    public static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(p => p.Key == "reference" && p.Value is JsonValue value && value.TryGetValue<string>(out var text) ? [text] : References(p.Value)),
        JsonArray array => array.SelectMany(References),
        _ => [],
    };

    public static string Observation(string id, string subject, string value = "6.1", string meta = "") => $$$"""
        {"resourceType":"Observation","id":"{{{id}}}",{{{meta}}}"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"15074-8"}]},
         "subject":{"reference":"{{{subject}}}"},"effectiveDateTime":"2026-03-01T08:00:00+08:00","valueQuantity":{"value":{{{value}}},"unit":"mmol/L"}}
        """;

    public static string Patient(string id, string number, string name = "欧阳娜娜", string meta = "") => $$$"""
        {"resourceType":"Patient","id":"{{{id}}}",{{{meta}}}"identifier":[{"system":"urn:test:mrn","value":"{{{number}}}","type":{"coding":[{"code":"MR"}]}}],
         "name":[{"text":"{{{name}}}"}],"gender":"female","birthDate":"1990-05-01"}
        """;
}
