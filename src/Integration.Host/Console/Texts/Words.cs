using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Incidents;
using Integration.Core.Intake;
using Integration.Core.Operations;
using Integration.Core.Origins;

namespace Integration.Host.Console.Texts;

/// <summary>Words for the codes that the engine, HL7 and FHIR R4 use. A code without a word is shown as it is.</summary>
internal static class Words
{
    public static readonly IReadOnlyDictionary<MessageState, Text> MessageStates = new Dictionary<MessageState, Text>
    {
        [MessageState.Waiting] = new("waiting", "等待"),
        [MessageState.Done] = new("done", "完成"),
        [MessageState.Failed] = new("failed", "失败"),
        [MessageState.Filtered] = new("filtered", "过滤"),
        [MessageState.Duplicate] = new("duplicate", "重复"),
    };

    public static readonly IReadOnlyDictionary<UnexplainedValue, Text> Unexplained = new Dictionary<UnexplainedValue, Text>
    {
        [UnexplainedValue.MessageGone] = new("the message is not kept any more", "原消息已不再保存"),
        [UnexplainedValue.MappingsGone] = new("the mappings of that time cannot be used any more", "当时的映射已无法使用"),
        [UnexplainedValue.NotMapped] = new("as the source sent it, or made by the engine", "来源原样发送，或由引擎生成"),
    };

    public static readonly IReadOnlyDictionary<DeliveryState, Text> DeliveryStates = new Dictionary<DeliveryState, Text>
    {
        [DeliveryState.Waiting] = new("waiting", "等待"),
        [DeliveryState.Done] = new("done", "完成"),
        [DeliveryState.Failed] = new("failed", "失败"),
        [DeliveryState.Captured] = new("captured", "已截留"),
    };

    public static readonly IReadOnlyDictionary<CircuitState, Text> Circuits = new Dictionary<CircuitState, Text>
    {
        [CircuitState.Closed] = new("sending", "正常"),
        [CircuitState.Open] = new("away", "不可达"),
        [CircuitState.HalfOpen] = new("trying", "尝试中"),
        [CircuitState.Planned] = new("planned downtime", "计划停机"),
    };

    public static readonly IReadOnlyDictionary<IncidentState, Text> IncidentStates = new Dictionary<IncidentState, Text>
    {
        [IncidentState.Open] = new("open", "未恢复"),
        [IncidentState.Recovered] = new("over", "已恢复"),
    };

    public static readonly IReadOnlyDictionary<OperationKind, Text> OperationKinds = new Dictionary<OperationKind, Text>
    {
        [OperationKind.Retry] = new("retry", "重试"),
        [OperationKind.Discard] = new("discard", "丢弃"),
        [OperationKind.Replay] = new("replay", "重放"),
    };

    public static readonly IReadOnlyDictionary<OperationState, Text> OperationStates = new Dictionary<OperationState, Text>
    {
        [OperationState.Running] = new("running", "进行中"),
        [OperationState.Finished] = new("finished", "已完成"),
        [OperationState.Cancelled] = new("cancelled", "已取消"),
    };

    public static readonly IReadOnlyDictionary<IssueSeverity, Text> Severities = new Dictionary<IssueSeverity, Text>
    {
        [IssueSeverity.Error] = new("error", "错误"),
        [IssueSeverity.Warning] = new("warning", "警告"),
        [IssueSeverity.Information] = new("note", "提示"),
    };

    public static readonly IReadOnlyDictionary<string, Text> FeedStates = Table(
        ("running", "running", "运行中"), ("stopped", "stopped", "已停止"), ("faulted", "faulted", "故障"),
        ("lowDisk", "stopped: low disk", "已停止：磁盘空间不足"));

    public static readonly IReadOnlyDictionary<FileState, Text> FileStates = new Dictionary<FileState, Text>
    {
        [FileState.Reading] = new("being read", "读取中"),
        [FileState.Done] = new("taken", "已处理"),
        [FileState.Flagged] = new("flagged", "有疑问"),
        [FileState.Failed] = new("failed", "失败"),
    };

    public static readonly IReadOnlyDictionary<string, Text> LinkStates = Table(
        ("connected", "connected", "已连接"), ("connecting", "connecting", "连接中"));

    /// <summary>The stages of the walk in their order, then the commit.</summary>
    public static readonly IReadOnlyDictionary<string, Text> Stages = Table(
        ("parse", "Parse", "解析"), ("map", "Map", "映射"), ("identify", "Identify", "识别"), ("record", "Record", "归档"),
        ("followUp", "Follow up", "随访"), ("deliver", "Deliver", "投递"), ("commit", "Commit", "提交"));

    /// <summary>Where a run stands that is in none of <see cref="Stages"/>.</summary>
    public static readonly IReadOnlyDictionary<string, Text> Pauses = Table(
        ("retry", "waiting for the store or a peer", "等待存储或对端"), ("process", "the whole run", "整个处理过程"), ("intake", "intake", "接收"));

    public static readonly IReadOnlyDictionary<string, Text> ChangeActions = Table(
        ("created", "created", "新建"), ("updated", "updated", "更新"), ("unchanged", "unchanged", "未变"), ("moved", "moved", "移动"),
        ("deleted", "deleted at the source", "已在来源系统删除"),
        ("older", "older than the record", "早于现有记录"));

    public static readonly IReadOnlyDictionary<string, Text> Sections = Table(
        ("encounters", "Encounters", "就诊"), ("diagnoses", "Diagnoses", "诊断"), ("allergies", "Allergies", "过敏"), ("results", "Results", "检验结果"),
        ("reports", "Reports", "报告"), ("orders", "Orders", "医嘱"), ("procedures", "Procedures", "手术与检查"), ("imaging", "Imaging", "影像检查"), ("appointments", "Appointments", "预约"),
        ("medications", "Prescriptions", "处方"), ("dispenses", "Dispenses", "发药"), ("administrations", "Medicines given", "给药"),
        ("immunizations", "Vaccinations", "预防接种"), ("documents", "Documents", "文书"), ("charges", "Charges", "费用"), ("payments", "Payments", "收款"),
        ("accounts", "Accounts", "账户"), ("coverage", "Coverage", "医保与保险"), ("contacts", "Contacts", "联系人"));

    public static readonly IReadOnlyDictionary<string, Text> ResourceTypes = Table(
        ("Patient", "Patient", "患者"), ("RelatedPerson", "Contact", "联系人"), ("Encounter", "Encounter", "就诊"), ("Condition", "Diagnosis", "诊断"),
        ("AllergyIntolerance", "Allergy", "过敏"), ("Observation", "Result", "检验结果"), ("DiagnosticReport", "Report", "报告"),
        ("ServiceRequest", "Order", "医嘱"), ("Procedure", "Procedure", "手术或检查"), ("ImagingStudy", "Imaging study", "影像检查"), ("Appointment", "Appointment", "预约"),
        ("ChargeItem", "Charge", "费用"), ("Coverage", "Coverage", "医保与保险"), ("Account", "Account", "账户"), ("Invoice", "Invoice", "发票"),
        ("MedicationRequest", "Prescription", "处方"), ("MedicationDispense", "Dispense", "发药"), ("MedicationAdministration", "Medicine given", "给药"),
        ("Immunization", "Vaccination", "预防接种"), ("DocumentReference", "Document", "文书"), ("PaymentReconciliation", "Payment", "收款"),
        ("ChargeItemDefinition", "Charge item", "收费项目"), ("PractitionerRole", "Position", "岗位"), ("Practitioner", "Practitioner", "医务人员"), ("Organization", "Organization", "机构"),
        ("Location", "Location", "位置"), ("Specimen", "Specimen", "标本"), ("patients", "Patient summary", "患者摘要"),
        ("identities", "Identity", "身份"), ("linkReviews", "Link review", "关联审核"));

    public static readonly IReadOnlyDictionary<string, Text> Genders = Table(
        ("male", "male", "男"), ("female", "female", "女"), ("other", "other", "其他"), ("unknown", "unknown", "不详"));

    /// <summary>FHIR R4 status codes of the types shown, clinical statuses included.</summary>
    public static readonly IReadOnlyDictionary<string, Text> Statuses = Table(
        ("planned", "planned", "计划中"), ("arrived", "arrived", "已到达"), ("triaged", "triaged", "已分诊"), ("in-progress", "in progress", "进行中"),
        ("onleave", "on leave", "请假"), ("finished", "finished", "已结束"), ("cancelled", "cancelled", "已取消"),
        ("entered-in-error", "entered in error", "误录"), ("unknown", "unknown", "不详"), ("active", "active", "有效"), ("inactive", "inactive", "无效"),
        ("resolved", "resolved", "已解决"), ("recurrence", "recurrence", "复发"), ("relapse", "relapse", "再发"), ("remission", "remission", "缓解"),
        ("registered", "registered", "已登记"), ("preliminary", "preliminary", "初步"), ("partial", "partial", "部分"), ("final", "final", "最终"),
        ("amended", "amended", "已修订"), ("corrected", "corrected", "已更正"), ("appended", "appended", "已补充"), ("completed", "completed", "已完成"),
        ("on-hold", "on hold", "暂停"), ("revoked", "revoked", "已撤销"), ("draft", "draft", "草稿"), ("proposed", "proposed", "待定"),
        ("pending", "pending", "待确认"), ("booked", "booked", "已预约"), ("fulfilled", "kept", "已履约"), ("noshow", "missed", "爽约"),
        ("waitlist", "wait list", "候补"), ("checked-in", "checked in", "已签到"), ("billable", "billable", "待结算"), ("billed", "billed", "已结算"),
        ("not-billable", "not billable", "不计费"), ("aborted", "aborted", "已中止"), ("not-done", "not done", "未执行"), ("stopped", "stopped", "已停止"),
        ("available", "available", "可阅"), ("current", "current", "现行"), ("superseded", "superseded", "已被取代"));

    /// <summary>HL7 v3 ActCode of <c>Encounter.class</c>.</summary>
    public static readonly IReadOnlyDictionary<string, Text> EncounterClasses = Table(
        ("AMB", "outpatient", "门诊"), ("IMP", "inpatient", "住院"), ("ACUTE", "inpatient", "住院"), ("EMER", "emergency", "急诊"), ("OBSENC", "observation", "留观"),
        ("PRENC", "pre-admission", "预入院"), ("SS", "short stay", "日间"), ("HH", "home health", "家庭"), ("VR", "virtual", "线上"), ("FLD", "field", "外出"));

    /// <summary>FHIR R4 request-priority.</summary>
    public static readonly IReadOnlyDictionary<string, Text> Priorities = Table(
        ("routine", "routine", "常规"), ("urgent", "urgent", "紧急"), ("asap", "as soon as possible", "尽快"), ("stat", "at once", "立即"));

    /// <summary>FHIR R4 condition-category, by the display that goes with each code.</summary>
    public static readonly IReadOnlyDictionary<string, Text> ConditionCategories = Table(
        ("Encounter Diagnosis", "of the encounter", "就诊诊断"), ("Problem List Item", "problem list", "问题清单"));

    /// <summary>HL7 table 0078.</summary>
    public static readonly IReadOnlyDictionary<string, Text> Flags = Table(
        ("H", "↑ high", "↑ 偏高"), ("HH", "⇈ very high", "⇈ 极高"), ("L", "↓ low", "↓ 偏低"), ("LL", "⇊ very low", "⇊ 极低"), ("A", "abnormal", "异常"),
        ("AA", "very abnormal", "严重异常"), ("POS", "positive", "阳性"), ("NEG", "negative", "阴性"), ("R", "resistant", "耐药"), ("S", "susceptible", "敏感"),
        ("I", "intermediate", "中介"), ("U", "up", "上升"), ("D", "down", "下降"), ("B", "better", "好转"), ("W", "worse", "恶化"));

    /// <summary>HL7 table 0203, as far as hospitals here send it.</summary>
    public static readonly IReadOnlyDictionary<string, Text> IdentifierTypes = Table(
        ("MR", "record no.", "病历号"), ("PI", "patient no.", "患者号"), ("PT", "external no.", "外部号"), ("VN", "visit no.", "就诊号"), ("AN", "account no.", "账号"),
        ("NI", "resident id", "身份证"), ("NNCHN", "resident id", "身份证"), ("PPN", "passport", "护照"), ("HC", "health card", "健康卡"),
        ("JHN", "health card", "健康卡"), ("SS", "social insurance", "社保号"), ("MB", "member no.", "会员号"), ("MI", "military id", "军官证"),
        ("DL", "driving licence", "驾驶证"), ("BC", "bank card", "银行卡"), ("SN", "subscriber no.", "参保号"));

    /// <summary>The word, or the code itself.</summary>
    public static string Of(IReadOnlyDictionary<string, Text> table, string? code) =>
        code is null ? "" : table.TryGetValue(code, out var text) ? text : code;

    /// <summary>Where a run stands or stopped.</summary>
    public static string Place(string stage) => Stages.TryGetValue(stage, out var text) ? text : Of(Pauses, stage);

    /// <summary>What an incident says in the language of the request.</summary>
    public static IncidentText TextOf(IncidentDocument incident) => Text.InChinese ? incident.Zh : incident.En;

    /// <summary>Title of an issue code.</summary>
    public static string Title(IntegrationErrorCode code) =>
        IntegrationErrors.All.TryGetValue(code, out var text) ? Text.InChinese ? text.TitleZh : text.Title : code.ToString();

    /// <summary>What to do about an issue code; empty for a code of a newer engine.</summary>
    public static string Remedy(IntegrationErrorCode code) =>
        IntegrationErrors.All.TryGetValue(code, out var text) ? Text.InChinese ? text.RemedyZh : text.Remedy : "";

    private static Dictionary<string, Text> Table(params (string Code, string En, string Zh)[] rows) =>
        rows.ToDictionary(r => r.Code, r => new Text(r.En, r.Zh), StringComparer.Ordinal);
}
