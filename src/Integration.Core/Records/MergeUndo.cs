using System.Text.Json.Nodes;
using Integration.Core.Mapping.Fhir;

namespace Integration.Core.Records;

/// <summary>Takes back what a merge wrote into the Patient of the number that it retired. What was said of the person since then stays. Pure.</summary>
/// <remarks>
/// FHIR R4 <c>Patient.link</c> of the type <c>replaced-by</c> goes in any case. An HL7 v2 merge also made the Patient inactive and its number an old one
/// (HL7 v2.5.1 §3.4.9): what nobody has said otherwise since becomes again what it was. A FHIR source sends the person whole, so that only the link and
/// <c>active</c> are the merge's.
/// </remarks>
internal static class MergeUndo
{
    private const string ReplacedBy = "replaced-by";

    // Neither said of the person nor replaced as a whole.
    private static readonly string[] OfNobody = ["resourceType", "id", "link", "identifier"];

    /// <summary>References of the Patients that replace this one.</summary>
    public static IEnumerable<string> Survivors(ResourceDocument patient) =>
        patient.Resource.Objects("link").Where(IsReplacement).Select(link => link["other"].Text("reference")).OfType<string>();

    /// <param name="current">A Patient that another replaces, as of when it was said last.</param>
    /// <param name="history">Its earlier versions, newest first.</param>
    /// <param name="own">References of the Patients that it stays with.</param>
    /// <param name="others">References of the Patients that it is parted from.</param>
    /// <returns>The Patient as if those had not replaced it; version and time of change are left to the caller.</returns>
    public static ResourceDocument Take(ResourceDocument current, IReadOnlyList<ResourceDocument> history, IReadOnlySet<string> own, IReadOnlySet<string> others)
    {
        var merges = history.Prepend(current).TakeWhile(version => Survivors(version).Any()).ToList();
        var (merged, before) = (merges[^1], history.ElementAtOrDefault(merges.Count - 1));
        var resource = current.Resource.DeepClone().AsObject();
        RemoveLinks(resource, others);
        if (resource.Objects("link").Any(IsReplacement))
        {
            return current with { Resource = resource };   // merged away within its own side still
        }

        if (merges.Find(version => Survivors(version).All(own.Contains)) is { } within)
        {
            Put(resource, "link", within.Resource["link"]);
            return current with { Resource = resource };   // so it was before somebody of the other side replaced it
        }

        var isWhole = merged.Provenance.Rule == FhirMapping.Rule;
        var names = isWhole || before is null ? ["active"] : merged.Resource.Select(p => p.Key).Union(before.Resource.Select(p => p.Key)).Except(OfNobody);
        var reverted = names.Where(name => Revert(resource, name, merged.Resource, before?.Resource)).ToHashSet(StringComparer.Ordinal);
        if (isWhole)
        {
            return current with { Resource = resource };
        }

        RevertIdentifiers(resource, merged.Resource, before?.Resource);
        return Timed(current with { Resource = resource }, current, before, reverted);
    }

    /// <returns>Whether the element is again what it was, or gone.</returns>
    private static bool Revert(JsonObject resource, string name, JsonObject merged, JsonObject? before)
    {
        if (JsonNode.DeepEquals(merged[name], before?[name]) || !JsonNode.DeepEquals(resource[name], merged[name]))
        {
            return false;
        }

        Put(resource, name, before?[name]);
        return true;
    }

    private static void RemoveLinks(JsonObject resource, IReadOnlySet<string> others)
    {
        if (resource["link"] is JsonArray links)
        {
            var kept = links.Where(link => link is not JsonObject json || !IsReplacement(json) || json["other"].Text("reference") is not { } other || !others.Contains(other))
                .Select(link => link?.DeepClone()).ToArray();
            Put(resource, "link", kept.Length == 0 ? null : new JsonArray(kept));
        }
    }

    private static void RevertIdentifiers(JsonObject resource, JsonObject merged, JsonObject? before)
    {
        if (resource["identifier"] is not JsonArray identifiers)
        {
            return;
        }

        for (var i = 0; i < identifiers.Count; i++)
        {
            var ofMerge = Find(merged, identifiers[i]);
            var ofBefore = Find(before, identifiers[i]);
            if (!JsonNode.DeepEquals(identifiers[i], ofMerge) || JsonNode.DeepEquals(ofMerge, ofBefore))
            {
                continue;
            }

            if (ofBefore is not null)
            {
                identifiers[i] = ofBefore.DeepClone();
            }
            else if (identifiers[i] is JsonObject identifier && identifier["use"].Text() == "old")
            {
                identifier.Remove("use");
            }
        }
    }

    private static JsonObject? Find(JsonObject? patient, JsonNode? identifier) => patient?.Objects("identifier").FirstOrDefault(other =>
        other.Text("system") == identifier.Text("system") && other.Text("value") == identifier.Text("value") && other.Text("type", "coding", "code") == identifier.Text("type", "coding", "code"));

    /// <summary>
    /// When each element was said by somebody else than the merge. Nobody has spoken since the merge if <c>active</c>, which the merge alone says, is as new as the
    /// resource; what the merge said too is then as old as it was before.
    /// </summary>
    private static ResourceDocument Timed(ResourceDocument after, ResourceDocument current, ResourceDocument? before, HashSet<string> reverted)
    {
        var mergeIsLast = current.Resource["active"] is not null && current.ElementTimes?.ContainsKey("active") != true;
        var times = current.ElementTimes?.Where(t => !reverted.Contains(t.Key) && t.Key != "link").ToDictionary(StringComparer.Ordinal) ?? new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var name in after.Resource.Select(p => p.Key).Where(name => !times.ContainsKey(name) && !OfNobody.Contains(name) && ElementKinds.Of("Patient", name).Kind == ElementKind.Whole))
        {
            var isOld = before?.Resource[name] is not null && (mergeIsLast || reverted.Contains(name));
            times[name] = !isOld ? current.Provenance.EventTime : before!.ElementTimes?.TryGetValue(name, out var own) == true ? own : before.Provenance.EventTime;
        }

        var newest = times.Values.Append(before?.Provenance.EventTime ?? current.Provenance.EventTime).Max();
        var kept = times.Where(t => t.Value != newest || after.Resource[t.Key] is null).ToDictionary(StringComparer.Ordinal);
        return after with
        {
            ElementTimes = kept.Count == 0 ? null : kept,
            Provenance = newest == before?.Provenance.EventTime ? before.Provenance : current.Provenance with { EventTime = newest },
        };
    }

    private static bool IsReplacement(JsonObject link) => link["type"].Text() == ReplacedBy;

    private static void Put(JsonObject resource, string name, JsonNode? value)
    {
        if (value is null)
        {
            resource.Remove(name);
        }
        else
        {
            resource[name] = value.DeepClone();
        }
    }
}
