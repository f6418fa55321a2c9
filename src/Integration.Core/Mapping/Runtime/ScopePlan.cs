namespace Integration.Core.Mapping.Runtime;

/// <summary>What to do with one group of segments (or the whole message): the compiled steps and which segments belong to it.</summary>
internal sealed class ScopePlan
{
    /// <summary>By segment slot: position among the group's own segments; -1 when they belong to a group around it.</summary>
    public required int[] OwnSlots { get; init; }

    public required int OwnSlotCount { get; init; }

    /// <summary>By segment slot: whether it belongs here even though it opens nothing.</summary>
    public required bool[] Holds { get; init; }

    /// <summary>Slots that open the group, in their order inside one. Empty for the whole message.</summary>
    public required int[] Opens { get; init; }

    public required ScopePlan[] Groups { get; init; }

    public required StepPlan[] Steps { get; init; }

    /// <summary>By resource name: whether some rule gathers all of that name here.</summary>
    public required bool[] Collects { get; init; }

    /// <summary>By segment slot: what is read of such segments here; null for nothing.</summary>
    public required SegmentReading?[] Reading { get; init; }

    public int NameCount => Collects.Length;

    public int ExpectedMembers => Opens.Length == 0 ? 16 : 2;

    /// <summary>Position of the slot in <see cref="Opens"/>, -1 when it opens nothing.</summary>
    public int OpenerPosition(int slot) => Array.IndexOf(Opens, slot);
}

/// <summary>One step: a segment map for each segment of a name, or the steps of a group for each of its groups. One of both is set.</summary>
internal sealed class StepPlan
{
    public int Slot { get; init; } = -1;

    public SegmentPlan? Segment { get; init; }

    public Condition? When { get; init; }

    /// <summary>Index of the name other maps refer to; -1 when there is none.</summary>
    public int Name { get; init; } = -1;

    public bool OccursOnce { get; init; }

    /// <summary>See <see cref="MappedResource.Moves"/>.</summary>
    public bool Moves { get; init; }

    /// <summary>Other messages make the thing too: it stays when the row is gone.</summary>
    public bool Stays { get; init; }

    /// <summary>Name of the segment, for issues.</summary>
    public string SegmentName { get; init; } = "";

    public ScopePlan? Group { get; init; }
}

/// <summary>The plan of one message type.</summary>
/// <param name="IsReferenceData">See <see cref="MappingResult.IsReferenceData"/>.</param>
internal sealed record MessagePlan(string Name, ScopePlan Root, bool IsReferenceData)
{
    /// <summary>Names of the segments of which each begins one of two people; empty for a message about one.</summary>
    public IReadOnlyList<string> Patients { get; init; } = [];

    /// <summary>See <see cref="MappingResult.Relation"/>.</summary>
    public PatientRelation Relation { get; init; }
}

/// <summary>Which fields of a segment some rule reads, by field number.</summary>
internal sealed class SegmentReading(int lastField)
{
    /// <summary>Read of every such segment in the group.</summary>
    public bool[] Always { get; } = new bool[lastField + 1];

    /// <summary>Read of the first one only.</summary>
    public bool[] First { get; } = new bool[lastField + 1];

    /// <summary>Read where a step ran on the segment.</summary>
    public bool[] Mapped { get; } = new bool[lastField + 1];

    public bool Reads(int field, bool isFirst, bool isMapped) =>
        field < Always.Length && (Always[field] || (isFirst && First[field]) || (isMapped && Mapped[field]));
}
