using Integration.Core.Diagnostics;
using Integration.Core.Identity;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Fhir;

/// <summary>Resources of a source → resources of the record. What a source says in FHIR R4 is kept whole; only ids and references change.</summary>
/// <remarks>
/// <para>1. Each resource gets the record id that follows from who gave its id (<see cref="FeedContext.AssigningAuthority"/>), its type and that id.</para>
/// <para>2. References between resources of the source are rewritten to those ids; a conditional one becomes a logical one.</para>
/// <para>3. Resources are parted by patient, in the order of first mention; those about nobody come last, as reference data.</para>
/// </remarks>
internal static class FhirMapping
{
    /// <summary>What provenance names as the rule.</summary>
    public const string Rule = "FHIR";

    public static MappingResult Map(IFhirDocument document, FeedContext feed, string version)
    {
        var entries = document.Entries;
        var references = new SourceReferences(feed.AssigningAuthority, entries);
        var patients = new PatientOfResource(references, entries);
        var drafts = new SourceDraft(references);
        var parts = new Dictionary<string, Part>(StringComparer.Ordinal);
        var nobody = new Part(null);
        for (var i = 0; i < entries.Count; i++)
        {
            var part = nobody;
            if (patients.Of(i) is { } patient && !parts.TryGetValue(patient.Key, out part!))
            {
                parts[patient.Key] = part = new Part(patient);
            }

            if (!entries[i].IsKnown)
            {
                part.Resources.Add(Resource(entries[i], references, drafts));
            }
        }

        var issues = drafts.Unresolved.Select(place => MessageIssue.Warning(
            IntegrationErrorCode.ReferenceUnresolved, place, "No entry of the Bundle has this fullUrl; the reference is kept as it was sent.")).ToList();
        var said = parts.Values.Where(part => part.Resources.Count > 0).ToList();
        return Chain([.. said, .. nobody.Resources.Count > 0 || said.Count == 0 ? new[] { nobody } : []], version) with { Issues = issues };
    }

    private static MappedResource Resource(FhirEntry entry, SourceReferences references, SourceDraft drafts)
    {
        var id = references.IdOf(entry);
        var draft = entry.IsDeletion ? DraftNode.Object() : drafts.Of(entry.Resource, id, entry.Place);
        return new MappedResource(entry.Type, id, draft, references.SourceOf(entry), Rule)
        {
            IsWhole = true,
            IsDeletion = entry.IsDeletion,
            EventTime = entry.LastUpdated,
            SourceIdentity = entry.Type == "Patient" ? references.PatientIdentity(SourceReferences.SourceIdOf(entry)) : null,
        };
    }

    /// <summary>Each part as if it had come alone, the next behind the one before.</summary>
    private static MappingResult Chain(IReadOnlyList<Part> parts, string version)
    {
        MappingResult? chain = null;
        foreach (var part in parts.Reverse())
        {
            chain = new MappingResult(part.Resources, [], [], version) { IsReferenceData = part.Patient is null, About = part.Patient, SecondPatient = chain };
        }

        return chain!;
    }

    /// <param name="Patient">Null: nobody.</param>
    private sealed record Part(PatientIdentifier? Patient)
    {
        public List<MappedResource> Resources { get; } = [];
    }
}
