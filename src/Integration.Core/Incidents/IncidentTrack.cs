namespace Integration.Core.Incidents;

/// <summary>What is to be done about an incident after a look.</summary>
internal enum IncidentStep
{
    Nothing,
    Open,
    Recover,
}

/// <summary>
/// How one kind of trouble with one subject goes on from look to look: decides when it is an incident, and when that is over. Trouble that comes and
/// goes is one trouble until it has stayed away for the grace. In memory: after a restart it begins anew from what is open in the store.
/// </summary>
internal sealed class IncidentTrack
{
    /// <summary>So often must trouble have begun to be opened while a look happens to find it away.</summary>
    private const int FlapsToOpen = 3;

    private DateTimeOffset? _goodSince;
    private DateTimeOffset? _uncountedUntil;

    /// <summary>When the trouble began; null when there is none.</summary>
    public DateTimeOffset? TroubleSince { get; private set; }

    /// <summary>When it was last seen; null when there is none.</summary>
    public DateTimeOffset? LastBad { get; private set; }

    /// <summary>Since when it is away; null while it is there, and when there is none.</summary>
    public DateTimeOffset? ClearSince { get; private set; }

    /// <summary>How many times it began.</summary>
    public int Occurrences { get; private set; }

    /// <summary>What the last bad look found; null before one.</summary>
    public Observation? Found { get; private set; }

    /// <summary>Takes over what the store holds open.</summary>
    public void Adopt(IncidentDocument open)
    {
        TroubleSince ??= open.Since;
        LastBad ??= open.LastSeen;
        Occurrences = Math.Max(Occurrences, open.Occurrences);
    }

    /// <param name="grace">How long the trouble must stay away to be over.</param>
    public IncidentStep Observe(Observation seen, bool isOpen, TimeSpan grace, DateTimeOffset now) => seen.Condition switch
    {
        Condition.Bad => Bad(seen, isOpen, now),
        Condition.Good => Good(seen, isOpen, grace, now),
        _ => Unknown(isOpen, now),
    };

    /// <summary>Forgets the trouble.</summary>
    public void Reset()
    {
        (TroubleSince, LastBad, Found, ClearSince) = (null, null, null, null);
        Occurrences = 0;
    }

    private IncidentStep Bad(Observation seen, bool isOpen, DateTimeOffset now)
    {
        if (TroubleSince is null)
        {
            var since = seen.Since < now ? seen.Since.Value : now;
            TroubleSince = since < _uncountedUntil ? _uncountedUntil : since;
            Occurrences = 1;
        }
        else if (ClearSince is not null)
        {
            Occurrences++;
        }

        (ClearSince, _goodSince) = (null, null);
        (LastBad, Found) = (now, seen);
        return !isOpen && now - TroubleSince >= seen.After ? IncidentStep.Open : IncidentStep.Nothing;
    }

    private IncidentStep Good(Observation seen, bool isOpen, TimeSpan grace, DateTimeOffset now)
    {
        // It is good since another moment than at the last look: there was trouble between the two.
        if (_goodSince is { } before && seen.Since is { } later && later > before)
        {
            TroubleSince ??= later;
            Occurrences++;
            (LastBad, ClearSince) = (later, later);
        }

        _goodSince = seen.Since;
        if (TroubleSince is null)
        {
            return IncidentStep.Nothing;
        }

        ClearSince ??= seen.Since > LastBad ? seen.Since : now;
        if (isOpen && now - ClearSince >= grace)
        {
            return IncidentStep.Recover;
        }

        // It lasted long enough, though nothing could be written then; or it comes and goes too fast for a look to meet it.
        var after = (Found ?? seen).After;
        var lasted = Found is not null && LastBad - TroubleSince >= after;
        var flaps = Occurrences >= FlapsToOpen && now - TroubleSince >= after;
        if (!isOpen && (lasted || flaps))
        {
            Found ??= seen;
            return IncidentStep.Open;
        }

        if (!isOpen && now - ClearSince >= grace)
        {
            Reset();
        }

        return IncidentStep.Nothing;
    }

    private IncidentStep Unknown(bool isOpen, DateTimeOffset now)
    {
        if (!isOpen)
        {
            Reset();
            _uncountedUntil = now;
        }

        return IncidentStep.Nothing;
    }
}
