using System.Globalization;

namespace Integration.HospitalDay;

/// <summary>What can happen in the hospital; each member is one message of the system that would send it.</summary>
internal sealed class Hospital(Day day)
{
    private static readonly Dictionary<string, string> AdtStructures = new()
    {
        ["A01"] = "ADT_A01",
        ["A02"] = "ADT_A02",
        ["A03"] = "ADT_A03",
        ["A04"] = "ADT_A01",
        ["A05"] = "ADT_A05",
        ["A06"] = "ADT_A06",
        ["A07"] = "ADT_A06",
        ["A08"] = "ADT_A01",
        ["A11"] = "ADT_A09",
        ["A12"] = "ADT_A12",
        ["A13"] = "ADT_A01",
    };

    private int _visits;
    private int _orders;
    private int _transactions;
    private int _appointments;

    public Day Day => day;

    /// <summary>A visit that begins, without telling anybody yet.</summary>
    public Visit Visit(Person person, char patientClass, Department department, DateTime begun, string? location = null)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"{(patientClass == 'I' ? "ZY" : patientClass == 'E' ? "JZ" : "MZ")}260316{++_visits:D4}");
        return new Visit(person, number, patientClass, department, location ?? department.Clinic, begun);
    }

    public void AddPerson(DateTime at, Person person) => Person(at, "A28", person);

    public void UpdatePerson(DateTime at, Person person) => Person(at, "A31", person);

    /// <summary>Any ADT about a visit. Next of kin, allergies, diagnoses and insurance go along where the event has a place for them.</summary>
    public void Adt(DateTime at, string trigger, Visit visit, string reason = "")
    {
        var full = trigger is "A01" or "A04" or "A05" or "A06" or "A08";
        day.Send(at, HospitalSystem.His, $"ADT^{trigger}^{AdtStructures[trigger]}",
            [
                PatientSegments.Event(trigger, at, reason), PatientSegments.Pid(visit.Person),
                full ? PatientSegments.NextOfKin(visit.Person) : "",
                PatientSegments.PatientVisit(visit),
                .. full ? PatientSegments.Allergies(visit.Person) : [],
                .. full || trigger is "A03" ? PatientSegments.Diagnoses(visit, at) : [],
                full ? PatientSegments.Insurance(visit.Person) : "",
            ]);
    }

    /// <summary>Two numbers were one person. IHE ITI-8, HL7 v2.5.1 §3.3.40.</summary>
    public void Merge(DateTime at, Person survivor, Person gone) => day.Send(at, HospitalSystem.His, "ADT^A40^ADT_A39",
        PatientSegments.Event("A40", at, "身份确认"), PatientSegments.Pid(survivor), Hl7Line.Of("MRG", (1, $"{gone.HisNumber}^^^HIS^PI")));

    public LabOrder Order(DateTime at, Visit visit, LabPanel panel)
    {
        var number = ++_orders;
        var order = new LabOrder(visit, panel, $"R260316{number:D4}", $"S260316{number:D4}", at);
        day.Send(at, HospitalSystem.His, "OML^O21^OML_O21",
            PatientSegments.Pid(visit.Person), PatientSegments.PatientVisit(visit),
            Hl7Line.Of("ORC", (1, "NW"), (2, $"{order.Placer}^HIS"), (5, "SC"), (9, Hl7Line.Time(at)), (12, visit.Department.Doctor)),
            Hl7Line.Of("TQ1", (1, "1"), (9, visit.Class == 'E' ? "S" : "R")),
            Hl7Line.Of("OBR", (1, "1"), (2, $"{order.Placer}^HIS"), (4, ResultSegments.Panel(panel)), (16, visit.Department.Doctor)),
            ResultSegments.Specimen(panel, at.AddMinutes(12)));
        return order;
    }

    /// <summary>An examination that another department does, e.g. a CT.</summary>
    public void OrderExamination(DateTime at, Visit visit, string code, string name, string question) =>
        Request(at, visit, Hl7Line.Of("OBR", (1, "1"), (2, $"R260316{_orders + 1:D4}^HIS"), (4, $"{code}^{Hl7Line.Escape(name)}^HIS-EXAM"),
            (13, Hl7Line.Escape(question)), (16, visit.Department.Doctor), (24, "RAD")));

    public void Prescribe(DateTime at, Visit visit, string code, string drug, string amount, string unit, string directions) =>
        Request(at, visit, Hl7Line.Of("RXO", (1, $"{code}^{Hl7Line.Escape(drug)}^HIS-DRUG"), (2, amount), (4, unit), (7, $"^{Hl7Line.Escape(directions)}")));

    /// <summary>A laboratory report. Tests not named in <paramref name="values"/> come out healthy.</summary>
    /// <param name="status">OBR-25: P preliminary, F final, C corrected.</param>
    /// <param name="note">For the whole report; empty for none.</param>
    public Day.Entry Report(
        DateTime at, LabOrder order, IReadOnlyDictionary<string, string>? values = null, char status = 'F', string note = "", Person? person = null)
    {
        var collected = order.Placed.AddMinutes(14);
        return day.Send(at, HospitalSystem.Lis, "ORU^R01^ORU_R01",
            [
                PatientSegments.LaboratoryPid(person ?? order.Visit.Person), PatientSegments.PatientVisit(order.Visit),
                Hl7Line.Of("ORC", (1, "RE"), (2, $"{order.Placer}^HIS"), (3, $"{order.Filler}^LIS"), (5, status == 'P' ? "IP" : "CM"), (9, Hl7Line.Time(at))),
                ResultSegments.Request(order, collected, at, status),
                note.Length == 0 ? "" : ResultSegments.Note(1, note),
                .. order.Panel.Tests.Select((t, i) => ResultSegments.Observation(
                    i + 1, t, values?.GetValueOrDefault(t.Code) ?? ResultSegments.Healthy(t, day.Dice), collected, status)),
            ]);
    }

    public void Charge(DateTime at, Visit visit, params IReadOnlyList<ChargeItem> items) => Finance(at, visit, items, refund: false);

    public void Refund(DateTime at, Visit visit, params IReadOnlyList<ChargeItem> items) => Finance(at, visit, items, refund: true);

    public Appointment Book(DateTime at, Person person, Department department, DateTime start, string reason, int minutes = 20)
    {
        var appointment = new Appointment(person, $"A260316{++_appointments:D4}", department, start, minutes, reason);
        Schedule(at, "S12", appointment, "Booked", "BOOK^微信预约");
        return appointment;
    }

    public Appointment Move(DateTime at, Appointment appointment, DateTime start)
    {
        var moved = appointment with { Start = start };
        Schedule(at, "S13", moved, "Booked", "MOVE^患者要求改期");
        return moved;
    }

    public void Cancel(DateTime at, Appointment appointment) => Schedule(at, "S15", appointment, "Cancelled", "CANCEL^患者取消");

    public void Keep(DateTime at, Appointment appointment) => Schedule(at, "S14", appointment, "Complete", "KEPT^已就诊");

    public void Miss(DateTime at, Appointment appointment) => Schedule(at, "S26", appointment, "Noshow", "NOSHOW^爽约");

    private void Person(DateTime at, string trigger, Person person) => day.Send(at, HospitalSystem.His, $"ADT^{trigger}^ADT_A05",
        [
            PatientSegments.Event(trigger, at), PatientSegments.Pid(person), PatientSegments.NextOfKin(person), PatientSegments.NoVisit(),
            .. PatientSegments.Allergies(person), PatientSegments.Insurance(person),
        ]);

    private void Request(DateTime at, Visit visit, string detail) => day.Send(at, HospitalSystem.His, "ORM^O01^ORM_O01",
        PatientSegments.Pid(visit.Person), PatientSegments.PatientVisit(visit),
        Hl7Line.Of("ORC", (1, "NW"), (2, $"R260316{++_orders:D4}^HIS"), (5, "SC"), (9, Hl7Line.Time(at)), (12, visit.Department.Doctor)), detail);

    private void Finance(DateTime at, Visit visit, IReadOnlyList<ChargeItem> items, bool refund) => day.Send(
        at, HospitalSystem.Desk, "DFT^P03^DFT_P03",
        [
            PatientSegments.Event("P03", at), PatientSegments.DeskPid(visit.Person), PatientSegments.PatientVisit(visit),
            .. items.Select((item, i) => DeskSegments.Transaction(i + 1, $"T260316{++_transactions:D5}", item, visit, at, refund)),
        ]);

    private void Schedule(DateTime at, string trigger, Appointment appointment, string status, string cause) => day.Send(
        at, HospitalSystem.Desk, $"SIU^{trigger}^SIU_S12", DeskSegments.Schedule(appointment, status, cause));
}
