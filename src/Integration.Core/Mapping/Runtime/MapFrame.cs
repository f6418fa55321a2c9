using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>One group of segments of one message while it is mapped: the whole message, or one order with its results.</summary>
internal sealed class MapFrame(ScopePlan plan, MapFrame? parent)
{
    private readonly ISourceSegment?[] _first = new ISourceSegment?[plan.OwnSlotCount];
    private readonly List<(int Slot, ISourceSegment Segment)> _members = new(plan.ExpectedMembers);
    private bool[]? _mapped;
    private List<MapFrame>? _groups;
    private string?[]? _references;
    private List<string>?[]? _collected;

    public ScopePlan Plan { get; } = plan;

    public MapFrame? Parent { get; } = parent;

    /// <summary>Position in <see cref="ScopePlan.Opens"/> of the latest opening segment; decides whether the next one opens a new group.</summary>
    public int LastOpener { get; set; } = -1;

    public IReadOnlyList<(int Slot, ISourceSegment Segment)> Members => _members;

    public IReadOnlyList<MapFrame> Groups => _groups ?? [];

    public void Add(int slot, ISourceSegment segment)
    {
        _members.Add((slot, segment));
        var own = slot < 0 ? -1 : Plan.OwnSlots[slot];
        if (own >= 0)
        {
            _first[own] ??= segment;
        }
    }

    /// <summary>Notes that a step ran on the member.</summary>
    public void MarkMapped(int member) => (_mapped ??= new bool[_members.Count])[member] = true;

    /// <summary>Whether nothing of such segments is read here.</summary>
    public bool Ignores(int member) => Plan.Reading[_members[member].Slot] is null;

    /// <summary>Whether some rule read the field of the member.</summary>
    public bool Reads(int member, int field)
    {
        var (slot, segment) = _members[member];
        var own = Plan.OwnSlots[slot];
        return Plan.Reading[slot] is { } reading && reading.Reads(field, own >= 0 && ReferenceEquals(_first[own], segment), _mapped?[member] == true);
    }

    public MapFrame Open(ScopePlan group)
    {
        var frame = new MapFrame(group, this);
        (_groups ??= []).Add(frame);
        return frame;
    }

    /// <summary>The first segment of that name in this group or, when the group does not hold such segments, around it; null when there is none.</summary>
    public ISourceSegment? Find(int slot)
    {
        for (var frame = this; frame is not null; frame = frame.Parent)
        {
            var own = frame.Plan.OwnSlots[slot];
            if (own >= 0)
            {
                return frame._first[own];
            }
        }

        return null;
    }

    /// <summary>The frame that owns segments of that name; the frame of the whole message when no group does.</summary>
    public MapFrame OwnerOf(int slot)
    {
        var frame = this;
        while (frame.Plan.OwnSlots[slot] < 0 && frame.Parent is not null)
        {
            frame = frame.Parent;
        }

        return frame;
    }

    /// <summary>Makes a resource known under the name of its step, here and, for rules that gather all of them, in the groups around.</summary>
    public void Name(int name, string reference)
    {
        (_references ??= new string?[Plan.NameCount])[name] ??= reference;
        for (var frame = this; frame is not null; frame = frame.Parent)
        {
            if (frame.Plan.Collects[name])
            {
                frame._collected ??= new List<string>?[Plan.NameCount];
                (frame._collected[name] ??= []).Add(reference);
            }
        }
    }

    /// <summary>Reference to the first resource of that name in this group or around it; null when there is none.</summary>
    public string? Reference(int name)
    {
        for (var frame = this; frame is not null; frame = frame.Parent)
        {
            if (frame._references?[name] is { } reference)
            {
                return reference;
            }
        }

        return null;
    }

    /// <summary>References to all resources of that name made in this group and the groups inside it.</summary>
    public IReadOnlyList<string> References(int name) => _collected?[name] is { } all ? all : [];
}
