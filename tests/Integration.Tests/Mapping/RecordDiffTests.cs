using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Tests.Mapping;

/// <summary>
/// What a golden message changes in the record: <c>NAME.before.txt</c> holds the messages before it (parted by blank lines), then
/// <c>NAME.hl7</c> comes, and <c>NAME.record.txt</c> says what differs: owner and elements of every resource. Rewrite with <c>UPDATE_GOLDENS=1</c>.
/// </summary>
public sealed class RecordDiffTests
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Scenarios =>
        [.. Directory.EnumerateFiles(MappingSamples.GoldenFolder, "*.before.txt").Select(path => Path.GetFileName(path)[..^".before.txt".Length]).Order(StringComparer.Ordinal)];

    [Fact]
    public void EveryAdmissionEvent_HasARecordDiff()
    {
        string[] wanted =
        [
            .. Enumerable.Range(1, 8).Select(n => $"ADT_A0{n}"), "ADT_A11", "ADT_A12", "ADT_A13", "ADT_A17", "ADT_A24", "ADT_A28", "ADT_A31", "ADT_A34", "ADT_A37", "ADT_A40", "ADT_A43", "ADT_A44", "ADT_A45",
            "ADT_A47", "ADT_A50",
        ];

        Assert.Equal([], wanted.Except(Scenarios.Select(row => row.Data[..7])));
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task When_the_message_comes_Should_change_the_record_as_told(string name)
    {
        var path = Path.Combine(MappingSamples.GoldenFolder, name);
        await using var engine = await TestEngine.StartAsync();
        foreach (var earlier in File.ReadAllText(path + ".before.txt").Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(text => text.Trim().Length > 0))
        {
            Assert.Equal(MessageState.Done, (await SendAsync(engine, earlier.Trim())).State);
        }

        var before = await ReadAsync(engine);
        var message = await SendAsync(engine, File.ReadAllText(path + ".hl7").Trim());
        var after = await ReadAsync(engine);
        var actual = await DescribeAsync(engine, message, before, after);

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path + ".record.txt", actual);
        }

        Assert.True(File.Exists(path + ".record.txt"), $"{name}.record.txt is missing; UPDATE_GOLDENS=1 writes it.");
        Assert.Equal(File.ReadAllText(path + ".record.txt"), actual);
        await SummariesAreThoseOfARebuildAsync(engine);
    }

    private static Task<JournaledMessage> SendAsync(TestEngine engine, string message) => engine.SendAsync(message.Split('\r', '\n'));

    private static async Task SummariesAreThoseOfARebuildAsync(TestEngine engine)
    {
        await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(Collections.Patients) { Limit = 100 }, CancellationToken.None))
        {
            var summary = Collections.Patients.Read(stored);
            if (summary.MergedInto is null)
            {
                var rebuilt = await engine.Summaries.RebuildAsync(summary.Id, CancellationToken.None);
                Assert.Equal(JsonSerializer.Serialize(rebuilt), JsonSerializer.Serialize(summary));
            }
        }
    }

    private static async Task<SortedDictionary<string, ResourceDocument>> ReadAsync(TestEngine engine)
    {
        var all = new SortedDictionary<string, ResourceDocument>(StringComparer.Ordinal);
        await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(Collections.Resources) { Limit = 100 }, CancellationToken.None))
        {
            var document = Collections.Resources.Read(stored);
            all[document.Id] = document;
        }

        return all;
    }

    private static async Task<string> DescribeAsync(
        TestEngine engine, JournaledMessage message, SortedDictionary<string, ResourceDocument> before, SortedDictionary<string, ResourceDocument> after)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "nobody" };
        await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(Collections.Identities) { Limit = 100 }, CancellationToken.None))
        {
            var identity = Collections.Identities.Read(stored);
            owners[identity.OriginPatientId] = $"record of {identity.Identifier.Value}";
        }

        var text = new StringBuilder().Append(message.State).Append(", ").Append(owners[message.PatientId ?? ""]).Append('\n');
        foreach (var (id, now) in after)
        {
            var old = before.GetValueOrDefault(id);
            var lines = Differences(old?.Resource, now.Resource).ToList();
            if (old is null || lines.Count > 0 || old.PatientId != now.PatientId)
            {
                text.Append('\n').Append(now.Type).Append(' ').Append(Label(now.Resource)).Append(" (").Append(old is null ? "new, " : "")
                    .Append(old is not null && old.PatientId != now.PatientId ? $"{owners[old.PatientId]} → " : "").Append(owners[now.PatientId]).Append(")\n");
                lines.ForEach(line => text.Append("  ").Append(line).Append('\n'));
            }
        }

        await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(Collections.LinkReviews) { Limit = 100 }, CancellationToken.None))
        {
            var review = Collections.LinkReviews.Read(stored);
            string[] pair = [owners[review.PatientA], owners[review.PatientB]];
            text.Append($"\nLink review {string.Join(" and ", pair.Order(StringComparer.Ordinal))}: {review.State}, {review.Reason}\n");
        }

        Assert.Empty(before.Keys.Except(after.Keys));
        return text.ToString();
    }

    private static string Label(JsonObject resource) =>
        (string?)resource["identifier"]?[0]?["value"] ?? (string?)resource["masterIdentifier"]?["value"] ?? (string?)resource["code"]?["text"] ?? "";

    private static IEnumerable<string> Differences(JsonNode? before, JsonNode? after, string path = "")
    {
        if (before is JsonObject or null && after is JsonObject or null)
        {
            var names = ((before as JsonObject)?.Select(p => p.Key) ?? []).Union((after as JsonObject)?.Select(p => p.Key) ?? []);
            return names.Where(name => path.Length > 0 || name is not ("resourceType" or "id"))
                .SelectMany(name => Differences(before?[name], after?[name], path.Length == 0 ? name : $"{path}.{name}"));
        }

        var (old, now) = (Text(before), Text(after));
        return old == now ? [] : [before is null ? $"{path}: {now}" : $"{path}: {old} → {now}"];
    }

    private static string Text(JsonNode? node) => node?.ToJsonString(Readable) ?? "none";
}
