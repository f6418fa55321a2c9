using Integration.Core.Forms;
using Integration.Core.Records;
using static Integration.Core.Events.Record.RecordStates;
using Shape = Integration.Core.Events.Record.RecordProperties;

namespace Integration.Core.Events.Record;

/// <summary>Every event that a change of the record can be, one a row. The row says when; nothing else decides it.</summary>
internal static class RecordEventTypes
{
    private static readonly string[] Here = ["arrived", "triaged", "in-progress", "onleave"];
    private static readonly string[] Off = ["cancelled", "entered-in-error"];
    private static readonly string[] Asked = ["proposed", "pending", "waitlist", .. Off];
    private static readonly string[] Kept = ["arrived", "checked-in", "fulfilled"];

    // FHIR R4 task-status, of a complaint that is a complaint: not of one being written down.
    private static readonly string[] TakenUp = ["accepted", "ready", "in-progress"];
    private static readonly string[] Complained = ["requested", "received", "on-hold", "completed", .. TakenUp];

    /// <summary>A golden record was opened.</summary>
    public static readonly RecordEventType PatientRegistered = Golden(
        "patient.registered", "A record was opened for a patient not known before", "新患者建档", Shape.Nothing);

    /// <summary>Two golden records became one.</summary>
    public static readonly RecordEventType PatientMerged = new(
        new("patient.merged", 1, "A patient's record was merged into another", "患者档案合并", "patients/ID of the record that stays",
            [new("mergedPatientId", EventValueKind.Text, DataCategory.Plain, "Id of the record that was merged away; everything of it belongs to the subject now", IsRequired: true)]),
        null, _ => false, []);

    /// <summary>A merge was taken back. Raised by <see cref="Identity.Unmerging.UnmergePlanner"/>.</summary>
    public static readonly RecordEventType PatientUnmerged = new(
        new("patient.unmerged", 1, "A merge of two records was taken back", "撤销患者合并", "patients/ID of the record that stays",
            [new("unmergedPatientId", EventValueKind.Text, DataCategory.Plain, "Id of the record that stands again; what came under its numbers belongs to it now", IsRequired: true)]),
        null, _ => false, []);

    /// <summary>A result that no report holds was released. Raised where the message has no report.</summary>
    public static readonly RecordEventType ResultAlone = ResultFinal("Observation", c => Releases(c) && !IsVitalSign(c.After));

    /// <summary>A vital sign broke a limit; where no limit holds, its sender flagged it.</summary>
    public static readonly RecordEventType VitalSignOutOfLimits = Row("vitalSign.outOfLimits", "A vital sign is out of limits", "生命体征超限", "Observation",
        c => IsVitalSign(c.After) && IsAbnormal(c.After) && !IsAbnormal(c.Before), Shape.VitalSign);

    /// <summary>A vital sign came back; no single change says so, see <see cref="Vitals.VitalSignWatch"/>.</summary>
    public static readonly RecordEventType VitalSignRecovered = Row(
        "vitalSign.recovered", "A vital sign is within its limits again", "生命体征恢复", "Observation", _ => false, Shape.VitalSign);

    /// <summary>What a finding means is data, so that a follow-up rule says it, see <see cref="FollowUps.Rules.JudgedEvent"/>.</summary>
    public static readonly RecordEventType CheckupFindingA = Row(
        "checkup.findingA", "A finding of a check-up that somebody must act on at once (class A)", "体检A类重要异常", "Observation", _ => false, Shape.Judged(Shape.Result));

    /// <inheritdoc cref="CheckupFindingA"/>
    public static readonly RecordEventType CheckupFindingB = Row(
        "checkup.findingB", "A finding of a check-up that has to be examined further (class B)", "体检B类重要异常", "Observation", _ => false, Shape.Judged(Shape.Result));

    /// <summary>Comes with the day, not with a change; the rule says how long before the end.</summary>
    public static readonly RecordEventType MedicationRunningOut = Row(
        "medication.runningOut", "A supply of a drug is coming to its end", "药品将用完", "MedicationDispense", _ => false, Shape.Judged(Shape.Supply));

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<RecordEventType> All { get; } =
    [
        PatientRegistered,
        Row("patient.updated", "What the record says of the person changed", "患者信息变更", "Patient", c => !Moved(c), Shape.Nothing),
        PatientMerged,
        PatientUnmerged,
        Row("patient.tierChanged", "The member tier changed", "会员等级变更", "Patient", MemberTier.Changed, Shape.Tier),
        Row("patient.deceased", "The person died", "患者死亡", "Patient", c => IsDead(c.After) && !IsDead(c.Before), Shape.Deceased),

        Row("encounter.started", "A visit began", "就诊开始", "Encounter", c => Enters(c, Here) && !HasStatus(c.Before, "finished"), Shape.Encounter),
        Row("encounter.moved", "The patient was moved during a visit", "转科转床", "Encounter",
            c => HasStatus(c.Before, Here) && HasStatus(c.After, Here) && Place(c.Before) is { } before && Place(c.After) is { } after && before != after, Shape.EncounterMoved),
        Row("encounter.ended", "A visit ended", "就诊结束(出院)", "Encounter", c => Enters(c, "finished"), Shape.Encounter),
        Row("encounter.resumed", "The end of a visit was taken back", "取消出院", "Encounter", c => HasStatus(c.Before, "finished") && HasStatus(c.After, Here), Shape.Encounter),
        Row("encounter.cancelled", "A visit was cancelled", "就诊取消", "Encounter", c => Enters(c, Off), Shape.Encounter),

        Row("appointment.booked", "An appointment was booked", "预约成功", "Appointment",
            c => (c.Before is null && HasStatus(c.After, ["booked", .. Kept])) || (HasStatus(c.Before, Asked) && HasStatus(c.After, "booked")), Shape.Appointment),
        Row("appointment.moved", "An appointment was given another time", "改约", "Appointment",
            c => c.Before is not null && !HasStatus(c.Before, Asked) && !HasStatus(c.After, [.. Asked, "noshow"]) && Differs(c, "start"), Shape.AppointmentMoved),
        Row("appointment.cancelled", "An appointment was cancelled", "预约取消", "Appointment", c => Enters(c, Off), Shape.Appointment),
        Row("appointment.kept", "The patient came to an appointment", "已赴约", "Appointment", c => Enters(c, Kept), Shape.Appointment),
        Row("appointment.missed", "The patient did not come to an appointment", "失约", "Appointment", c => Enters(c, "noshow"), Shape.Appointment)
            with { Once = c => c.After.Resource["start"].Text() ?? "" },

        ResultFinal("DiagnosticReport", c => Releases(c) && IsOfResults(c.After)),
        Row("result.corrected", "A released result was corrected", "检验结果更正", "Observation", c => IsCorrectedResult(c), Shape.Result),
        Row("result.abnormal", "A result is out of normal limits", "检验结果异常", "Observation",
            c => IsAbnormal(c.After) && !IsCritical(c.After) && !IsVitalSign(c.After) && !(IsAbnormal(c.Before) && !IsCritical(c.Before)), Shape.Result),
        Row("result.critical", "A result is critical", "危急值", "Observation", c => IsCritical(c.After) && !IsCritical(c.Before), Shape.Result),
        VitalSignOutOfLimits,
        VitalSignRecovered,
        CheckupFindingA,
        CheckupFindingB,

        Row("study.available", "An imaging study can be seen", "影像检查可阅", "ImagingStudy", c => Enters(c, "available"), Shape.Study),
        Row("report.final", "A report was released", "报告已出", "DiagnosticReport", c => Releases(c) && !IsOfResults(c.After), Shape.Report),
        Row("report.corrected", "A released report was corrected", "报告更正", "DiagnosticReport", IsCorrectedReport, Shape.Report),
        Row("operation.done", "An operation or procedure was done", "手术操作完成", "Procedure", c => Enters(c, "completed") && !IsExam(c.After), Shape.Operation),
        Row("exam.started", "A device began an examination", "影像检查开始", "Procedure", c => IsExam(c.After) && Enters(c, "in-progress"), Shape.Exam),
        Row("exam.completed", "An examination at a device was completed", "影像检查完成", "Procedure", c => IsExam(c.After) && Enters(c, "completed"), Shape.Exam),
        Row("exam.discontinued", "An examination at a device was broken off", "影像检查中止", "Procedure", c => IsExam(c.After) && Enters(c, "stopped", "not-done"), Shape.Exam),

        Row("operation.planned", "An operation was planned", "手术已安排", "ServiceRequest", c => IsPlannedOperation(c.After) && !IsPlannedOperation(c.Before), Shape.PlannedOperation),
        Row("operation.moved", "A planned operation was given another time", "手术改期", "ServiceRequest",
            c => IsPlannedOperation(c.Before) && IsPlannedOperation(c.After) && PlannedTime(c.Before!) != PlannedTime(c.After), Shape.PlannedOperation),
        Row("operation.cancelled", "A planned operation was cancelled", "手术取消", "ServiceRequest",
            c => IsPlannedOperation(c.Before) && HasStatus(c.After, "revoked", "entered-in-error"), Shape.PlannedOperation),

        Row("order.scheduled", "Something was ordered for a later day", "预约性医嘱", "ServiceRequest", c => IsForLater(c.After) && !IsForLater(c.Before), Shape.Nothing),
        Row("referral.received", "A partner referred the patient", "收到转诊", "ServiceRequest",
            c => c.Before is null && HasStatus(c.After, "active") && ReferralPartners.Of(c.After) is not null, Shape.Nothing),

        Row("medication.ordered", "A drug was prescribed", "开立处方", "MedicationRequest",
            c => c.Before is null && HasStatus(c.After, "active", "completed"), Shape.Medication),
        Row("medication.stopped", "A prescription was stopped or cancelled", "停药或处方作废", "MedicationRequest", c => Enters(c, ["stopped", .. Off]), Shape.Medication),
        Row("medication.dispensed", "A drug was handed over", "发药", "MedicationDispense", c => Enters(c, "completed"), Shape.Medication),
        MedicationRunningOut,

        Row("programme.joined", "The patient was taken into a programme of care or a study", "纳入管理", "EpisodeOfCare", c => Enters(c, "active"), Shape.Programme),
        Row("programme.left", "The patient left a programme of care or a study", "退出管理", "EpisodeOfCare",
            c => HasStatus(c.Before, "active") && Enters(c, ["finished", .. Off]), Shape.Programme),
        Row("membership.changed", "Points, balance or term of a membership changed", "会员账户变更", "Account", c => Membership.Changed(c), Shape.Membership),

        Row("charge.posted", "Something was charged", "计费", "ChargeItem", c => IsNewCharge(c) && !IsRefund(c.After), Shape.Charge),
        Row("charge.refunded", "A charge was given back", "退费", "ChargeItem", c => IsNewCharge(c) && IsRefund(c.After), Shape.Charge),
        Row("payment.received", "The patient paid", "收款", "PaymentReconciliation", c => Enters(c, "active") && Amount(c.After, "paymentAmount") is not < 0, Shape.Payment),
        Row("payment.refunded", "A payment was given back", "退款", "PaymentReconciliation", c => Enters(c, "active") && Amount(c.After, "paymentAmount") is < 0, Shape.Payment),
        Row("invoice.paid", "An invoice was settled", "账单结清", "Invoice", c => Enters(c, "balanced"), Shape.Invoice),
        Row("invoice.cancelled", "An invoice was cancelled", "账单作废", "Invoice", c => Enters(c, Off), Shape.Invoice),

        Row("complaint.received", "The patient complained", "收到投诉", "Task", c => IsComplaint(c.After, Complained) && !IsComplaint(c.Before, Complained), Shape.Complaint),
        Row("complaint.accepted", "Somebody took a complaint up", "投诉受理", "Task", c => IsComplaint(c.After) && Enters(c, TakenUp) && !HasStatus(c.Before, "completed"), Shape.Complaint),
        Row("complaint.transferred", "A complaint was handed to another department or person", "投诉移交", "Task",
            c => IsComplaint(c.Before, Complained) && IsComplaint(c.After, Complained) && Handler(c.Before) is { } before && Handler(c.After) is { } after && before != after, Shape.Complaint),
        Row("complaint.answered", "The patient was told what came of a complaint", "投诉办结反馈", "Task", c => IsComplaint(c.After) && Enters(c, "completed"), Shape.Complaint),
        Row("complaint.withdrawn", "A complaint was withdrawn or turned down", "投诉撤回", "Task",
            c => IsComplaint(c.Before, Complained) && IsComplaint(c.After) && Enters(c, ["rejected", "failed", .. Off]), Shape.Complaint),

        Row("survey.answered", "A questionnaire was answered", "问卷已答", "QuestionnaireResponse", c => Enters(c, "completed", "amended"), Shape.Survey),
        Row("survey.alert", "Answers to a questionnaire that somebody has to look at", "问卷预警", "QuestionnaireResponse",
            c => FormAlerts.KeysOf(c.After.Resource).Except(c.Before is { } before ? FormAlerts.KeysOf(before.Resource) : []).Any(), Shape.SurveyAlert),
        Row("consent.changed", "A consent was given, changed or withdrawn", "知情同意变更", "Consent", c => !Moved(c), Shape.Consent),
    ];

    private static RecordEventType Golden(string name, string title, string chineseTitle, IReadOnlyList<RecordProperty> properties) =>
        new(new(name, 1, title, chineseTitle, "patients/ID of the record", [.. properties.Select(p => p.Schema)]), null, _ => false, properties);

    private static RecordEventType ResultFinal(string resource, Func<RecordChange, bool> when)
    {
        var row = Row("result.final", "Results were released", "检验结果已出", resource, when, Shape.Report);
        return row with { Type = row.Type with { Subject = "DiagnosticReport/ID, or Observation/ID of a result without a report" } };
    }

    private static RecordEventType Row(
        string name, string title, string chineseTitle, string resource, Func<RecordChange, bool> when, IReadOnlyList<RecordProperty> properties) =>
        new(new(name, 1, title, chineseTitle, $"{resource}/ID", [.. properties.Select(p => p.Schema)]), resource, when, properties);

    private static bool IsDead(ResourceDocument? patient) =>
        patient is not null && (patient.Resource["deceasedDateTime"] is not null || patient.Resource["deceasedBoolean"].Text() == "true");

    private static bool IsNewCharge(RecordChange change) => Enters(change, "planned", "billable", "billed");

    private static bool IsRefund(ResourceDocument charge) => Amount(charge, "priceOverride") is < 0 || Amount(charge, "quantity") is < 0;
}
