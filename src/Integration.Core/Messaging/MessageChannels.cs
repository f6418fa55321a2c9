namespace Integration.Core.Messaging;

/// <summary>Ways to a patient that templates and gateways know.</summary>
public static class MessageChannels
{
    /// <summary>Text message to a phone.</summary>
    public const string Sms = "sms";

    /// <summary>Message to a WeChat account.</summary>
    public const string WeChat = "wechat";

    /// <summary>Call that speaks the text.</summary>
    public const string Voice = "voice";

    /// <summary>E-mail.</summary>
    public const string Email = "email";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Sms, WeChat, Voice, Email];
}
