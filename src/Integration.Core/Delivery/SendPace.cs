namespace Integration.Core.Delivery;

/// <summary>Gives each attempt its moment, so that a destination gets no more a second than it takes. What was missed is not made up for. Not for several threads.</summary>
/// <param name="perSecond">0: as many as there are.</param>
internal sealed class SendPace(int perSecond)
{
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>How long the attempt has to wait that is to be made now.</summary>
    public TimeSpan Take(DateTimeOffset now)
    {
        if (perSecond == 0)
        {
            return TimeSpan.Zero;
        }

        var moment = _next > now ? _next : now;
        _next = moment + TimeSpan.FromSeconds(1.0 / perSecond);
        return moment - now;
    }
}
