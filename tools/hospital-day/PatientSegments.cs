namespace Integration.HospitalDay;

/// <summary>Segments about a person and a visit, as the three systems write them. HL7 v2.5.1 chapter 3 and 6.</summary>
internal static class PatientSegments
{
    /// <summary>Authority of the resident identity number in Chinese health data sets.</summary>
    private const string ResidentIdAuthority = "&2.16.156.10011.1.3&ISO";

    public static string Event(string trigger, DateTime at, string reason = "") =>
        Hl7Line.Of("EVN", (1, trigger), (2, Hl7Line.Time(at)), (4, reason), (6, Hl7Line.Time(at)));

    /// <summary>PID as the hospital information system writes it: everything that is known.</summary>
    public static string Pid(Person p) => Hl7Line.Of("PID",
        (1, "1"), (3, Join('~', $"{p.HisNumber}^^^HIS^PI", ResidentNumber(p))), (5, Names(p)), (7, p.Born), (8, $"{p.Sex}"),
        (11, p.Address.Length == 0 ? "" : $"{p.Address}^^北京市^北京市^100010^CHN^H"), (13, p.Phone.Length == 0 ? "" : $"{p.Phone}^PRN^CP"),
        (15, "zh^汉语^ISO639"), (16, p.Marital), (22, p.Ethnicity), (26, "CHN^中国^ISO3166"));

    /// <summary>PID as the laboratory writes it: the hospital's number and what is printed on the tube.</summary>
    public static string LaboratoryPid(Person p) => Hl7Line.Of("PID",
        (1, "1"), (3, $"{p.HisNumber}^^^HIS^PI"), (5, Names(p)), (7, p.Born), (8, $"{p.Sex}"));

    /// <summary>PID as the desk writes it: its own number where it has one, else the hospital's; always the resident id and the phone.</summary>
    public static string DeskPid(Person p) => Hl7Line.Of("PID",
        (1, "1"),
        (3, Join('~', p.DeskNumber.Length > 0 ? $"{p.DeskNumber}^^^OPD^PI" : $"{p.HisNumber}^^^HIS^PI", ResidentNumber(p))),
        (5, Names(p)), (7, p.Born), (8, $"{p.Sex}"), (13, p.Phone.Length == 0 ? "" : $"{p.Phone}^PRN^CP"));

    public static string NextOfKin(Person p) => p.Kin is not { } kin ? "" : Hl7Line.Of("NK1",
        (1, "1"), (2, $"{Hl7Line.Escape(kin.Family)}^{Hl7Line.Escape(kin.Given)}^^^^^L^I"), (3, kin.Relation), (5, $"{kin.Phone}^PRN^CP"),
        (7, "C^紧急联系人^HL70131"));

    public static string PatientVisit(Visit v) => Hl7Line.Of("PV1",
        (1, "1"), (2, $"{v.Class}"), (3, v.Location), (4, v.Class == 'E' ? "E" : v.Class == 'I' ? "R" : ""), (6, v.PriorLocation),
        (7, v.Department.Doctor), (10, v.Department.Service), (18, v.Person.Insurance.Length == 0 ? "自费" : v.Person.Insurance.Split('^')[1]),
        (19, $"{v.Number}^^^HIS^VN"), (36, v.Disposition), (44, Hl7Line.Time(v.Begun)), (45, v.Ended is { } ended ? Hl7Line.Time(ended) : ""));

    /// <summary>PV1 in a message that is about no visit. HL7 v2.5.1 §3.3.28: class N.</summary>
    public static string NoVisit() => Hl7Line.Of("PV1", (1, "1"), (2, "N"));

    public static IEnumerable<string> Allergies(Person p) => p.Allergies.Select((a, i) => Hl7Line.Of("AL1",
        (1, $"{i + 1}"), (2, a.Substance.StartsWith("SEA", StringComparison.Ordinal) ? "FA^食物过敏^HL70127" : "DA^药物过敏^HL70127"),
        (3, a.Substance), (4, a.Severity), (5, Hl7Line.Escape(a.Reaction))));

    public static IEnumerable<string> Diagnoses(Visit v, DateTime at) => v.Diagnoses.Select((d, i) => Hl7Line.Of("DG1",
        (1, $"{i + 1}"), (2, "I10"), (3, $"{d.Code}^{Hl7Line.Escape(d.Text)}^I10"), (5, Hl7Line.Time(at)), (6, $"{d.Type}"), (15, $"{i + 1}"),
        (16, v.Department.Doctor)));

    public static string Insurance(Person p) => p.Insurance.Length == 0 ? "" : Hl7Line.Of("IN1",
        (1, "1"), (2, $"{p.Insurance}^HIS-PLAN"), (3, "110101^^^YB^NIIP"), (4, "北京市东城区医疗保险经办中心"), (12, "20260101"), (13, "20261231"),
        (15, p.Insurance.Split('^')[0]), (16, Names(p)), (17, "SEL^本人^HL70063"), (36, $"YB{p.HisNumber}"));

    private static string Names(Person p)
    {
        var name = p.Given.Length == 0 ? $"{Hl7Line.Escape(p.Family)}^^^^^^L^I" : $"{Hl7Line.Escape(p.Family)}^{Hl7Line.Escape(p.Given)}^^^^^L^I";
        return p.Latin.Length == 0 ? name : $"{name}~{p.Latin}^^^^^L^A";
    }

    private static string ResidentNumber(Person p) => p.ResidentId.Length == 0 ? "" : $"{p.ResidentId}^^^{ResidentIdAuthority}^NI";

    private static string Join(char separator, params IEnumerable<string> parts) => string.Join(separator, parts.Where(part => part.Length > 0));
}
