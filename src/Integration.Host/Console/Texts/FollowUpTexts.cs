using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Sending;

namespace Integration.Host.Console.Texts;

/// <summary>Texts of the pages about due work.</summary>
internal static class FollowUpTexts
{
    public static readonly Text Title = new("Due work", "随访");
    public static readonly Text Lead = new("What rules made due: who is to be called, told or examined, and what became of it.", "按规则到期的工作：应联系、提醒或复查的患者及其结果。");
    public static readonly Text None = new("Nothing is due here", "没有符合条件的随访");
    public static readonly Text NoneRemedy = new(
        "Rules under mappings/follow-ups plan work when messages tell of visits, results and appointments.", "mappings/follow-ups 下的规则会在收到就诊、检验、预约等消息时生成随访。");
    public static readonly Text Rule = new("Rule", "规则");
    public static readonly Text Due = new("Due", "到期");
    public static readonly Text Team = new("Team", "小组");
    public static readonly Text Department = new("Department", "科室");
    public static readonly Text Owner = new("For", "责任人");
    public static readonly Text Assignee = new("Assignee", "处理人");
    public static readonly Text Patient = new("Patient", "患者");
    public static readonly Text Overdue = new("Overdue", "逾期");
    public static readonly Text Why = new("Reason", "原因");
    public static readonly Text Mine = new("Mine", "我的");
    public static readonly Text AllOpen = new("All", "全部");
    public static readonly Text Filter = new("Show", "查询");
    public static readonly Text Planned = new("Planned by", "来源");
    public static readonly Text Resource = new("Resource", "资源");
    public static readonly Text Attempts = new("Attempts", "联系记录");
    public static readonly Text Comments = new("Remarks", "备注");
    public static readonly Text Result = new("Result", "结果");
    public static readonly Text Note = new("Note", "说明");
    public static readonly Text Outcome = new("Outcome", "随访结果");
    public static readonly Text Answers = new("Answers", "问卷回答");
    public static readonly Text FinishWithAnswers = new("Done with these answers", "提交问卷并完成");
    public static readonly Text WrongAnswers = new("Some answers do not fit. The questions are marked; nothing was stored.", "部分回答不符合要求，已在题目处标出；尚未保存。");
    public static readonly Text Yes = new("Yes", "是");
    public static readonly Text No = new("No", "否");
    public static readonly Text Other = new("Other:", "其他：");
    public static readonly Text ListSeparator = new(", ", "、");
    public static readonly Text WrongAnswer = new("This answer is missing or does not fit.", "此题未作答或回答不符合要求。");
    public static readonly Text Claim = new("Take it", "领取");
    public static readonly Text Release = new("Give back", "退回");
    public static readonly Text Assign = new("Assign to", "分派给");
    public static readonly Text AssignNow = new("Assign", "分派");
    public static readonly Text Next = new("What to do", "处理");
    public static readonly Text Comment = new("Add remark", "添加备注");
    public static readonly Text Attempt = new("Not reached", "未联系上");
    public static readonly Text Finish = new("Done", "完成");
    public static readonly Text Refuse = new("Refused", "拒访");
    public static readonly Text Lose = new("Lost", "失访");
    public static readonly Text Cancel = new("Cancel", "取消");
    public static readonly Text Reopen = new("Take up again", "重新打开");
    public static readonly Text NotNow = new("Not possible as the work stands now.", "当前状态下无法执行该操作。");
    public static readonly Text NotFound = new("No work has this id", "没有此编号的随访");
    public static readonly Text NotFoundRemedy = new("Choose one from the list.", "请从列表中选择。");

    public static readonly IReadOnlyDictionary<FollowUpState, Text> States = new Dictionary<FollowUpState, Text>
    {
        [FollowUpState.Planned] = new("planned", "计划"),
        [FollowUpState.Due] = new("due", "到期"),
        [FollowUpState.Claimed] = new("taken", "已领取"),
        [FollowUpState.Attempted] = new("tried", "已尝试"),
        [FollowUpState.Done] = new("done", "完成"),
        [FollowUpState.Refused] = new("refused", "拒访"),
        [FollowUpState.Lost] = new("lost", "失访"),
        [FollowUpState.Cancelled] = new("cancelled", "取消"),
        [FollowUpState.Dead] = new("rule fails", "规则出错"),
    };

    public static readonly IReadOnlyDictionary<string, Text> Reasons = new Dictionary<string, Text>
    {
        [FollowUpReasons.Sent] = new("told the patient", "已通知患者"),
        [FollowUpReasons.Bundled] = new("told in another message", "已并入其他消息"),
        [FollowUpReasons.Stopped] = new("a stop condition came about", "满足停止条件"),
        [FollowUpReasons.ConditionGone] = new("the condition holds no longer", "条件不再满足"),
        [FollowUpReasons.NotNeeded] = new("what it needs is not in the record", "档案中不具备所需条件"),
        [FollowUpReasons.Moved] = new("due at another time", "改期"),
        [FollowUpReasons.Superseded] = new("a later episode took its place", "被新的随访取代"),
        [FollowUpReasons.Deceased] = new("the patient died", "患者已故"),
        [FollowUpReasons.OptedOut] = new("the patient wants no messages", "患者已退订"),
        [FollowUpReasons.NoConsent] = new("no consent to marketing", "未同意营销"),
        [FollowUpReasons.RecordGone] = new("no longer in the record", "档案中已不存在"),
        [FollowUpReasons.RuleGone] = new("the rule is gone or rests", "规则已删除或停用"),
        [FollowUpReasons.Missed] = new("its time passed", "已错过时间"),
        [FollowUpReasons.TooLate] = new("too late", "过期太久"),
        [FollowUpReasons.Late] = new("late: decide whether it still matters", "已迟：请判断是否仍需处理"),
        [FollowUpReasons.NotReached] = new("no message arrived: call", "消息均未送达，请人工联系"),
        [FollowUpReasons.Person] = new("decided by a person", "人工取消"),
        [FollowUpReasons.AttemptsUsedUp] = new("all tries used up", "尝试次数用尽"),
        [FollowUpReasons.RuleFailed] = new("the rule fails on the record", "规则对该档案求值出错"),
    };

    private static readonly Dictionary<string, Text> Results = new()
    {
        [FollowUpConsoleActions.NotReached] = Attempt,
        [SentMessages.SentResult] = new("sent", "已发送"),
        [SentMessages.DeliveredResult] = new("arrived", "已送达"),
        [SentMessages.FailedResult] = new("failed", "发送失败"),
    };

    private static readonly Dictionary<string, Text> Channels = new()
    {
        [MessageChannels.Sms] = new("Text message", "短信"),
        [MessageChannels.WeChat] = new("WeChat", "微信"),
        [MessageChannels.Voice] = new("Call", "语音电话"),
        [MessageChannels.Email] = new("E-mail", "邮件"),
    };

    /// <summary>A rule's title; its name where the rule is gone.</summary>
    public static string TitleOf(FollowUpRuleCatalog catalog, string rule) =>
        !catalog.Current.Rules.All.TryGetValue(rule, out var found) ? rule : Text.InChinese ? found.Title.Chinese : found.Title.English;

    /// <summary>A state's word.</summary>
    public static string Of(FollowUpState state) => States[state];

    /// <summary>What came of a try, in words, with the channel that the engine wrote by; another system's own word as it is.</summary>
    public static string OfAttempt(FollowUpAttempt attempt)
    {
        var result = Results.TryGetValue(attempt.Result, out var text) ? text : attempt.Result;
        return attempt.Channel is { } channel && Channels.TryGetValue(channel, out var name) ? $"{name} {result}" : result;
    }

    /// <summary>A channel's name; another one as it is.</summary>
    public static string OfChannel(string channel) => Channels.TryGetValue(channel, out var name) ? name : channel;

    /// <summary>A reason's words; empty for none.</summary>
    public static string Of(string? reason) => reason is null ? "" : Reasons.TryGetValue(reason, out var text) ? text : reason;
}
