namespace Integration.Core.Devices;

/// <summary>A document of <c>deviceBindings</c>: whose readings a device has taken, and takes.</summary>
public sealed record DeviceBindingDocument
{
    /// <summary>Most periods that one device keeps; beyond it the oldest that have ended go.</summary>
    public const int MaxPeriods = 500;

    /// <summary>Id of the device.</summary>
    public required string Id { get; init; }

    /// <summary>Oldest first; they never overlap.</summary>
    public IReadOnlyList<DeviceBinding> Periods { get; init; } = [];

    /// <summary>The binding at that time; null when the device was bound to nobody.</summary>
    public DeviceBinding? At(DateTimeOffset time) => Periods.LastOrDefault(period => period.From <= time && (period.To is null || time < period.To));

    /// <summary>The same device bound from a time on: what held then ends there, and what begins later or within the new period is refused.</summary>
    /// <returns>Null when a later period lies in the way.</returns>
    public DeviceBindingDocument? Bound(DeviceBinding added)
    {
        var kept = new List<DeviceBinding>(Periods.Count + 1);
        foreach (var period in Periods)
        {
            if (period.From < added.From)
            {
                kept.Add(period.To is null || period.To > added.From ? period with { To = added.From } : period);
            }
            else if (period.From == added.From)
            {
                continue;   // said again, or corrected: the new one takes its place
            }
            else if (added.To is null || period.From < added.To)
            {
                return null;
            }
            else
            {
                kept.Add(period);
            }
        }

        kept.Add(added);
        return this with { Periods = [.. kept.OrderBy(period => period.From).TakeLast(MaxPeriods)] };
    }

    /// <summary>The same device bound to nobody from a time on.</summary>
    /// <returns>Null when it is bound to nobody then.</returns>
    public DeviceBindingDocument? Released(DateTimeOffset at) => At(at) is not { } current
        ? null
        : this with { Periods = [.. Periods.Select(period => period == current ? period with { To = at } : period).Where(period => period.To is null || period.To > period.From)] };

    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>One period in which a device measured one person.</summary>
/// <param name="PatientId">Golden record; it may have been merged into another since.</param>
/// <param name="Identity">Key (<c>authority|value</c>) of an identity of that record: what was measured goes with it when identities move.</param>
/// <param name="From">UTC, included.</param>
/// <param name="To">UTC, not included; null: it goes on.</param>
/// <param name="By">Who said so.</param>
/// <param name="At">When it was said (UTC).</param>
public sealed record DeviceBinding(string PatientId, string Identity, DateTimeOffset From, DateTimeOffset? To, string By, DateTimeOffset At);
