using System.Text;

namespace Integration.Core.Records;

/// <summary>
/// Makes the summary of one golden record from its resources. Pure; taking changes in one by one gives the same summary as
/// starting from all resources at once.
/// </summary>
internal static class PatientSummary
{
    /// <summary>Newest first; the id decides between entries of the same time, so that the order is total.</summary>
    public static readonly IComparer<SummaryEntry> NewestFirst = Comparer<SummaryEntry>.Create((a, b) =>
        Nullable.Compare(b.Time, a.Time) is var byTime && byTime != 0 ? byTime : string.CompareOrdinal(b.Reference, a.Reference));

    /// <summary>An empty record.</summary>
    public static PatientDocument Empty(string patientId) => new()
    {
        Id = patientId,
        Demographics = new PatientDemographics(null, null, null, false, [], [], null, null),
        LastEvent = DateTimeOffset.UnixEpoch,
    };

    /// <summary>The summary made from all resources of a record.</summary>
    public static PatientDocument Of(string patientId, IReadOnlyList<ResourceDocument> resources) => WithPeople(
        WithChanges(Empty(patientId), patientId, [.. resources.Select(resource => new RecordChange(null, resource))], null, new HashSet<string>()), resources);

    /// <summary>The line of a resource; its time falls back to when it was told, so that every line has a place.</summary>
    public static SummaryEntry EntryOf(ResourceDocument document) => ResourceSummary.Describe(document) with { Time = document.Effective };

    /// <summary>Counts and sections after the changes; null for a section whose latest entries must be read again.</summary>
    /// <param name="repeated">Newest event time of what the message only repeated; null when nothing.</param>
    /// <param name="truncated">Receives the sections that lost a listed entry while others are not listed.</param>
    public static PatientDocument WithChanges(
        PatientDocument summary, string patientId, IReadOnlyList<RecordChange> changes, DateTimeOffset? repeated, ISet<string> truncated)
    {
        var counts = new SortedDictionary<string, int>(summary.ResourceCounts.ToDictionary(), StringComparer.Ordinal);
        var sections = summary.Sections.ToDictionary(s => s.Name, StringComparer.Ordinal);
        var lastEvent = repeated > summary.LastEvent ? repeated.Value : summary.LastEvent;
        foreach (var (before, after) in changes)
        {
            var wasHere = before is not null && before.PatientId == patientId;
            if (!wasHere)
            {
                counts[after.Type] = counts.GetValueOrDefault(after.Type) + 1;
            }

            lastEvent = after.Provenance.EventTime > lastEvent ? after.Provenance.EventTime : lastEvent;
            if (ResourceSummary.SectionOf(after.Type) is { } name && name != "contacts")
            {
                var section = sections.GetValueOrDefault(name) ?? new SummarySection(name, 0, []);
                sections[name] = WithEntry(section, EntryOf(after), isNew: !wasHere, truncated);
            }
        }

        return summary with
        {
            ResourceCounts = counts,
            Sections = [.. ResourceSummary.Sections.Where(sections.ContainsKey).Select(name => sections[name])],
            LastEvent = lastEvent,
        };
    }

    /// <summary>
    /// Who the patient is, by all Patient resources of the record: for each fact the source that spoke last and has it. A merge speaks of both at once: the number
    /// that replaces another comes before it.
    /// </summary>
    /// <param name="people">Patient and RelatedPerson resources of the record.</param>
    public static PatientDocument WithPeople(PatientDocument summary, IEnumerable<ResourceDocument> people)
    {
        var all = people.OrderByDescending(p => p.Provenance.EventTime).ThenBy(p => MergeUndo.Survivors(p).Any()).ThenBy(p => p.Id, StringComparer.Ordinal).ToList();
        var patients = all.Where(p => p.Type == "Patient").ToList();
        var names = patients.SelectMany(p => p.Resource.Objects("name")).Select(FhirJson.Name).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var telecoms = patients.SelectMany(p => p.Resource.Objects("telecom")).ToList();
        var phones = telecoms.Where(t => t.Text("system") is null or "phone" or "sms").Select(t => t.Text("value")).OfType<string>()
            .Distinct(StringComparer.Ordinal).ToList();
        var identifiers = patients.SelectMany(p => p.Resource.Objects("identifier"))
            .Where(i => i.Text("value") is not null)
            .Select(i => new SummaryIdentifier(i.Text("system") ?? "", i.Text("value")!, i.Text("type", "coding", "code")))
            .DistinctBy(i => (i.System, i.Value)).OrderBy(i => i.System, StringComparer.Ordinal).ThenBy(i => i.Value, StringComparer.Ordinal).ToList();
        string? Latest(params string[] path) => patients.Select(p => p.Resource.Text(path)).FirstOrDefault(v => v is not null);
        return summary with
        {
            Demographics = new PatientDemographics(
                names.FirstOrDefault(), Latest("gender"), Latest("birthDate"),
                patients.Any(p => p.Resource.Text("deceasedBoolean") == "true" || p.Resource.Text("deceasedDateTime") is not null),
                [.. names.Skip(1)], phones, AddressOf(patients), patients.Select(p => p.Resource.Concept("maritalStatus")).FirstOrDefault(m => m is not null)),
            Identifiers = identifiers,
            Contacts = [.. all.Where(p => p.Type == "RelatedPerson").Select(EntryOf).Order(NewestFirst)],
            NameKeys = NameKeysOf(names),
            IdentifierKeys = [.. identifiers.SelectMany(i => new[] { $"{i.System}|{i.Value}", i.Value }).Distinct(StringComparer.Ordinal)],
            PhoneKeys = PhoneKeysOf(phones),
        };
    }

    private static SummarySection WithEntry(SummarySection section, SummaryEntry entry, bool isNew, ISet<string> truncated)
    {
        var listed = section.Latest.Any(e => e.Reference == entry.Reference);
        var latest = section.Latest.Where(e => e.Reference != entry.Reference).Append(entry).Order(NewestFirst).ToList();
        var count = section.Count + (isNew ? 1 : 0);

        // An entry that was listed and now sorts last may have to give its place to one that is not listed.
        if (listed && count > section.Latest.Count && latest[^1].Reference == entry.Reference)
        {
            truncated.Add(section.Name);
        }

        return new SummarySection(section.Name, count, [.. latest.Take(SummarySection.MaxEntries)]);
    }

    private static string? AddressOf(List<ResourceDocument> patients)
    {
        var address = patients.Select(p => p.Resource.Objects("address").FirstOrDefault()).FirstOrDefault(a => a is not null);
        if (address is null || address.Text("text") is { } text && text.Length > 0)
        {
            return address.Text("text");
        }

        var joined = new StringBuilder();
        foreach (var part in (string?[])[address.Text("state"), address.Text("city"), address.Text("district"), address.Text("line")])
        {
            joined.Append(joined.Length > 0 && part is { Length: > 0 } && part[0] < 0x2E80 ? " " : "").Append(part);
        }

        return joined.Length == 0 ? null : joined.ToString();
    }

    private static List<string> NameKeysOf(List<string> names) =>
        [.. names.SelectMany(n => new[] { SearchKeys.FoldName(n), PinyinInitials.Of(n) }).OfType<string>().Where(k => k.Length > 0).Distinct(StringComparer.Ordinal)];

    private static List<string> PhoneKeysOf(List<string> phones) =>
        [.. phones.Select(SearchKeys.PhoneDigits).Where(d => d.Length > 0).SelectMany(d => d.Length > 4 ? [d, d[^4..]] : new[] { d }).Distinct(StringComparer.Ordinal)];
}
