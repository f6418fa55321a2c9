using static Integration.HospitalDay.Day;

namespace Integration.HospitalDay;

/// <summary>The five patients that day.md tells about.</summary>
internal static class LeadStories
{
    /// <summary>欧阳瑋: pneumonia, allergic to penicillin; planned admission, worse at noon, intensive care.</summary>
    public static void Pneumonia(Hospital h)
    {
        var p = People.OuyangWei;
        var visit = h.Visit(p, 'I', Department.Respiratory, At("08:42"), Department.Respiratory.Bed("0803", "12")) with
        {
            Diagnoses = [new("J18.900", "肺炎,未特指病原体", 'A')],
        };
        h.Adt(At("07:05"), "A05", visit with { Class = 'P' }, "预住院登记");
        h.Adt(At("08:42"), "A01", visit, "门诊收入院");
        h.Charge(At("08:50"), visit, new ChargeItem("F9001", "床位费(三人间)", 6000, 1, "BED^床位费^OPD-KIND"));
        var blood = h.Order(At("08:55"), visit, LabPanel.BloodCount);
        var chemistry = h.Order(At("08:56"), visit, LabPanel.Chemistry);
        var inflammation = h.Order(At("08:57"), visit, LabPanel.Inflammation);
        var sputum = h.Order(At("08:58"), visit, LabPanel.SputumCulture);
        h.OrderExamination(At("09:02"), visit, "CT0102", "胸部CT平扫", "发热伴咳嗽5天,右下肺湿啰音");
        h.Prescribe(At("09:10"), visit, "J01MA14", "莫西沙星氯化钠注射液", "0.4", "g", "静脉滴注,每日一次(青霉素过敏)");
        h.Report(At("10:06"), blood, new Dictionary<string, string> { ["WBC"] = "18.72", ["NEUT%"] = "89.4", ["LYM%"] = "7.1", ["PLT"] = "412" });
        h.Report(At("10:31"), inflammation, new Dictionary<string, string> { ["CRP"] = "214.6", ["PCT"] = "3.82" },
            note: "危急值已电话通知病区\n10:29 值班护士复述确认 CRP & PCT");
        h.Report(At("10:44"), chemistry, new Dictionary<string, string> { ["K"] = "3.12", ["NA"] = "133", ["ALT"] = "62" });
        h.Adt(At("11:20"), "A08", visit with { Diagnoses = [new("J15.902", "重症细菌性肺炎", 'W'), new("E87.600", "低钾血症", 'W')] }, "补充诊断");
        visit = visit.MoveTo(Department.IntensiveCare.Bed("ICU1", "03")) with
        {
            Department = Department.IntensiveCare,
            Diagnoses = [new("J15.902", "重症细菌性肺炎", 'W'), new("J96.000", "急性呼吸衰竭", 'W')],
        };
        h.Adt(At("13:18"), "A02", visit, "氧合下降转ICU");
        var second = h.Order(At("13:30"), visit, LabPanel.BloodCount);
        var heart = h.Order(At("13:31"), visit, LabPanel.Heart);
        h.Report(At("14:12"), second, new Dictionary<string, string> { ["WBC"] = "31.05", ["NEUT%"] = "93.2", ["LYM%"] = "4.0", ["PLT"] = "28" },
            note: "PLT 危急值,已复检");
        h.Report(At("14:40"), heart, new Dictionary<string, string> { ["TNI"] = "<0.01", ["DD"] = "2.86" });
        h.Report(At("17:05"), sputum, new Dictionary<string, string> { ["CULT"] = "初步: 革兰阳性球菌生长" }, status: 'P');
        h.Report(At("20:15"), sputum, new Dictionary<string, string> { ["CULT"] = "肺炎链球菌(+++)" }, note: "药敏结果另行报告");
        h.Charge(At("18:30"), visit, ChargeItem.Of(LabPanel.BloodCount), ChargeItem.Of(LabPanel.Inflammation), ChargeItem.Of(LabPanel.Chemistry),
            new ChargeItem("F9002", "重症监护费", 12000, 1, "ICU^监护费^OPD-KIND"));
    }

    /// <summary>阿卜杜拉·买买提: diabetes clinic; pays for a drug he already has and is given the money back.</summary>
    public static void Diabetes(Hospital h)
    {
        var p = People.Abdulla;
        var booked = h.Book(At("06:48"), p, Department.Endocrinology, At("09:30"), "糖尿病复诊");
        var visit = h.Visit(p, 'O', Department.Endocrinology, At("09:12")) with { Diagnoses = [new("E11.900", "2型糖尿病", 'W')] };
        h.Adt(At("09:12"), "A04", visit);
        h.Keep(At("09:36"), booked);
        var diabetes = h.Order(At("09:44"), visit, LabPanel.Diabetes);
        var lipids = h.Order(At("09:45"), visit, LabPanel.Lipids);
        var urine = h.Order(At("09:46"), visit, LabPanel.Urinalysis);
        ChargeItem insulin = new("F8801", "甘精胰岛素注射液 3ml:300单位", 13256, 2, "DRUG^西药费^OPD-KIND");
        ChargeItem metformin = new("F8802", "盐酸二甲双胍片 0.5g*60", 3280, 3, "DRUG^西药费^OPD-KIND");
        h.Charge(At("09:52"), visit, ChargeItem.Of(LabPanel.Diabetes), ChargeItem.Of(LabPanel.Lipids), ChargeItem.Of(LabPanel.Urinalysis));
        h.Report(At("11:02"), diabetes, new Dictionary<string, string> { ["GLU"] = "13.7", ["HBA1C"] = "9.8" }, note: "建议结合临床，3个月后复查");
        h.Report(At("11:15"), lipids, new Dictionary<string, string> { ["TC"] = "6.41", ["TG"] = "3.05" });
        h.Report(At("11:20"), urine, new Dictionary<string, string> { ["U-GLU"] = "阳性(3+)", ["U-PRO"] = "阳性(1+)" });
        visit = visit with { Diagnoses = [new("E11.200", "2型糖尿病伴肾并发症", 'F'), new("E78.200", "混合性高脂血症", 'F')] };
        h.Adt(At("13:40"), "A08", visit, "诊断修订");
        h.Prescribe(At("13:44"), visit, "A10AE04", "甘精胰岛素注射液", "14", "IU", "睡前皮下注射");
        h.Prescribe(At("13:45"), visit, "A10BA02", "盐酸二甲双胍片", "0.5", "g", "餐中口服,每日三次");
        h.Charge(At("13:58"), visit, insulin, metformin);
        h.Refund(At("14:25"), visit, metformin);
        h.Adt(At("14:40"), "A03", visit with { Ended = At("14:40"), Disposition = "01" });
        h.Book(At("14:46"), p, Department.Endocrinology, At("09:30").AddDays(91), "3个月复诊: 糖化血红蛋白");
    }

    /// <summary>无名氏: found in the street, unconscious; three hours later he has a name, and an allergy that was known all along.</summary>
    public static void UnknownManGetsHisName(Hospital h)
    {
        h.UpdatePerson(At("06:32"), People.SimaQi);
        var unknown = h.Visit(People.Unknown, 'E', Department.Emergency, At("10:17"), "EMG^抢救室^02^EAST") with
        {
            Diagnoses = [new("R40.200", "昏迷", 'A')],
        };
        h.Adt(At("10:17"), "A04", unknown, "120送入");
        var blood = h.Order(At("10:20"), unknown, LabPanel.BloodCount);
        var chemistry = h.Order(At("10:21"), unknown, LabPanel.Chemistry);
        var heart = h.Order(At("10:22"), unknown, LabPanel.Heart);
        var group = h.Order(At("10:23"), unknown, LabPanel.BloodGroup);
        h.OrderExamination(At("10:25"), unknown, "CT0101", "头颅CT平扫", "昏迷原因待查");
        h.Report(At("10:41"), chemistry, new Dictionary<string, string> { ["GLU"] = "1.9", ["K"] = "2.71" }, note: "GLU 危急值,已电话通知抢救室");
        h.Report(At("10:48"), blood);
        h.Report(At("10:52"), group, new Dictionary<string, string> { ["ABO"] = "B^B型^LIS-ABO" });
        h.Report(At("11:05"), heart, new Dictionary<string, string> { ["TNI"] = "'<0.01", ["DD"] = "0.31" });
        var known = unknown with { Person = People.SimaQi };
        h.Merge(At("13:25"), People.SimaQi, People.Unknown);
        h.Adt(At("13:31"), "A08", known with { Diagnoses = [new("E16.200", "低血糖昏迷", 'W')] }, "身份已确认");
        var admitted = known with
        {
            Class = 'I',
            Department = Department.Endocrinology,
            Location = Department.Endocrinology.Bed("0702", "05"),
            PriorLocation = unknown.Location,
            Diagnoses = [new("E16.200", "低血糖昏迷", 'A')],
        };
        h.Adt(At("14:05"), "A06", admitted, "急诊转住院");
        var again = h.Order(At("16:00"), admitted, LabPanel.Chemistry);
        h.Report(At("16:48"), again, new Dictionary<string, string> { ["GLU"] = "6.8", ["K"] = "3.66" });
        h.Charge(At("17:10"), admitted, ChargeItem.Of(LabPanel.Chemistry), ChargeItem.Of(LabPanel.Heart), ChargeItem.Of(LabPanel.BloodGroup));
    }

    /// <summary>张㛃: expecting; known to the desk by its own number and to the clinic by another, one person by her resident id.</summary>
    public static void Expecting(Hospital h)
    {
        var p = People.ZhangYan;
        var checkup = h.Book(At("06:40"), p, Department.Obstetrics, At("10:00"), "孕12周产检", 30);
        checkup = h.Move(At("07:22"), checkup, At("14:30"));
        var diet = h.Book(At("07:24"), p, Department.Endocrinology, At("11:00"), "孕期营养咨询");
        h.Cancel(At("08:15"), diet);
        var class1 = h.Book(At("08:20"), p, Department.Obstetrics, At("17:00"), "孕妇学校第一课", 60);
        h.AddPerson(At("14:06"), p);
        var visit = h.Visit(p, 'O', Department.Obstetrics, At("14:10")) with { Diagnoses = [new("Z34.000", "首次正常妊娠的监督", 'W')] };
        h.Adt(At("14:10"), "A04", visit);
        h.Keep(At("14:38"), checkup);
        var hcg = h.Order(At("14:50"), visit, LabPanel.Pregnancy);
        var urine = h.Order(At("14:51"), visit, LabPanel.Urinalysis);
        var group = h.Order(At("14:52"), visit, LabPanel.BloodGroup);
        h.Charge(At("14:58"), visit, ChargeItem.Of(LabPanel.Pregnancy), ChargeItem.Of(LabPanel.Urinalysis), ChargeItem.Of(LabPanel.BloodGroup));
        h.Report(At("15:40"), urine);
        h.Report(At("16:02"), hcg, new Dictionary<string, string> { ["HCG"] = ">10000" });
        h.Report(At("16:10"), group, new Dictionary<string, string> { ["ABO"] = "O^O型^LIS-ABO", ["RH"] = "NEG^阴性^LIS-RH" }, note: "Rh阴性,请复核");
        h.Miss(At("18:05"), class1);
        h.Adt(At("16:30"), "A03", visit with { Ended = At("16:30"), Disposition = "01" });
    }

    /// <summary>李𠮷: four years old, fever and a seizure; from the clinic to the ward. One laboratory report is sent twice.</summary>
    public static void Child(Hospital h)
    {
        var p = People.LiJi;
        h.AddPerson(At("11:50"), p);
        var visit = h.Visit(p, 'O', Department.Paediatrics, At("11:54")) with { Diagnoses = [new("R50.900", "发热", 'A')] };
        h.Adt(At("11:54"), "A04", visit);
        var blood = h.Order(At("12:05"), visit, LabPanel.BloodCount);
        var flu = h.Order(At("12:06"), visit, LabPanel.Influenza);
        h.Report(At("12:40"), blood, new Dictionary<string, string> { ["WBC"] = "2.90", ["LYM%"] = "58.3", ["HGB"] = "112" });
        var report = h.Report(At("12:58"), flu, new Dictionary<string, string> { ["FLUA"] = "阳性(+)" });
        h.Day.Resend(At("13:03"), report);
        var admitted = visit with
        {
            Class = 'I',
            Location = Department.Paediatrics.Bed("0205", "21"),
            PriorLocation = visit.Location,
            Diagnoses = [new("J10.100", "甲型流行性感冒", 'A'), new("R56.000", "热性惊厥", 'A')],
        };
        h.Adt(At("13:20"), "A06", admitted, "惊厥收入院");
        h.Prescribe(At("13:28"), admitted, "J05AH02", "磷酸奥司他韦干混悬剂", "45", "mg", "口服,每日两次,5天");
        h.Charge(At("13:40"), admitted, ChargeItem.Of(LabPanel.BloodCount), ChargeItem.Of(LabPanel.Influenza));
        h.Adt(At("18:10"), "A08", admitted with { Diagnoses = [new("J10.100", "甲型流行性感冒", 'W'), new("R56.000", "热性惊厥", 'W')] }, "更新联系人");
    }
}
