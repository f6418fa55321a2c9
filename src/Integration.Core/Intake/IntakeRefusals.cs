namespace Integration.Core.Intake;

/// <summary>When and why intake last refused a message that it would have taken. Safe for many threads.</summary>
public sealed class IntakeRefusals
{
    private volatile Refusal? _last;

    /// <summary>UTC; null when none was refused, or one was taken since.</summary>
    public DateTimeOffset? Last => _last?.At;

    /// <summary>One line; null when none was refused.</summary>
    public string? Reason => _last?.Reason;

    internal void Refused(string reason, DateTimeOffset at) => _last = new Refusal(reason, at);

    internal void Taken() => _last = null;

    private sealed record Refusal(string Reason, DateTimeOffset At);
}
