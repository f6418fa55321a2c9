namespace Integration.HospitalDay;

/// <summary>A department with its clinic, its ward and one doctor.</summary>
/// <param name="Ward">PV1-3.1 of an in-patient.</param>
/// <param name="Doctor">XCN: number, family, given.</param>
internal sealed record Department(string Code, string Name, string Ward, string Doctor)
{
    public static readonly Department Respiratory = New("0301", "呼吸与危重症医学科", "W08", "D1031^周^怀远");
    public static readonly Department Cardiology = New("0302", "心血管内科", "W05", "D1042^林^思齐");
    public static readonly Department Endocrinology = New("0305", "内分泌科", "W07", "D1057^司徒^雯");
    public static readonly Department Neurology = New("0304", "神经内科", "W06", "D1063^顾^承志");
    public static readonly Department Gastroenterology = New("0303", "消化内科", "W09", "D1075^裴^俊");
    public static readonly Department Surgery = New("0401", "普通外科", "W11", "D2011^石^磊");
    public static readonly Department Orthopaedics = New("0403", "骨科", "W12", "D2034^关^海涛");
    public static readonly Department Obstetrics = New("0502", "产科", "W03", "D3022^叶^知秋");
    public static readonly Department Paediatrics = New("0601", "儿科", "W02", "D4017^方^晓");
    public static readonly Department Emergency = New("2001", "急诊科", "EMG", "D5003^高^远");
    public static readonly Department IntensiveCare = New("2801", "重症医学科", "ICU", "D5011^严^谨");

    /// <summary>PV1-10 and SCH text.</summary>
    public string Service => $"{Code}^{Name}^HIS-DEPT";

    /// <summary>PV1-3 of an out-patient.</summary>
    public string Clinic => $"{Code}^诊室{Code[^1]}^^EAST";

    /// <summary>PV1-3 of an in-patient.</summary>
    public string Bed(string room, string bed) => $"{Ward}^{room}^{bed}^EAST^^^^^{Name}";

    private static Department New(string code, string name, string ward, string doctor) => new(code, name, ward, doctor + "^^^^^^HIS");
}
