namespace Integration.Core.Mapping.Runtime;

/// <summary>A compiled source path: leads from where the mapping stands to the values it names, one after another.</summary>
internal abstract class CursorSource
{
    /// <summary>Leads only to parts of the value at the cursor.</summary>
    public virtual bool IsPart => false;

    /// <summary>The next value; <paramref name="state"/> starts at 0. False when there is none left. Positions without a value may be given out.</summary>
    public abstract bool MoveNext(in SourceCursor cursor, ref int state, out SourceCursor item);

    /// <summary>What the value makes of the first place, in order of sources, where it makes something other than a cleared value.</summary>
    public static DraftNode? First(CursorSource[] sources, Value value, in SourceCursor cursor, MapRun run)
    {
        foreach (var source in sources)
        {
            var state = 0;
            while (source.MoveNext(cursor, ref state, out var item))
            {
                if (value.Make(item, run) is { } node && node != MapRun.Cleared)
                {
                    return node;
                }
            }
        }

        return null;
    }
}

/// <summary><c>PID-3</c>, <c>PID-3[2].4</c>: a field of the segment at hand or of the nearest one of that name.</summary>
/// <param name="slot">Slot of the segment, <see cref="AtHand"/> or <see cref="Home"/>.</param>
/// <param name="repetition">0: all of them.</param>
internal sealed class FieldPath(int slot, int field, int repetition, int component, int subcomponent) : CursorSource
{
    /// <summary>The segment that the cursor stands on.</summary>
    public const int AtHand = -1;

    /// <summary>The segment whose map runs.</summary>
    public const int Home = -2;

    public override bool MoveNext(in SourceCursor cursor, ref int state, out SourceCursor item)
    {
        item = default;
        var segment = slot switch
        {
            AtHand => cursor.Segment,
            Home => cursor.Home,
            _ => cursor.Frame.Find(slot),
        };
        if (segment is null)
        {
            return false;
        }

        if (repetition > 0)
        {
            if (state++ > 0)
            {
                return false;
            }

            item = new SourceCursor(cursor.Frame, cursor.Home, segment, field, repetition, component, subcomponent);
            return true;
        }

        if (state >= segment.RepetitionCount(field))
        {
            return false;
        }

        item = new SourceCursor(cursor.Frame, cursor.Home, segment, field, ++state, component, subcomponent);
        return true;
    }
}

/// <summary><c>AIS[*]-11</c>: a field of every segment of that name in the nearest group that holds such segments.</summary>
internal sealed class EachFieldPath(SegmentPath segments, int field, int repetition, int component, int subcomponent) : CursorSource
{
    private readonly FieldPath _field = new(FieldPath.AtHand, field, repetition, component, subcomponent);

    // The state is that of the segments and, in the low half, that of the field in the segment at hand.
    public override bool MoveNext(in SourceCursor cursor, ref int state, out SourceCursor item)
    {
        while (true)
        {
            var (next, inside) = (state >> 16, state & 0xFFFF);
            if (!segments.MoveNext(cursor, ref next, out var segment))
            {
                item = default;
                return false;
            }

            if (_field.MoveNext(segment, ref inside, out item))
            {
                state = (state & ~0xFFFF) | inside;
                return true;
            }

            state = next << 16;
        }
    }
}

/// <summary><c>CX.4</c>, or <c>CX</c> (component 0) for the value at hand.</summary>
internal sealed class PartPath(int component, int subcomponent) : CursorSource
{
    public override bool IsPart => true;

    public override bool MoveNext(in SourceCursor cursor, ref int state, out SourceCursor item)
    {
        item = default;
        if (state++ > 0)
        {
            return false;
        }

        item = component == 0 ? cursor : cursor.Part(component, subcomponent);
        return item.Segment is not null;
    }
}

/// <summary><c>NTE</c>: each segment of that name in the nearest group that holds such segments; rows that are gone are none.</summary>
internal sealed class SegmentPath(int slot) : CursorSource
{
    public override bool MoveNext(in SourceCursor cursor, ref int state, out SourceCursor item)
    {
        var members = cursor.Frame.OwnerOf(slot).Members;
        while (state < members.Count)
        {
            var (memberSlot, segment) = members[state++];
            if (memberSlot == slot && !segment.IsGone)
            {
                item = new SourceCursor(cursor.Frame, cursor.Home, segment);
                return true;
            }
        }

        item = default;
        return false;
    }
}
