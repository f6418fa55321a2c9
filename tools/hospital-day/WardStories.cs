using System.Globalization;
using static Integration.HospitalDay.Day;

namespace Integration.HospitalDay;

/// <summary>What happens in the wards: mornings, discharges, admissions, and the three that were taken back.</summary>
internal static class WardStories
{
    /// <summary>In the wards since earlier days: the morning list, bloods, and home.</summary>
    public static void Mornings(Hospital h)
    {
        var failing = Inpatient(h, People.ZhaoJianguo, Department.Cardiology, 6, "0501", "02", new("I50.900", "心力衰竭", 'W'));
        Morning(h, failing, "06:35", LabPanel.Chemistry, new() { ["K"] = "5.61", ["CREA"] = "168" });
        Discharge(h, failing, "10:05");
        h.Adt(At("11:12"), "A13", failing, "再发胸闷,取消出院");
        var heart = h.Order(At("11:20"), failing, LabPanel.Heart);
        h.Report(At("12:10"), heart, new Dictionary<string, string> { ["TNI"] = "0.12", ["DD"] = "0.71" });

        var stroke = Inpatient(h, People.QianYulan, Department.Neurology, 3, "0604", "11", new("I63.900", "脑梗死", 'W'));
        Morning(h, stroke, "06:38", LabPanel.Lipids, new() { ["TC"] = "5.96" });
        h.Adt(At("09:40"), "A02", stroke.MoveTo(Department.IntensiveCare.Bed("ICU1", "05")), "意识变差转ICU");
        h.Adt(At("10:02"), "A12", stroke, "ICU无床,取消转科");

        var stomach = Inpatient(h, People.SunDehai, Department.Gastroenterology, 5, "0902", "07", new("K25.400", "胃溃疡伴出血", 'F'));
        Morning(h, stomach, "06:41", LabPanel.BloodCount, new() { ["HGB"] = "88", ["RBC"] = "3.02" });
        Discharge(h, stomach, "10:30");

        var appendix = Inpatient(h, People.ZhugeMing, Department.Surgery, 4, "1105", "18", new("K35.800", "急性阑尾炎", 'F'));
        Morning(h, appendix, "06:44", LabPanel.BloodCount, []);
        Discharge(h, appendix, "09:50");

        var mother = Inpatient(h, People.HeLian, Department.Obstetrics, 2, "0301", "03", new("O80.000", "头位顺产", 'F'));
        Morning(h, mother, "06:47", LabPanel.BloodCount, new() { ["HGB"] = "101" });
        Discharge(h, mother, "11:05");

        var lungs = Inpatient(h, People.Zhuoma, Department.Respiratory, 8, "0801", "04", new("J44.100", "慢性阻塞性肺病伴急性加重", 'W'));
        Morning(h, lungs, "06:50", LabPanel.Inflammation, new() { ["CRP"] = "12.4", ["PCT"] = "<0.05" });

        var dying = Inpatient(h, People.WuGuangrong, Department.Cardiology, 12, "0503", "09", new("I21.900", "急性心肌梗死", 'F'));
        Morning(h, dying, "06:53", LabPanel.Heart, new() { ["TNI"] = "14.7", ["DD"] = "5.12" });
        h.Adt(At("15:42"), "A03", dying with { Ended = At("15:35"), Disposition = "20" }, "死亡");
    }

    /// <summary>Admitted today; one into the wrong ward and taken back, one sent on as an out-patient.</summary>
    public static void Admissions(Hospital h)
    {
        var wrong = Admit(h, People.ZhouMin, Department.Cardiology, "09:20", "0502", "06", new("R07.400", "胸痛", 'A'));
        h.Adt(At("09:34"), "A11", wrong, "病区登记错误");
        var right = Admit(h, People.ZhouMin, Department.Gastroenterology, "09:41", "0903", "10", new("K21.000", "胃食管反流病", 'A'));
        Morning(h, right, "10:00", LabPanel.Chemistry, []);

        var knee = Admit(h, People.ZhengShuai, Department.Orthopaedics, "10:10", "1201", "15", new("S83.500", "膝关节韧带损伤", 'A'));
        Morning(h, knee, "10:25", LabPanel.BloodGroup, new() { ["ABO"] = "AB^AB型^LIS-ABO" });
        h.OrderExamination(At("10:35"), knee, "MR0301", "左膝关节MRI平扫", "运动后肿痛3天");

        var liver = Admit(h, People.Batu, Department.Gastroenterology, "11:00", "0904", "12", new("K74.600", "肝硬化", 'A'));
        Morning(h, liver, "11:15", LabPanel.Chemistry, new() { ["ALT"] = "186", ["AST"] = "231", ["TBIL"] = "68.4" });

        var hip = Admit(h, People.FengXiulian, Department.Orthopaedics, "14:00", "1203", "22", new("S72.000", "股骨颈骨折", 'A'));
        Morning(h, hip, "14:15", LabPanel.BloodCount, new() { ["HGB"] = "92" });
        h.Charge(At("16:20"), hip, new ChargeItem("F9001", "床位费(三人间)", 6000, 1, "BED^床位费^OPD-KIND"));

        var gall = Admit(h, People.ShangguanYun, Department.Surgery, "15:00", "1106", "20", new("K80.100", "胆囊结石伴胆囊炎", 'A'));
        Morning(h, gall, "15:15", LabPanel.Chemistry, new() { ["TBIL"] = "41.0" });
        h.Prescribe(At("15:40"), gall, "J01MA02", "左氧氟沙星注射液", "0.5", "g", "静脉滴注,每日一次(青霉素过敏)");

        var chest = Admit(h, People.ChenLi, Department.Cardiology, "13:05", "0504", "13", new("R07.400", "胸痛", 'A'));
        Morning(h, chest, "13:15", LabPanel.Heart, new() { ["TNI"] = "<0.01" });
        h.Adt(At("17:30"), "A07", chest with { Class = 'O', PriorLocation = chest.Location, Location = Department.Cardiology.Clinic }, "排除急性冠脉综合征,转门诊随诊");
    }

    private static Visit Inpatient(Hospital h, Person p, Department d, int days, string room, string bed, Diagnosis diagnosis)
    {
        var visit = h.Visit(p, 'I', d, DaysBefore(days, "09:30"), d.Bed(room, bed)) with { Diagnoses = [diagnosis] };
        h.Adt(At("06:31").AddSeconds(int.Parse(bed, CultureInfo.InvariantCulture) * 3), "A08", visit, "晨间核对");
        return visit;
    }

    private static Visit Admit(Hospital h, Person p, Department d, string clock, string room, string bed, Diagnosis diagnosis)
    {
        var visit = h.Visit(p, 'I', d, At(clock), d.Bed(room, bed)) with { Diagnoses = [diagnosis] };
        h.Adt(At(clock), "A01", visit, "门诊收入院");
        return visit;
    }

    private static void Morning(Hospital h, Visit visit, string clock, LabPanel panel, Dictionary<string, string> values)
    {
        var order = h.Order(At(clock), visit, panel);
        h.Report(At(clock).AddMinutes(75 + h.Day.Dice.Next(30)), order, values);
        h.Charge(At(clock).AddMinutes(110), visit, ChargeItem.Of(panel));
    }

    private static void Discharge(Hospital h, Visit visit, string clock)
    {
        var at = At(clock);
        h.Prescribe(at.AddMinutes(-20), visit, "OUT01", "出院带药", "1", "份", "遵医嘱");
        h.Adt(at, "A03", visit with { Ended = at, Disposition = "01" }, "医嘱出院");
    }

}
