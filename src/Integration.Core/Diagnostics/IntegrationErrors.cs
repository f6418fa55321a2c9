using static Integration.Core.Diagnostics.IntegrationErrorCode;

namespace Integration.Core.Diagnostics;

/// <summary>What an error code means and what to do about it, in both languages of the console.</summary>
public sealed record IntegrationErrorText(string Title, string Remedy, string TitleZh, string RemedyZh);

/// <summary>Title and remedy of every <see cref="IntegrationErrorCode"/>; a test holds it complete.</summary>
public static class IntegrationErrors
{
    public static IReadOnlyDictionary<IntegrationErrorCode, IntegrationErrorText> All { get; } = new Dictionary<IntegrationErrorCode, IntegrationErrorText>
    {
        [FrameTooLong] = new("Message longer than allowed", "Raise MaxMessageBytes of the feed, or have the sender split it.",
            "消息超过允许长度", "提高该接口的 MaxMessageBytes，或请发送方拆分消息。"),
        [FrameIncomplete] = new("Connection ended inside a message", "Nothing was acknowledged; the sender sends it again. Check the network if it recurs.",
            "连接在消息中途断开", "该消息未被确认，发送方会重发；若反复出现请检查网络。"),
        [HeaderUnreadable] = new("Message header cannot be read", "Look at the raw bytes; the sender must begin each message with MSH.",
            "无法读取消息头", "请查看原始字节；发送方的每条消息必须以 MSH 开头。"),
        [ControlIdReused] = new("Control id used before for other content", "Both are kept. Have the sender give every message its own MSH-10.",
            "控制号重复但内容不同", "两条消息均已保留；请发送方为每条消息使用唯一的 MSH-10。"),
        [IntegrationErrorCode.StoreUnavailable] = new("Store could not take the message", "See the health page; the sender keeps it and sends it again.",
            "存储暂不可用", "请查看健康状态；发送方会保留并重发该消息。"),
        [SequenceGap] = new("Messages before it are missing", "Have the sender send the numbers named again; they are listed with the feed's gaps until they arrive.",
            "之前的消息缺失", "请发送方重发所列序号；到达之前会一直列在该接口的缺号中。"),
        [NotHl7] = new("Not an HL7 v2 message", "Check that the sender is wired to the right feed.", "不是 HL7 v2 消息", "请检查发送方是否接到了正确的接口。"),
        [DelimitersInvalid] = new("Delimiters in MSH-1 or MSH-2 cannot be used", "Five different characters are needed, normally |^~\\&.",
            "MSH-1/MSH-2 分隔符无效", "需要五个不同的字符，通常为 |^~\\&。"),
        [CharsetUnknown] = new("Character set in MSH-18 is not known", "Set Charset of the feed to what the sender really writes.",
            "MSH-18 字符集未知", "请将接口的 Charset 设为发送方实际使用的字符集。"),
        [CharsetMismatch] = new("Bytes do not fit the declared character set", "Read as the set that fits. Have the sender correct MSH-18, or set Charset of the feed.",
            "字节与声明的字符集不符", "已按相符的字符集读取；请发送方更正 MSH-18，或设置接口的 Charset。"),
        [UnknownEscape] = new("Escape sequence is not known", "Kept as sent; nothing to do unless the text looks wrong.", "未知的转义序列", "已按原样保留；若文本异常请联系发送方。"),
        [SegmentNameInvalid] = new("A line does not begin with a segment name", "Have the sender escape line ends inside fields (\\.br\\).",
            "某行不以段名开头", "请发送方对字段中的换行使用转义（\\.br\\）。"),
        [RequiredSegmentMissing] = new("A segment that the message needs is missing", "Have the sender include it.", "缺少必需的段", "请发送方补充该段。"),
        [NestingTooDeep] = new("Message is nested too deeply", "Have the sender look at it; no valid message is.", "消息嵌套过深", "请发送方检查，正常消息不会如此。"),
        [NoMappingForMessage] = new("No mapping for this kind of message", "Add mappings/hl7v2/messages/TYPE_EVENT.yaml, then replay; or leave it here.",
            "没有该类消息的映射", "请添加 mappings/hl7v2/messages/TYPE_EVENT.yaml 后重放，或保留在此。"),
        [ValueNotConvertible] = new("A value cannot be converted", "Look at the place named; correct the source or the mapping, then replay.",
            "值无法转换", "请查看所指位置，更正源数据或映射后重放。"),
        [CodeNotMapped] = new("A code is in no code map", "Add it to the code map named under mappings/hl7v2/codesystems.", "代码未映射", "请在 mappings/hl7v2/codesystems 下的代码表中添加。"),
        [RequiredValueMissing] = new("A value that the mapping needs is missing", "Have the sender fill the place named.", "缺少映射所需的值", "请发送方填写所指位置。"),
        [IdentifierMissing] = new("Nothing identifies the resource", "Have the sender fill one of the places named.", "缺少业务标识", "请发送方填写所指位置之一。"),
        [FieldNotRead] = new("A field was sent that no mapping reads", "Map it if it matters; it stays in the raw message either way.",
            "字段未被任何映射读取", "如需要请添加映射；原始消息中始终保留。"),
        [ResourceIncomplete] = new("A resource was left out because FHIR requires what was not sent", "Have the sender fill the place named.",
            "因缺少 FHIR 必需内容而略去资源", "请发送方填写所指位置。"),
        [PatientIdentifierMissing] = new("The message names no patient", "Have the sender fill PID-3, then replay.", "消息未指明患者", "请发送方填写 PID-3 后重放。"),
        [ResidentIdInvalid] = new("Resident id fails its check digit", "Kept, but not used to find the person.", "身份证号校验失败", "已保留，但不用于识别患者。"),
        [ResidentIdContradicts] = new("Resident id belongs to another person by name, sex or birth date", "Decide in link reviews; nothing was linked.",
            "身份证号与姓名、性别或出生日期矛盾", "请在关联审核中处理；未做任何关联。"),
        [MergeSourceUnknown] = new("The number merged away was never seen", "Nothing to move; later messages for it go to the surviving record.",
            "被合并的号码从未出现", "无数据可移动；其后续消息将归入保留的记录。"),
        [MergeIntoItself] = new("Merge names the same number twice", "Have the sender correct PID-3 or MRG-1.", "合并的两个号码相同", "请发送方更正 PID-3 或 MRG-1。"),
        [OlderThanRecord] = new("The record already knew something newer", "Nothing to do: older facts fill gaps and never overwrite.",
            "记录中已有更新的信息", "无需处理：旧信息只补空缺，不覆盖。"),
        [TooManyConflicts] = new("The record was changed by others at every try", "Replay the message.", "记录持续被并发修改", "请重放该消息。"),
        [ChangedPatient] = new("A visit or result belonged to another patient before", "Check in the source whose it is; a number that the source uses twice needs an authority of its own.",
            "该就诊或结果原属于另一患者", "请在来源系统核实归属；若编号被重复使用，请为其设置独立的分配机构。"),
        [InternalFault] = new("The engine itself failed on this message", "Report it with the message id; replay after an update.",
            "引擎处理该消息时出错", "请附消息编号报告；更新后可重放。"),
        [ProcessDied] = new("The process died each time it ran this message", "Set aside so that others go on. Report it with the message id; replay after an update.",
            "每次处理该消息时进程都终止", "已搁置，其他消息继续处理。请附消息编号报告；更新后可重放。"),
        [StageHung] = new("A stage did not come to an end on this message", "Set aside so that others go on. Report it with the message id; replay after an update.",
            "某处理步骤未能在该消息上结束", "已搁置，其他消息继续处理。请附消息编号报告；更新后可重放。"),
    };
}
