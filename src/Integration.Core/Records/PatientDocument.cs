using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>A document of <c>patients</c>: the patient-360 summary of one golden record, made from its resources alone.</summary>
public sealed record PatientDocument
{
    /// <summary>Golden record id.</summary>
    public required string Id { get; init; }

    /// <summary>Set when this record was merged away: where it went. Its sections are then empty.</summary>
    public string? MergedInto { get; init; }

    public required PatientDemographics Demographics { get; init; }

    public IReadOnlyList<SummaryIdentifier> Identifiers { get; init; } = [];

    /// <summary>Related persons and next of kin.</summary>
    public IReadOnlyList<SummaryEntry> Contacts { get; init; } = [];

    /// <summary>One section a domain, by section name (<c>encounters</c>, <c>results</c> …), in a fixed order.</summary>
    public IReadOnlyList<SummarySection> Sections { get; init; } = [];

    /// <summary>Number of resources of each type, ordinal order of type.</summary>
    public IReadOnlyDictionary<string, int> ResourceCounts { get; init; } = new SortedDictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Search keys: every name folded to lower case without spaces, and the initials of its pinyin.</summary>
    public IReadOnlyList<string> NameKeys { get; init; } = [];

    /// <summary>Search keys: <c>authority|value</c> and the bare value of every identifier.</summary>
    public IReadOnlyList<string> IdentifierKeys { get; init; } = [];

    /// <summary>Search keys: every phone's digits, and its last four.</summary>
    public IReadOnlyList<string> PhoneKeys { get; init; } = [];

    /// <summary>Latest event time of anything in it (UTC).</summary>
    public required DateTimeOffset LastEvent { get; init; }

    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>Who it is. Null: no source said so.</summary>
/// <param name="BirthDate">FHIR date, with the precision that was sent.</param>
public sealed record PatientDemographics(
    string? Name, string? Gender, [property: FhirTime] string? BirthDate, bool Deceased, IReadOnlyList<string> OtherNames, IReadOnlyList<string> Phones,
    string? Address, string? MaritalStatus);

/// <summary>One number of a person, as FHIR has it.</summary>
/// <param name="System">URI of who gave it; empty when not known.</param>
/// <param name="Type">HL7 table 0203 code; null when not sent.</param>
public sealed record SummaryIdentifier(string System, string Value, string? Type);

/// <summary>One line of a section.</summary>
/// <param name="Reference"><c>Type/id</c> of the resource it comes from.</param>
/// <param name="Time">When it applies (UTC); null when not known.</param>
/// <param name="Title">e.g. the name of the test, the ward.</param>
/// <param name="Detail">e.g. value with unit, discharge time; null when there is none.</param>
/// <param name="Status">FHIR status code of the resource; null when the type has none.</param>
/// <param name="Flag">HL7 table 0078 for results (<c>H</c>, <c>LL</c> …); null when normal or not applicable.</param>
public sealed record SummaryEntry(string Reference, DateTimeOffset? Time, string Title, string? Detail, string? Status, string? Flag)
{
    /// <summary>Address of http or https where a person sees it, an imaging study; null when there is none.</summary>
    public string? Link { get; init; }
}

/// <summary>A domain of the record: how many entries there are, and the latest of them.</summary>
/// <param name="Name">encounters, diagnoses, allergies, results, reports, coverage, appointments, charges, orders …</param>
/// <param name="Count">All entries, also those not listed.</param>
/// <param name="Latest">Newest first, at most <see cref="MaxEntries"/>.</param>
public sealed record SummarySection(string Name, int Count, IReadOnlyList<SummaryEntry> Latest)
{
    /// <summary>Keeps a summary compact whatever its patient has been through; the rest is in the resources.</summary>
    public const int MaxEntries = 10;
}
