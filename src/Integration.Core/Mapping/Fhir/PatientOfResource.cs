using System.Text.Json;
using Integration.Core.Identity;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Fhir;

/// <summary>Finds out which patient each resource of a message is about, by what it says itself or by what it refers to in the message.</summary>
internal sealed class PatientOfResource
{
    /// <summary>Elements of FHIR R4 types that name the patient that a resource is about, in the order in which they are believed.</summary>
    private static readonly string[] Elements = ["subject", "patient", "beneficiary", "for", "individual", "policyHolder"];

    private readonly SourceReferences _references;
    private readonly Dictionary<string, int> _byUrl = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);   // Type/id at the source
    private readonly IReadOnlyList<FhirEntry> _entries;
    private readonly PatientIdentifier?[] _found;
    private readonly bool[] _isOpen;

    public PatientOfResource(SourceReferences references, IReadOnlyList<FhirEntry> entries)
    {
        (_references, _entries) = (references, entries);
        (_found, _isOpen) = (new PatientIdentifier?[entries.Count], new bool[entries.Count]);
        for (var i = 0; i < entries.Count; i++)
        {
            _byName.TryAdd($"{entries[i].Type}/{SourceReferences.SourceIdOf(entries[i])}", i);
            if (entries[i].FullUrl is { } url)
            {
                _byUrl.TryAdd(url, i);
            }
        }
    }

    /// <summary>The patient of an entry; null when it is about nobody: staff, departments, prices, questionnaires.</summary>
    public PatientIdentifier? Of(int index)
    {
        if (_found[index] is { } known || _isOpen[index])
        {
            return _found[index];
        }

        // Resources may refer to one another in a circle.
        _isOpen[index] = true;
        return _found[index] = Find(_entries[index]);
    }

    private PatientIdentifier? Find(FhirEntry entry)
    {
        if (entry.IsDeletion)
        {
            return null;
        }

        if (entry.Type == "Patient")
        {
            return Survivor(entry.Resource) ?? _references.PatientIdentity(SourceReferences.SourceIdOf(entry));
        }

        foreach (var name in Elements)
        {
            foreach (var reference in FhirJsonElement.Each(FhirJsonElement.Member(entry.Resource, name)))
            {
                if (PatientIn(reference) is { } patient)
                {
                    return patient;
                }
            }
        }

        foreach (var participant in FhirJsonElement.Each(FhirJsonElement.Member(entry.Resource, "participant")))
        {
            if (PatientIn(FhirJsonElement.Member(participant, "actor")) is { } patient)
            {
                return patient;
            }
        }

        return ByNeighbours(entry.Resource);
    }

    /// <summary>A Patient that another one replaces belongs to that (FHIR R4 Patient.link).</summary>
    private PatientIdentifier? Survivor(JsonElement patient) => FhirJsonElement.Each(FhirJsonElement.Member(patient, "link"))
        .Where(link => FhirJsonElement.Text(link, "type") == "replaced-by")
        .Select(link => PatientIn(FhirJsonElement.Member(link, "other"))).FirstOrDefault(other => other is not null);

    private PatientIdentifier? PatientIn(JsonElement reference)
    {
        if (FhirJsonElement.Text(reference, "reference") is { } literal)
        {
            if (_byUrl.TryGetValue(literal, out var at))
            {
                return _entries[at].Type == "Patient" ? Of(at) : null;
            }

            if (_references.Split(literal) is ("Patient", var id))
            {
                return _byName.TryGetValue($"Patient/{id}", out var here) ? Of(here) : _references.PatientIdentity(id);
            }

            return SourceReferences.Conditional(literal) is ("Patient", var system, var value) ? new PatientIdentifier(system, value, null) : null;
        }

        var identifier = FhirJsonElement.Member(reference, "identifier");
        return FhirJsonElement.Text(reference, "type") == "Patient"
            && FhirJsonElement.Text(identifier, "system") is { Length: > 0 } authority && FhirJsonElement.Text(identifier, "value") is { Length: > 0 } number
            ? new PatientIdentifier(authority, number, FhirJsonElement.Text(identifier, "type", "coding", "code"))
            : null;
    }

    /// <summary>What says nothing of a patient and refers to something of the message that does, is about the same: the Provenance of an Observation.</summary>
    private PatientIdentifier? ByNeighbours(JsonElement node)
    {
        switch (node.ValueKind)
        {
            case JsonValueKind.Object when FhirJsonElement.Text(node, "reference") is { } reference:
                var at = _byUrl.TryGetValue(reference, out var byUrl) ? byUrl
                    : _references.Split(reference) is var (type, id) && _byName.TryGetValue($"{type}/{id}", out var byName) ? byName
                    : -1;
                return at >= 0 ? Of(at) : null;
            case JsonValueKind.Object:
                return node.EnumerateObject().Select(member => ByNeighbours(member.Value)).FirstOrDefault(patient => patient is not null);
            case JsonValueKind.Array:
                return node.EnumerateArray().Select(ByNeighbours).FirstOrDefault(patient => patient is not null);
            default:
                return null;
        }
    }
}
