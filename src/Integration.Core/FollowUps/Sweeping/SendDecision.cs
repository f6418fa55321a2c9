using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;

namespace Integration.Core.FollowUps.Sweeping;

/// <summary>What is to be done about work whose time has come. Closed set.</summary>
internal abstract record SendDecision
{
    private SendDecision()
    {
    }

    /// <summary>Nobody needs it any more, or it may not be done.</summary>
    public sealed record Cancel(string Reason) : SendDecision;

    /// <summary>Its rule fails on the resource.</summary>
    public sealed record Die : SendDecision;

    /// <summary>Already taken care of: it moved.</summary>
    public sealed record Leave : SendDecision;

    /// <summary>Not at this hour.</summary>
    public sealed record Wait(DateTimeOffset Until) : SendDecision;

    /// <summary>A person is reminded.</summary>
    /// <param name="Reason">Null, or why a person decides what else would have been sent.</param>
    public sealed record Remind(FollowUpRule Rule, FollowUpDocument Work, string? Reason) : SendDecision;

    /// <summary>The patient is told.</summary>
    public sealed record Tell(FollowUpRule Rule, FollowUpDocument Work) : SendDecision;
}
