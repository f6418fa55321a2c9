using Integration.Core.Events;
using Integration.Core.Messaging.Sending;

namespace Integration.Host.Console.Texts;

/// <summary>Texts of the pages about events and about messages to patients.</summary>
internal static class EventTexts
{
    public static readonly Text Title = new("Events", "事件");
    public static readonly Text Lead = new("What happened, as it is told to other systems. The newest first.", "向其他系统通知的事件，最新的在前。");
    public static readonly Text None = new("No event fits", "没有符合条件的事件");
    public static readonly Text NoneRemedy = new("Take a filter out. Events are kept as long as the setting Retention:Events says.", "请减少筛选条件。事件按 Retention:Events 设置的时间保留。");
    public static readonly Text AllTypes = new("All types", "全部类型");
    public static readonly Text PatientKey = new("Patient key", "患者键");
    public static readonly Text Until = new("Until the day", "截至日期");
    public static readonly Text SeenBy = new("As seen by", "查看权限");
    public static readonly Text Everything = new("the record (everything)", "本系统（全部内容）");
    public static readonly Text Recorded = new("Committed", "提交时间");
    public static readonly Text Type = new("Type", "类型");
    public static readonly Text Subject = new("About", "对象");
    public static readonly Text Data = new("Data", "内容");
    public static readonly Text Cause = new("Brought by", "来源");

    public static readonly Text MessagesTitle = new("Messages to patients", "患者消息");
    public static readonly Text MessagesLead = new(
        "What was sent to patients by text message, WeChat, call and mail, and what their providers say became of it.", "通过短信、微信、语音和邮件发给患者的消息及其回执。");
    public static readonly Text NoMessages = new("No message fits", "没有符合条件的消息");
    public static readonly Text NoMessagesRemedy = new(
        "Messages go out when due work of a rule with mode auto reaches its time. What the sandbox captured stands with its destination.", "自动模式的随访到期后会发送消息。沙箱拦截的消息见目的地页面。");
    public static readonly Text Channel = new("Channel", "渠道");
    public static readonly Text Destination = new("Destination", "目的地");
    public static readonly Text Work = new("Due work", "随访");
    public static readonly Text Sent = new("Sent", "发送时间");
    public static readonly Text Reason = new("Provider says", "平台说明");
    public static readonly Text Category = new("Kind", "类别");
    public static readonly Text Service = new("service", "服务");
    public static readonly Text Marketing = new("marketing", "营销");

    public static readonly IReadOnlyDictionary<SentMessageState, Text> States = new Dictionary<SentMessageState, Text>
    {
        [SentMessageState.Sent] = new("taken by the provider", "平台已接收"),
        [SentMessageState.Delivered] = new("arrived", "已送达"),
        [SentMessageState.Failed] = new("failed", "发送失败"),
    };

    /// <summary>What a type is, in words; its name where the catalogue knows it no longer.</summary>
    public static string TitleOf(string type) => EventCatalog.Find(type) is not { } found ? type : Text.InChinese ? found.ChineseTitle : found.Title;
}
