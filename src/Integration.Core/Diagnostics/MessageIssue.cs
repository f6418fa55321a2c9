namespace Integration.Core.Diagnostics;

/// <summary>What an issue means for its message.</summary>
public enum IssueSeverity
{
    /// <summary>Worth knowing; nothing was lost.</summary>
    Information,

    /// <summary>The message went through; something in it was not used or looks wrong.</summary>
    Warning,

    /// <summary>The message did not go through and waits in quarantine.</summary>
    Error,
}

/// <summary>One thing that is wrong with one message.</summary>
/// <param name="Place">Where in the source, in the source's own words: <c>PID-3[2].4</c>; empty when the whole message is meant.</param>
/// <param name="Text">One English sentence for an operator. Never a value out of the message: it may be patient data.</param>
public sealed record MessageIssue(IntegrationErrorCode Code, IssueSeverity Severity, string Place, string Text)
{
    public static MessageIssue Error(IntegrationErrorCode code, string place, string text) => new(code, IssueSeverity.Error, place, text);

    public static MessageIssue Warning(IntegrationErrorCode code, string place, string text) => new(code, IssueSeverity.Warning, place, text);

    public static MessageIssue Information(IntegrationErrorCode code, string place, string text) => new(code, IssueSeverity.Information, place, text);
}
