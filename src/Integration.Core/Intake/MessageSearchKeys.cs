using Integration.Core.Identity;
using Integration.Core.Mapping;
using Integration.Core.Records;

namespace Integration.Core.Intake;

/// <summary>
/// By what a message is found besides its ids: names of its patients and their pinyin initials, phones and their last four digits, and the numbers of
/// its visits, orders, specimens, reports, studies, appointments and accounts. Folded like what people type, see <see cref="Fold"/>.
/// </summary>
internal static class MessageSearchKeys
{
    /// <summary>A message about very many things is found by the first of them: each key costs a place in an index.</summary>
    private const int MaxKeys = 60;

    /// <summary>Digits of a phone that people remember.</summary>
    private const int TailDigits = 4;

    // Numbers of people and places are left out: they stand in every message of a ward.
    private static readonly HashSet<string> Numbered = new(StringComparer.Ordinal)
    {
        "Encounter", "ServiceRequest", "Specimen", "DiagnosticReport", "ImagingStudy", "DocumentReference", "MedicationRequest", "Appointment", "Account",
        "Invoice",
    };

    /// <summary>What is typed and what is stored, made alike: lower case, half width, without spaces.</summary>
    public static string Fold(string text) => SearchKeys.FoldName(text);

    /// <summary>Keys of a message besides the identifiers of its patients, each once; empty when it was not mapped.</summary>
    public static IReadOnlyList<string> Of(MappingResult? mapping)
    {
        if (mapping is null)
        {
            return [];
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in mapping.WithFollowing())
        {
            foreach (var resource in part.Resources)
            {
                Add(resource, keys);
            }
        }

        keys.Remove("");
        return keys.Count <= MaxKeys ? [.. keys] : [.. keys.Take(MaxKeys)];
    }

    /// <summary>Every key under which the index holds a message.</summary>
    public static IReadOnlyList<string> AllOf(JournaledMessage message)
    {
        if (message.Identifiers.Count == 0)
        {
            return message.SearchKeys;
        }

        var keys = new HashSet<string>(message.Identifiers.Count + message.SearchKeys.Count, StringComparer.Ordinal);
        foreach (var identifier in message.Identifiers)
        {
            keys.Add(Fold(identifier));
        }

        keys.UnionWith(message.SearchKeys);
        return [.. keys];
    }

    private static void Add(MappedResource resource, HashSet<string> keys)
    {
        if (resource.Type == "Patient")
        {
            AddPerson(resource.Draft, keys);
        }
        else if (Numbered.Contains(resource.Type))
        {
            foreach (var number in Texts(resource.Draft, "identifier", "value"))
            {
                keys.Add(Fold(number));
            }
        }
    }

    private static void AddPerson(DraftNode patient, HashSet<string> keys)
    {
        foreach (var name in patient.Objects("name"))
        {
            if (PatientResources.NameOf(name) is { Length: > 0 } text)
            {
                keys.Add(Fold(text));
                keys.Add(PinyinInitials.Of(text) ?? "");
            }
        }

        foreach (var phone in Texts(patient, "telecom", "value"))
        {
            if (SearchKeys.PhoneDigits(phone) is { Length: >= TailDigits } digits)
            {
                keys.Add(digits);
                keys.Add(digits[^TailDigits..]);
            }
        }
    }

    private static IEnumerable<string> Texts(DraftNode resource, string list, string property) =>
        resource.Objects(list).Select(entry => entry.TextAt(property)).OfType<string>();
}
