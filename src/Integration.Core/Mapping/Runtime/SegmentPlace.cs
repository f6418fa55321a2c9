using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>Where sorting put a segment of the message.</summary>
/// <param name="Frame">Null for a segment that no mapping knows.</param>
/// <param name="Member">Its position in the frame.</param>
/// <param name="Outer">For a segment that opened the frame, its position in the frame around, which has it as well; else -1.</param>
internal readonly record struct SegmentPlace(ISourceSegment Segment, MapFrame? Frame, int Member, int Outer)
{
    /// <summary>Nothing of it is read.</summary>
    public bool IsIgnored => Frame is null || (Frame.Ignores(Member) && (Outer < 0 || Frame.Parent!.Ignores(Outer)));

    /// <summary>Whether some rule read the field.</summary>
    public bool Reads(int field) => Frame!.Reads(Member, field) || (Outer >= 0 && Frame.Parent!.Reads(Outer, field));
}
