using System.Text.Json.Serialization;
using Integration.Core.Records.Export;

namespace Integration.Host.Fhir.Export;

[JsonConverter(typeof(JsonStringEnumConverter<ExportState>))]
internal enum ExportState
{
    Waiting,
    Running,
    Done,
    Failed,
}

/// <summary>One export as it is written down beside its files. Immutable.</summary>
internal sealed record ExportJob
{
    /// <summary>32 hex digits, not to be guessed.</summary>
    public required string Id { get; init; }

    /// <summary>The address that was asked for.</summary>
    public required string Request { get; init; }

    public required DateTimeOffset Asked { get; init; }

    public required ExportState State { get; init; }

    /// <summary>Resource types, in ordinal order; empty: all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    public DateTimeOffset? Since { get; init; }

    /// <summary>Only what belongs to patients.</summary>
    public bool OfPatientsOnly { get; init; }

    /// <summary>Id of the Group whose members are exported; null: everybody.</summary>
    public string? Group { get; init; }

    /// <summary>The moment that the next export of changes may begin with; null before it runs.</summary>
    public DateTimeOffset? TransactionTime { get; init; }

    /// <summary>When it was done or failed; null before.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>The files, once it is done.</summary>
    public IReadOnlyList<ExportFile> Files { get; init; } = [];

    /// <summary>Why it failed; null: it did not.</summary>
    public string? Problem { get; init; }

    [JsonIgnore]
    public bool IsEnded => State is ExportState.Done or ExportState.Failed;

    /// <param name="owners">Golden records of the Group's members; null: no Group.</param>
    public ExportSelection Selection(IReadOnlyList<string>? owners) => new()
    {
        Types = Types.ToHashSet(StringComparer.Ordinal),
        Since = Since,
        OfPatientsOnly = OfPatientsOnly,
        Owners = owners,
    };
}

/// <param name="Name">In the folder of the export.</param>
/// <param name="Type">Resource type of its lines: <c>Bundle</c> for deletions.</param>
/// <param name="Count">Lines.</param>
internal sealed record ExportFile(string Name, string Type, long Count, bool IsDeletions);
