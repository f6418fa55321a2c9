using static Integration.HospitalDay.Day;

namespace Integration.HospitalDay;

/// <summary>The clinics: registration, orders, payment, results, home; and the appointments of those who only call.</summary>
internal static class ClinicStories
{
    private static readonly (Department Department, Diagnosis Diagnosis, LabPanel[] Panels, string Drug, int Fen)[] Complaints =
    [
        (Department.Respiratory, new("J06.900", "急性上呼吸道感染", 'W'), [LabPanel.BloodCount, LabPanel.Influenza], "连花清瘟胶囊 0.35g*48", 2860),
        (Department.Cardiology, new("I10.x00", "高血压病", 'W'), [LabPanel.Lipids, LabPanel.Chemistry], "苯磺酸氨氯地平片 5mg*28", 3450),
        (Department.Gastroenterology, new("K29.500", "慢性胃炎", 'W'), [LabPanel.Chemistry], "艾司奥美拉唑镁肠溶片 20mg*7", 5620),
        (Department.Neurology, new("G43.900", "偏头痛", 'W'), [LabPanel.BloodCount], "布洛芬缓释胶囊 0.3g*20", 1890),
        (Department.Endocrinology, new("E05.900", "甲状腺毒症", 'W'), [LabPanel.BloodCount, LabPanel.Chemistry], "甲巯咪唑片 10mg*50", 2240),
        (Department.Orthopaedics, new("M54.500", "下腰痛", 'W'), [], "塞来昔布胶囊 0.2g*18", 4980),
        (Department.Surgery, new("I84.900", "痔", 'W'), [LabPanel.BloodCount], "地奥司明片 0.45g*24", 3760),
    ];

    private static readonly Department[] Bookable = [Department.Cardiology, Department.Neurology, Department.Orthopaedics, Department.Gastroenterology];

    /// <summary>One visit for everybody in <see cref="People.Clinic"/>, every quarter of an hour from half past seven.</summary>
    public static void Visits(Hospital h)
    {
        for (var i = 0; i < People.Clinic.Count; i++)
        {
            var person = People.Clinic[i];
            var child = person.Born.CompareTo("20100101", StringComparison.Ordinal) > 0;
            var complaint = child
                ? (Department.Paediatrics, new("J00.x00", "急性鼻咽炎", 'W'), [LabPanel.BloodCount, LabPanel.Influenza], "小儿氨酚黄那敏颗粒 6g*12", 1560)
                : Complaints[i % Complaints.Length];
            OneVisit(h, person, complaint, At("07:30").AddMinutes((i * 13) + h.Day.Dice.Next(4)), isNew: i % 3 != 2);
        }
    }

    /// <summary>Appointments of people who are not here today: booked, moved, cancelled and missed.</summary>
    public static void Appointments(Hospital h)
    {
        for (var i = 0; i < 8; i++)
        {
            var person = People.Clinic[^(i + 1)];
            var department = Bookable[i % Bookable.Length];
            var booked = h.Book(At("15:30").AddMinutes(i * 11), person, department, At("08:30").AddDays(2 + i).AddMinutes(i * 20), "复诊");
            if (i % 4 == 1)
            {
                h.Move(At("18:40").AddMinutes(i), booked, booked.Start.AddDays(7));
            }
            else if (i % 4 == 3)
            {
                h.Cancel(At("19:10").AddMinutes(i), booked);
            }
        }

        // Booked this morning for this afternoon, and not seen.
        h.Miss(At("17:10"), h.Book(At("07:02"), People.WangFangB, Department.Neurology, At("16:30"), "头痛复诊"));
    }

    /// <summary>A glucose meter at a bedside that reports without saying for whom. It waits in quarantine until somebody looks.</summary>
    public static void ResultWithoutPatient(Hospital h) => h.Day.Send(At("15:06"), HospitalSystem.Lis, "ORU^R01^ORU_R01",
        Hl7Line.Of("PID", (1, "1")),
        Hl7Line.Of("ORC", (1, "RE"), (3, "POCT0426^LIS")),
        Hl7Line.Of("OBR", (1, "1"), (3, "POCT0426^LIS"), (4, "7001^床旁血糖^LIS-PANEL"), (7, Hl7Line.Time(At("15:05"))), (22, Hl7Line.Time(At("15:06"))), (25, "F")),
        ResultSegments.Observation(1, LabPanel.Diabetes.Tests[0], "11.3", At("15:05"), 'F'));

    private static void OneVisit(
        Hospital h, Person person, (Department Department, Diagnosis Diagnosis, LabPanel[] Panels, string Drug, int Fen) complaint, DateTime at, bool isNew)
    {
        if (isNew)
        {
            h.AddPerson(at.AddMinutes(-3), person);
        }
        else
        {
            h.UpdatePerson(at.AddMinutes(-3), person);
        }

        var visit = h.Visit(person, 'O', complaint.Department, at);
        h.Adt(at, "A04", visit);
        h.Charge(at.AddMinutes(1), visit, new ChargeItem("F0001", "医事服务费", 5000, 1, "REG^挂号费^OPD-KIND"));
        visit = visit with { Diagnoses = [complaint.Diagnosis] };
        h.Adt(at.AddMinutes(26), "A08", visit, "门诊诊断");
        var orders = complaint.Panels.Select((panel, i) => h.Order(at.AddMinutes(28 + i), visit, panel)).ToList();
        if (orders.Count > 0)
        {
            h.Charge(at.AddMinutes(33), visit, [.. complaint.Panels.Select(ChargeItem.Of)]);
        }

        foreach (var order in orders)
        {
            h.Report(at.AddMinutes(80 + h.Day.Dice.Next(25)), order, Deviate(h.Day.Dice, order.Panel));
        }

        var leaves = at.AddMinutes(135 + h.Day.Dice.Next(20));
        h.Charge(leaves.AddMinutes(-6), visit, new ChargeItem("F88" + complaint.Diagnosis.Code[1..3], complaint.Drug, complaint.Fen, 1 + h.Day.Dice.Next(2), "DRUG^西药费^OPD-KIND"));
        h.Adt(leaves, "A03", visit with { Ended = leaves, Disposition = "01" });
    }

    // Every second report has one number a fifth above its range: enough for flags on the page without everybody being ill.
    private static Dictionary<string, string>? Deviate(Dice dice, LabPanel panel)
    {
        var measured = panel.Tests.Where(t => t.Normal.Length == 0 && t.Unit.Length > 0).ToList();
        if (measured.Count == 0 || dice.Next(2) == 0)
        {
            return null;
        }

        var test = measured[dice.Next(measured.Count)];
        var value = test.High * 1.2m / (decimal)Math.Pow(10, test.Decimals);
        return new() { [test.Code] = value.ToString("F" + test.Decimals, System.Globalization.CultureInfo.InvariantCulture) };
    }
}
