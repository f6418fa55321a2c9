using System.Globalization;
using static Integration.Core.Incidents.IncidentKind;

namespace Integration.Core.Incidents;

/// <summary>Title, text and remedy of every <see cref="IncidentKind"/> in both languages; a test holds it complete.</summary>
public static class IncidentWords
{
    /// <summary>In texts: the name of the feed or destination. Other names in braces are those of facts.</summary>
    private const string Name = "name";

    /// <summary>The patterns; what stands in braces is filled by <see cref="Fill"/>.</summary>
    public static IReadOnlyDictionary<IncidentKind, (IncidentText En, IncidentText Zh)> All { get; } = new Dictionary<IncidentKind, (IncidentText En, IncidentText Zh)>
    {
        [FeedSilent] = (
            new("Feed is silent", "No message of {name} for {minutes} min, which is unusual at this hour.", "Ask whoever runs the source whether its interface sends. On a holiday: acknowledge, and list the day in Incidents:Holidays."),
            new("接口静默", "接口 {name} 已 {minutes} 分钟没有消息，与该时段的规律不符。", "请联系来源系统管理员确认其接口程序是否在发送。若为节假日请确认此告警，并将日期加入 Incidents:Holidays。")),
        [FeedDisconnected] = (
            new("Feed is not connected", "{name} has no connection to its source. {reason}", "Check address, network and the source's listener; the feed goes on connecting by itself."),
            new("接口未连接", "接口 {name} 与来源系统没有连接。{reason}", "请检查地址、网络与来源系统的监听；接口会自动重连。")),
        [FeedFaulted] = (
            new("Feed does not work", "{name} takes nothing. {reason}", "Do what the reason says; the feed goes on by itself once it can."),
            new("接口故障", "接口 {name} 无法接收。{reason}", "请按原因处理；恢复后接口会自动继续。")),
        [FeedBacklog] = (
            new("Messages wait too long", "{waiting} messages of {name} wait, the oldest for {minutes} min.", "Nothing is lost. Look at the store's disk and at what else runs on the machine; see Messages, waiting."),
            new("消息积压", "接口 {name} 有 {waiting} 条消息等待处理，最久已 {minutes} 分钟。", "消息不会丢失。请检查存储磁盘与本机负载，并查看“等待”状态的消息。")),
        [FeedFailures] = (
            new("Many messages fail", "{failed} of {received} messages of {name} failed in the last {minutes} min.", "See Dead letters for the cause; correct the source or the mapping, then retry them."),
            new("大量消息失败", "接口 {name} 最近 {minutes} 分钟收到 {received} 条，失败 {failed} 条。", "请在“失败消息”页查看原因，更正来源或映射后重试。")),
        [IncidentKind.DeadLetters] = (
            new("Failed messages wait for a decision", "{failed} messages of {name} stand in quarantine, the oldest for {days} days.", "See Dead letters: retry, correct or discard them. What they say is not in the record."),
            new("失败消息无人处理", "接口 {name} 有 {failed} 条消息在隔离区，最久已 {days} 天。", "请在“失败消息”页重试、更正或丢弃；其内容尚未进入档案。")),
        [MessageStuck] = (
            new("A message is stuck", "A message of {name} has kept stage {stage} busy for {minutes} min: {message}", "It is set aside by itself after five minutes, and others go on. Report it with the message id."),
            new("消息卡住", "接口 {name} 的一条消息在步骤 {stage} 已停留 {minutes} 分钟：{message}", "五分钟后会自动搁置，其他消息继续处理。请附消息编号报告。")),
        [SequenceGap] = (
            new("Numbers of a sender are missing", "{missing} messages that {sender} counted did not arrive on {name}.", "Have the sender send the numbers again that stand with the feed."),
            new("发送方缺号", "接口 {name} 的发送方 {sender} 有 {missing} 条已编号的消息未到达。", "请发送方重发接口页面列出的序号。")),
        [DestinationAway] = (
            new("Destination does not answer", "{name} cannot be reached; {waiting} deliveries wait. {reason}", "Check address, network and receiver; sending goes on by itself. When it is switched off on purpose: set Downtime."),
            new("目标系统无应答", "无法送达 {name}，{waiting} 条待投递。{reason}", "请检查地址、网络与接收方，恢复后自动继续发送；若为计划停机请设置 Downtime。")),
        [DestinationBacklog] = (
            new("Deliveries wait too long", "{waiting} deliveries to {name} wait, the oldest for {minutes} min.", "The receiver answers too slowly, or refuses: see its last error on Destinations."),
            new("投递积压", "有 {waiting} 条等待投递到 {name}，最久已 {minutes} 分钟。", "接收方应答过慢或拒绝；请在“目标系统”页查看最近的错误。")),
        [DestinationFailures] = (
            new("Deliveries are moved aside", "{failed} deliveries to {name} failed in the last {minutes} min.", "See Destinations, failed; correct record, map or receiver, then retry them."),
            new("投递失败", "最近 {minutes} 分钟有 {failed} 条到 {name} 的投递失败。", "请在“目标系统”页查看失败项，更正档案、映射或接收方后重试。")),
        [CertificateExpiring] = (
            new("Certificate ends", "The certificate {certificate} of {name} ends on {expires} (UTC).", "Have a new one issued and put its file in place; it is taken up without a restart."),
            new("证书即将到期", "{name} 使用的证书 {certificate} 有效至 {expires}（UTC）。", "请签发新证书并替换文件，无需重启即可生效。")),
        [DiskLow] = (
            new("Disk fills up", "{freeMb} MB are free on the store's disk, enough for {days} days at the present growth.", "Make room, or shorten Retention. Intake stops before the disk is full."),
            new("磁盘空间不足", "存储磁盘剩余 {freeMb} MB，按目前增长可用 {days} 天。", "请清理磁盘或缩短 Retention；磁盘写满前会停止接收。")),
        [StoreAway] = (
            new("Store does not answer", "The store cannot be read. {reason}", "Do what the reason says. Nothing acknowledged is lost, and senders keep what is not."),
            new("存储无响应", "无法读取存储。{reason}", "请按原因处理。已确认的消息不会丢失，未确认的由发送方保留。")),
        [IntakeStopped] = (
            new("No message is taken in", "Senders are told to come again. {reason}", "Do what the reason says; intake goes on by itself."),
            new("停止接收消息", "发送方被要求稍后重发。{reason}", "请按原因处理；恢复后自动继续接收。")),
        [MemoryHigh] = (
            new("Memory is short", "The process uses {usedMb} MB of {totalMb} MB.", "See what else runs on the machine; lower Engine:MaxHeldMb or the store's cache, or give it more memory."),
            new("内存不足", "进程已使用 {usedMb} MB，共 {totalMb} MB。", "请检查本机其他进程；可降低 Engine:MaxHeldMb 或存储缓存，或增加内存。")),
        [ComplaintCluster] = (
            new("Complaints of one matter", "{complaints} complaints about {matter} ({name}) came within {days} days.", "Look at them together with the department they are about; see due work of the complaint rules."),
            new("投诉集中", "{days} 天内收到 {complaints} 起关于“{matter}”（{name}）的投诉。", "请会同被投诉科室一并核查；相关待办见投诉规则的随访任务。")),
    };

    /// <summary>The words of one incident.</summary>
    /// <param name="facts">What the patterns name in braces; what is not there shows as a dash.</param>
    public static (IncidentText En, IncidentText Zh) Of(IncidentKind kind, string subject, IReadOnlyDictionary<string, string> facts)
    {
        var (en, zh) = All[kind];
        return (en with { Text = Fill(en.Text, subject, facts) }, zh with { Text = Fill(zh.Text, subject, facts) });
    }

    /// <summary>A figure of a text.</summary>
    internal static string Number(double value) => Math.Floor(value).ToString("0", CultureInfo.InvariantCulture);

    private static string Fill(string pattern, string subject, IReadOnlyDictionary<string, string> facts)
    {
        var parts = pattern.Split('{', '}');   // every second one stood in braces
        for (var i = 1; i < parts.Length; i += 2)
        {
            parts[i] = parts[i] == Name ? IncidentSubjects.NameOf(subject) : facts.GetValueOrDefault(parts[i], "–");
        }

        return string.Concat(parts).TrimEnd();
    }
}
