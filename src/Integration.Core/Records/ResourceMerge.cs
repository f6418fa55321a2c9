using System.Text.Json.Nodes;
using Integration.Core.Mapping;

namespace Integration.Core.Records;

/// <summary>
/// Brings what a message says of a resource together with what the record holds, element by element: the later event time wins, absent
/// means keep, JSON null means delete (HL7 v2.5.1 §2.5.3: empty and null). The result does not depend on the order of arrival.
/// </summary>
/// <remarks>What mapping only assumed holds until anybody says it. One instance serves one merge. Element times are kept only where they differ from the resource's own, so that they cost
/// nothing for sources that always send whole snapshots.</remarks>
internal sealed class ResourceMerge
{
    // When nobody has said it: any real value is newer.
    private static readonly DateTimeOffset Assumed = DateTimeOffset.MinValue;

    private readonly Dictionary<string, DateTimeOffset> _times;
    private readonly IReadOnlyCollection<string> _assumed;
    private readonly DateTimeOffset _storedTime;
    private readonly DateTimeOffset _incomingTime;
    private readonly DateTimeOffset _newest;
    private readonly bool _cameBefore;
    private bool _changed;

    private ResourceMerge(ResourceDocument stored, DateTimeOffset incomingTime, IReadOnlyCollection<string> assumed, bool cameBefore)
    {
        _assumed = assumed;
        _cameBefore = cameBefore;
        _storedTime = stored.Provenance.EventTime;
        _incomingTime = incomingTime;
        _newest = incomingTime > _storedTime ? incomingTime : _storedTime;
        _times = stored.ElementTimes is null ? new(StringComparer.Ordinal) : new(stored.ElementTimes, StringComparer.Ordinal);
    }

    /// <summary>What a merge comes to.</summary>
    /// <param name="Resource">The merged resource, a new object.</param>
    /// <param name="ElementTimes">See <see cref="ResourceDocument.ElementTimes"/>; null when there are none.</param>
    /// <param name="EventTime">The later of the two.</param>
    /// <param name="Changed">False when the record already said all of it.</param>
    /// <param name="Retimed">Whether the record learnt when something was said: an older message that differs may still come.</param>
    /// <param name="Overruled">Whether something that was sent is older than the record and was not taken.</param>
    public sealed record Result(
        JsonObject Resource, IReadOnlyDictionary<string, DateTimeOffset>? ElementTimes, DateTimeOffset EventTime, bool Changed, bool Retimed, bool Overruled)
    {
        /// <summary>The message repeats the whole resource, later: saying the same again, later still, would change the event time only.</summary>
        public bool Repeats { get; init; }
    }

    /// <summary>The first version of a resource: nulls delete nothing yet, but are remembered against older facts that arrive later.</summary>
    /// <param name="assumed">See <see cref="Mapping.MappedResource.Assumed"/>.</param>
    public static Result First(DraftNode incoming, DateTimeOffset time, IReadOnlyCollection<string> assumed)
    {
        var times = assumed.ToDictionary(name => name, _ => Assumed, StringComparer.Ordinal);
        var resource = WithoutNulls(incoming, "", times, time);
        return new Result(resource, times.Count == 0 ? null : times, time, Changed: true, Retimed: true, Overruled: false);
    }

    /// <summary>Applies a message to a stored resource.</summary>
    /// <param name="assumed">See <see cref="Mapping.MappedResource.Assumed"/>.</param>
    /// <param name="cameBefore">The message arrived before the one that the stored version came from: it is replayed. It then yields at an equal event time.</param>
    public static Result Apply(
        ResourceDocument stored, DraftNode incoming, DateTimeOffset incomingTime, IReadOnlyCollection<string> assumed, bool cameBefore = false)
    {
        var merge = new ResourceMerge(stored, incomingTime, assumed, cameBefore);

        // What was just read has not been taken apart yet and is copied for nothing; only the copy is looked into.
        var resource = stored.Resource.DeepClone().AsObject();
        var overruled = merge.Apply(resource, incoming, stored.Type, "");
        var newest = merge._newest;
        if (newest > merge._storedTime)
        {
            merge.KeepTimes(resource, incoming, stored.Type, "");
        }

        var times = merge.TimesOf(resource);
        var isSameTimes = SameTimes(times, stored.ElementTimes);
        var retimed = newest != merge._storedTime || !isSameTimes;
        return new Result(merge._changed ? resource : stored.Resource, times, newest, merge._changed, retimed, overruled)
        {
            Repeats = !merge._changed && isSameTimes && newest > merge._storedTime,
        };
    }

    /// <summary>Puts a resource that its source sends whole in the place of the stored one, unless that is newer.</summary>
    /// <param name="cameBefore">See <see cref="Apply(ResourceDocument, DraftNode, DateTimeOffset, IReadOnlyCollection{string}, bool)"/>.</param>
    public static Result Replace(ResourceDocument stored, DraftNode incoming, DateTimeOffset incomingTime, bool cameBefore)
    {
        var storedTime = stored.Provenance.EventTime;
        var isSame = JsonSameness.Same(stored.Resource, incoming);
        if (incomingTime < storedTime || (incomingTime == storedTime && cameBefore))
        {
            return new Result(stored.Resource, stored.ElementTimes, storedTime, Changed: false, Retimed: false, Overruled: !isSame);
        }

        var later = incomingTime > storedTime;
        return isSame
            ? new Result(stored.Resource, stored.ElementTimes, incomingTime, Changed: false, Retimed: later, Overruled: false) { Repeats = later }
            : new Result(incoming.ToJson()!.AsObject(), null, incomingTime, Changed: true, Retimed: true, Overruled: false);
    }

    /// <summary>The times that differ from the resource's own, and those of elements that were deleted.</summary>
    private Dictionary<string, DateTimeOffset>? TimesOf(JsonObject resource)
    {
        foreach (var (path, time) in _times)
        {
            if (time == _newest && Exists(resource, path))
            {
                _times.Remove(path);
            }
        }

        return _times.Count == 0 ? null : _times;
    }

    private static bool SameTimes(Dictionary<string, DateTimeOffset>? times, IReadOnlyDictionary<string, DateTimeOffset>? stored) =>
        (times?.Count ?? 0) == (stored?.Count ?? 0) && (times is null || times.All(t => stored!.TryGetValue(t.Key, out var time) && time == t.Value));

    private bool Apply(JsonObject target, DraftNode incoming, string type, string prefix)
    {
        var overruled = false;
        for (var value = incoming.First; value is not null; value = value.Next)
        {
            var name = value.Name!;
            if (prefix.Length == 0 && name is "resourceType" or "id")
            {
                continue;
            }

            var (kind, element) = ElementKinds.Of(type, name);
            if (kind == ElementKind.Parts && value.Kind == DraftKind.Object)
            {
                var child = target[name] as JsonObject ?? [];
                overruled |= Apply(child, value, element!.Types[0], prefix + name + ".");
                Put(target, name, child.Count == 0 ? null : child);
            }
            else if (kind == ElementKind.Gathered && value.Kind == DraftKind.Array)
            {
                Gather(target, name, value);
            }
            else if (kind == ElementKind.GatheredByUrl && value.Kind == DraftKind.Array)
            {
                GatherByUrl(target, name, value);
            }
            else
            {
                overruled |= !Replace(target, name, value, element is { IsChoice: true } ? element.JsonNames : [], prefix + (element?.Name ?? name));
            }
        }

        return overruled;
    }

    /// <param name="siblings">The other names that a choice of types has; empty when the element is no choice.</param>
    /// <returns>False when the record knew something newer that differs.</returns>
    private bool Replace(JsonObject target, string name, DraftNode value, IReadOnlyList<string> siblings, string path)
    {
        var held = target[name] is not null ? name : siblings.FirstOrDefault(s => target[s] is not null);
        var known = held is not null || _times.ContainsKey(path);
        var isAssumed = _assumed.Contains(path);
        var time = isAssumed ? Assumed : _incomingTime;
        var knownTime = _times.GetValueOrDefault(path, _storedTime);
        if (known && (knownTime > time || (knownTime == time && _cameBefore)))
        {
            return isAssumed || (held == name && JsonSameness.Same(target[name], value));
        }

        // A choice has one value: the type that was sent replaces any other.
        foreach (var sibling in siblings)
        {
            if (sibling != name)
            {
                _changed |= target.Remove(sibling);
            }
        }

        if (!JsonSameness.Same(target[name], value))
        {
            Put(target, name, value.ToJson());
            _changed = true;
        }

        if (time == _newest && value.Kind != DraftKind.Null)
        {
            _times.Remove(path);   // said as lately as the resource itself
        }
        else
        {
            _times[path] = time;
        }

        return true;
    }

    // What a newer message did not mention keeps the time at which it was said.
    private void KeepTimes(JsonObject resource, DraftNode? incoming, string type, string prefix)
    {
        foreach (var (name, value) in resource)
        {
            var (kind, element) = ElementKinds.Of(type, name);
            if (kind == ElementKind.Parts && value is JsonObject parts)
            {
                KeepTimes(parts, incoming?.Find(name), element!.Types[0], prefix + name + ".");
            }
            else if (kind == ElementKind.Whole && (incoming?.Find(name) is null || _assumed.Contains(prefix + name)) && (prefix.Length > 0 || name is not ("resourceType" or "id")))
            {
                _times.TryAdd(prefix + (element?.Name ?? name), _storedTime);
            }
        }
    }

    // Entries have no time of their own: what one says is taken from a message that is not older than the resource.
    private void Gather(JsonObject target, string name, DraftNode added)
    {
        var isOlder = _incomingTime < _storedTime || (_incomingTime == _storedTime && _cameBefore);
        var list = target[name] as JsonArray;
        if (list is null)
        {
            target[name] = added.ToJson();
            _changed = true;
            return;
        }

        for (var entry = added.First; entry is not null; entry = entry.Next)
        {
            var index = IndexOf(list, GatherKey(entry));
            if (index < 0)
            {
                list.Add(entry.ToJson());
                _changed = true;
            }
            else if (!isOlder && !JsonSameness.Same(list[index], entry))
            {
                list[index] = entry.ToJson();
                _changed = true;
            }
        }
    }

    private static int IndexOf(JsonArray list, string key)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (GatherKey(list[i]) == key)
            {
                return i;
            }
        }

        return -1;
    }

    // As with other gathered lists, only a message that is not older than the resource changes what is there.
    private void GatherByUrl(JsonObject target, string name, DraftNode added)
    {
        var isOlder = _incomingTime < _storedTime || (_incomingTime == _storedTime && _cameBefore);
        var list = target[name] as JsonArray ?? [];
        var heldUrls = list.Select(entry => entry.Text("url")).ToHashSet(StringComparer.Ordinal);
        var sent = added.Children().Select(entry => (Url: entry.Find("url")?.Text, Entry: entry)).ToList();
        var sentUrls = sent.Select(s => s.Url).ToHashSet(StringComparer.Ordinal);
        var replaced = list.Where(entry => !isOlder && sentUrls.Contains(entry.Text("url"))).ToList();
        var taken = sent.Where(s => !isOlder || !heldUrls.Contains(s.Url)).Select(s => s.Entry).ToList();
        if (replaced.Count == taken.Count && replaced.Zip(taken).All(pair => JsonSameness.Same(pair.First, pair.Second)))
        {
            return;
        }

        target[name] = new JsonArray([.. list.Except(replaced).Select(entry => entry?.DeepClone()), .. taken.Select(entry => entry.ToJson())]);
        _changed = true;
    }

    // An identifier is the same by system and value, a reference by what it names.
    private static string GatherKey(JsonNode? entry) =>
        entry.Text("reference") is { } reference ? reference : $"{entry.Text("system")}|{entry.Text("value")}|{entry.Text("type", "coding", "code")}";

    private static string GatherKey(DraftNode entry) =>
        entry.Find("reference")?.Text is { } reference
            ? reference
            : $"{entry.Find("system")?.Text}|{entry.Find("value")?.Text}|{entry.Find("type")?.Find("coding")?.First?.Find("code")?.Text}";

    private static void Put(JsonObject target, string name, JsonNode? value)
    {
        if (value is null)
        {
            target.Remove(name);
        }
        else if (!ReferenceEquals(target[name], value))
        {
            target[name] = value;
        }
    }

    private static bool Exists(JsonObject resource, string path)
    {
        JsonNode? node = resource;
        foreach (var name in path.Split('.'))
        {
            if (node is not JsonObject parent)
            {
                return false;
            }

            node = parent[name] ?? parent.FirstOrDefault(p => p.Key.StartsWith(name, StringComparison.Ordinal) && p.Key.Length > name.Length && char.IsUpper(p.Key[name.Length])).Value;
        }

        return node is not null;
    }

    private static JsonObject WithoutNulls(DraftNode incoming, string prefix, Dictionary<string, DateTimeOffset> deleted, DateTimeOffset time)
    {
        var result = new JsonObject();
        for (var value = incoming.First; value is not null; value = value.Next)
        {
            var name = value.Name!;
            switch (value.Kind)
            {
                case DraftKind.Null:
                    deleted[prefix + name] = time;
                    break;
                case DraftKind.Object when WithoutNulls(value, prefix + name + ".", deleted, time) is { Count: > 0 } kept:
                    result[name] = kept;
                    break;
                case DraftKind.Object:
                    break;
                default:
                    result[name] = value.ToJson();
                    break;
            }
        }

        return result;
    }
}
