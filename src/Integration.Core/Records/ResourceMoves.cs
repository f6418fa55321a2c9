using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>What follows when a resource changes hands between two patients: what hangs on it, and the summary of the one who loses it.</summary>
/// <remarks>
/// A message that moves a visit or an account (HL7 A44, A45) takes along everything that refers to it. A message that merely names somebody
/// else's visit or result moves that alone, with a warning: it may be a correction as well as a number used twice.
/// </remarks>
internal sealed class ResourceMoves(IDocumentStore store)
{
    /// <summary>Where the types of FHIR R4 say whose they are.</summary>
    private static readonly string[] SubjectElements = ["subject", "patient", "beneficiary"];

    /// <summary>Whether the record learnt later than that whose the resource is: then it stays where it is.</summary>
    public static bool IsOlder(ResourceDocument stored, DateTimeOffset time) =>
        time < (SubjectElements.Where(name => stored.ElementTimes?.ContainsKey(name) == true).Select(name => (DateTimeOffset?)stored.ElementTimes![name]).FirstOrDefault()
            ?? stored.Provenance.EventTime);

    /// <summary>Completes the changes of a message; nothing to do for almost every one.</summary>
    public async ValueTask RunAsync(RecordRun run, IReadOnlyList<MappedResource> mapped, CancellationToken cancellationToken)
    {
        var identity = run.Context.Identity!;
        var others = run.Changes.Values.Select(c => c.Change).Where(c => c.Before is not null)
            .SelectMany(c => new[] { c.Before!.PatientId, c.After.PatientId })
            .Where(id => id.Length > 0 && id != identity.PatientId && identity.Merges.All(m => m.FromPatientId != id))
            .Distinct(StringComparer.Ordinal).ToList();
        foreach (var other in others)
        {
            // The summary comes first: its version, checked at the commit, vouches for all that is read after it.
            var summary = await store.GetAsync(Collections.Patients, other, withPayload: false, cancellationToken);
            var times = await Restatements.ReadAsync(store, other, cancellationToken);
            var owned = await ReadAsync(other, times, cancellationToken);
            var taken = run.Changes.Where(c => c.Value.Change.Before?.PatientId == other && c.Value.Change.After.PatientId != other).Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
            var moving = mapped.Where(m => m.Moves).Select(RecordRun.KeyOf).Where(taken.Contains).ToList();
            foreach (var key in taken.Except(moving))
            {
                run.Context.Issues.Add(MessageIssue.Warning(IntegrationErrorCode.ChangedPatient, "",
                    $"{key} belonged to another patient before; it was moved to the patient of this message."));
            }

            TakeAlong(
                run, mapped, owned, [.. moving.SelectMany(key => NamesOf(run.Changes[key].Change.After))],
                await run.RestatementsOfAsync(other, cancellationToken));
            Summarize(run, other, summary, owned);
        }
    }

    // 1. Whatever refers to something that moves, by reference or by identifier, moves; so does what refers to that. People stay: they are who they are.
    // 2. It then names the new patient as its subject, from the time of this message on.
    private static void TakeAlong(
        RecordRun run, IReadOnlyList<MappedResource> mapped, List<(ResourceDocument Document, long Version)> owned, HashSet<string> moving, Restatements restatements)
    {
        var people = owned.Where(o => o.Document.Type == "Patient").Select(o => o.Document.Id).ToHashSet(StringComparer.Ordinal);
        var subject = mapped.FirstOrDefault(m => m.Type == "Patient") is { } patient ? RecordRun.KeyOf(patient) : null;
        for (var more = moving.Count > 0; more;)
        {
            more = false;
            foreach (var (document, version) in owned)
            {
                if (document.Type is "Patient" or "RelatedPerson" || run.Changes.ContainsKey(document.Id) || !RefersTo(document.Resource, moving))
                {
                    continue;
                }

                var resource = document.Resource.DeepClone().AsObject();
                if (subject is not null)
                {
                    Redirect(resource, people, subject);
                }

                moving.UnionWith(NamesOf(run.TakeAlong(document, version, resource, WithSubjectTime(document, run.Time), restatements)));
                more = true;
            }
        }
    }

    /// <summary>Element times of a resource whose patient was said at that time.</summary>
    internal static Dictionary<string, DateTimeOffset> WithSubjectTime(ResourceDocument document, DateTimeOffset time)
    {
        var times = document.ElementTimes?.ToDictionary(StringComparer.Ordinal) ?? new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        if (SubjectElements.FirstOrDefault(document.Resource.ContainsKey) is { } element)
        {
            times[element] = time;
        }

        return times;
    }

    private static void Summarize(RecordRun run, string patientId, StoredDocument? summary, List<(ResourceDocument Document, long Version)> owned)
    {
        if (summary is null)
        {
            return;
        }

        var remaining = owned.Select(o => run.Changes.TryGetValue(o.Document.Id, out var change) ? change.Change.After : o.Document)
            .Where(document => document.PatientId == patientId).ToList();
        run.Context.Batch.Add(Collections.Patients.Put(
            PatientSummary.Of(patientId, remaining) with { MergedInto = Collections.Patients.Read(summary).MergedInto }, summary.Version));
    }

    private async ValueTask<List<(ResourceDocument Document, long Version)>> ReadAsync(string patientId, Restatements times, CancellationToken cancellationToken)
    {
        var all = new List<(ResourceDocument, long)>();
        var query = new DocumentQuery(Collections.Resources)
        {
            Where = [new DocumentFilter.Equal(Collections.Resources.Field("patientId"), patientId)],
            Limit = 1000,
        };
        await foreach (var document in store.ReadAllAsync(query, cancellationToken))
        {
            all.Add((times.Timed(Collections.Resources.Read(document)), document.Version));
        }

        return all;
    }

    /// <summary>What references may call a resource: its <c>Type/id</c>, and its type with each of its identifiers.</summary>
    private static IEnumerable<string> NamesOf(ResourceDocument document) =>
        document.Resource.Objects("identifier").Select(i => NameOf(document.Type, i)).Prepend(document.Id);

    private static string NameOf(string? type, JsonNode? identifier) => $"{type}?{identifier.Text("system")}|{identifier.Text("value")}";

    /// <summary>Whether anything in it refers to one of these names.</summary>
    internal static bool RefersTo(JsonNode? node, HashSet<string> names) => node switch
    {
        JsonObject json when json["reference"].Text() is { } reference => names.Contains(reference),
        JsonObject json when json["identifier"] is JsonObject identifier && names.Contains(NameOf(json["type"].Text(), identifier)) => true,
        JsonObject json => json.Any(p => RefersTo(p.Value, names)),
        JsonArray array => array.Any(entry => RefersTo(entry, names)),
        _ => false,
    };

    /// <summary>Every reference to one of <paramref name="from"/> becomes one to <paramref name="to"/>.</summary>
    internal static void Redirect(JsonNode? node, HashSet<string> from, string to)
    {
        switch (node)
        {
            case JsonObject json when json["reference"].Text() is { } reference && from.Contains(reference):
                json["reference"] = to;
                break;
            case JsonObject json:
                foreach (var (_, value) in json)
                {
                    Redirect(value, from, to);
                }

                break;
            case JsonArray array:
                foreach (var entry in array)
                {
                    Redirect(entry, from, to);
                }

                break;
        }
    }
}
