using Integration.Core.Mapping.Hl7v2;
using Integration.Core.Mapping.Runtime;

namespace Integration.Core.Mapping.Compilation;

/// <summary>Gathers, while a scope is compiled, which fields of its segments some rule reads.</summary>
/// <param name="ownSlots">See <see cref="ScopePlan.OwnSlots"/>.</param>
/// <param name="around">Of the scope around; null for the message as a whole.</param>
internal sealed class ReadFields(CompileContext context, int[] ownSlots, ReadFields? around)
{
    private readonly Dictionary<int, SegmentReading> _readings = [];
    private readonly int[] _ownSlots = ownSlots;
    private readonly ReadFields? _around = around;

    /// <summary>Fields read whatever the steps do.</summary>
    public void AddAlways(IEnumerable<(string Segment, int Field)> fields) => Add(fields, reading => reading.Always);

    /// <summary>What a step's condition reads, on the segment itself whether or not the step then runs.</summary>
    public void AddCondition(MapUses uses)
    {
        AddAlways(uses.OfItself);
        AddOthers(uses);
    }

    /// <summary>What a segment map reads where it runs.</summary>
    public void AddMap(MapUses uses)
    {
        Add(uses.OfItself, reading => reading.Mapped);
        AddOthers(uses);
    }

    /// <summary>By slot; null for a segment of which nothing is read here.</summary>
    public SegmentReading?[] Build()
    {
        var built = new SegmentReading?[context.Slots.Count];
        foreach (var (slot, reading) in _readings)
        {
            built[slot] = reading;
        }

        return built;
    }

    private void AddOthers(MapUses uses)
    {
        Add(uses.OfEach, reading => reading.Always);
        Add(uses.OfFirst, reading => reading.First);
    }

    private void Add(IEnumerable<(string Segment, int Field)> fields, Func<SegmentReading, bool[]> which)
    {
        foreach (var (segment, field) in fields)
        {
            var slot = context.Slots.NumberOf(segment);
            var owner = this;
            while (owner._around is not null && owner._ownSlots[slot] < 0)
            {
                owner = owner._around;
            }

            if (!owner._readings.TryGetValue(slot, out var reading))
            {
                var known = Hl7Tables.Fields(segment);
                owner._readings[slot] = reading = new SegmentReading(Math.Max(known?.Count ?? context.Columns.GetValueOrDefault(segment)?.Count ?? 0, 127));

                // Set ids only count the segments.
                reading.Always[1] = known is not null && known[0].Datatypes.Contains("SI");
            }

            which(reading)[field] = true;
        }
    }
}
