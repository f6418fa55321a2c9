using System.Globalization;

namespace Integration.HospitalDay;

/// <summary>The cast. Every name, number, phone and address is invented.</summary>
internal static class People
{
    private const string Worker = "01^城镇职工医保";
    private const string Resident = "02^城乡居民医保";
    private const string Private = "05^商业健康保险";

    private static readonly string[] PhonePrefixes = ["1380000", "1390000", "1500000", "1860000", "1990000", "1770000"];

    private static readonly Allergy Penicillin = new("J01C^青霉素^HIS-ALG", "SV^重度^HL70128", "全身皮疹、胸闷");
    private static readonly Allergy Cephalosporin = new("J01D^头孢菌素类^HIS-ALG", "MO^中度^HL70128", "荨麻疹");
    private static readonly Allergy Iodine = new("V08A^含碘造影剂^HIS-ALG", "MI^轻度^HL70128", "恶心");
    private static readonly Allergy Seafood = new("SEAFOOD^海鲜^HIS-ALG", "MI^轻度^HL70128", "皮肤瘙痒");

    public static readonly Person OuyangWei = New(1, "欧阳", "瑋", "OUYANG^WEI", 'F', "19680412", Worker) with
    {
        Marital = "M^已婚",
        Allergies = [Penicillin, Seafood],
        Kin = new Kin("赵", "志远", "SPO^配偶^HL70063", "13900009001"),
    };

    public static readonly Person Abdulla = New(2, "阿卜杜拉·买买提", "", "ABDULLA^MEMET", 'M', "19750903", Worker) with
    {
        Ethnicity = "UG^维吾尔族^GB3304",
        Marital = "M^已婚",
        Kin = new Kin("古丽娜尔·吐尔逊", "", "SPO^配偶^HL70063", "13900009002"),
    };

    public static readonly Person SimaQi = New(3, "司马", "玘", "SIMA^QI", 'M', "19820121", Worker) with
    {
        Marital = "D^离异",
        Allergies = [Cephalosporin],
        Kin = new Kin("司马", "文博", "FTH^父亲^HL70063", "13900009003"),
    };

    /// <summary>What the emergency department knows of <see cref="SimaQi"/> for the first three hours.</summary>
    public static readonly Person Unknown = new("00269901", "无名氏", "", "", 'M', "", "");

    public static readonly Person ZhangYan = New(4, "张", "㛃", "ZHANG^YAN", 'F', "19930618", Resident) with
    {
        Marital = "M^已婚",
        DeskNumber = "W100204",
        Kin = new Kin("陈", "子昂", "SPO^配偶^HL70063", "13900009004"),
    };

    public static readonly Person LiJi = New(5, "李", "𠮷", "LI^JI", 'M', "20210530", Resident) with
    {
        Phone = "13900009005",
        Kin = new Kin("周", "晓岚", "MTH^母亲^HL70063", "13900009005"),
    };

    // In the wards since earlier days.
    public static readonly Person ZhaoJianguo = New(11, "赵", "建国", "", 'M', "19511001", Worker) with { Marital = "M^已婚" };
    public static readonly Person QianYulan = New(12, "钱", "玉兰", "", 'F', "19460223", Resident) with { Marital = "W^丧偶", Allergies = [Iodine] };
    public static readonly Person SunDehai = New(13, "孙", "德海", "SUN^DEHAI", 'M', "19590817", Worker);
    public static readonly Person ZhugeMing = New(14, "诸葛", "明轩", "", 'M', "19890305", Private);
    public static readonly Person HeLian = New(15, "何", "莲", "", 'F', "19960911", Resident) with { Marital = "M^已婚" };
    public static readonly Person Zhuoma = New(16, "卓玛措", "", "DROLMATSO^", 'F', "19621212", Resident) with { Ethnicity = "ZA^藏族^GB3304" };
    public static readonly Person WuGuangrong = New(17, "吴", "光荣", "", 'M', "19380709", Worker) with { Allergies = [Penicillin] };

    // Admitted today.
    public static readonly Person ZhouMin = New(21, "周", "敏", "", 'F', "19710128", Worker);
    public static readonly Person ZhengShuai = New(22, "郑", "帅", "ZHENG^SHUAI", 'M', "20011115", Private);
    public static readonly Person Batu = New(23, "巴图", "", "BATU^", 'M', "19660404", Resident) with { Ethnicity = "MG^蒙古族^GB3304" };
    public static readonly Person FengXiulian = New(24, "冯", "秀莲", "", 'F', "19530620", Worker) with { Marital = "M^已婚" };
    public static readonly Person ShangguanYun = New(25, "上官", "云", "SHANGGUAN^YUN", 'F', "19840730", Worker) with { Allergies = [Penicillin] };
    public static readonly Person ChenLi = New(26, "陈", "立", "", 'M', "19770216", Resident);

    // Twins: same birth date, same phone, no resident id yet. Never the same person.
    public static readonly Person TwinYue = New(31, "孙", "悦", "", 'F', "20220808", Resident, withResidentId: false) with
    {
        Phone = "13900009031",
        Kin = new Kin("林", "静", "MTH^母亲^HL70063", "13900009031"),
    };

    public static readonly Person TwinXin = New(32, "孙", "欣", "", 'F', "20220808", Resident, withResidentId: false) with
    {
        Phone = "13900009031",
        Kin = new Kin("林", "静", "MTH^母亲^HL70063", "13900009031"),
    };

    // Same name, same sex, same birth date, two people.
    public static readonly Person WangFangA = New(33, "王", "芳", "", 'F', "19880520", Worker);
    public static readonly Person WangFangB = New(34, "王", "芳", "", 'F', "19880520", Resident);

    /// <summary>Everybody else who comes to the clinics.</summary>
    public static readonly IReadOnlyList<Person> Clinic =
    [
        WangFangA, WangFangB, TwinYue, TwinXin,
        New(35, "刘", "洋", "", 'M', "19910814", Worker),
        New(36, "慕容", "雪", "MURONG^XUE", 'F', "19990102", Private),
        New(37, "黄", "志强", "", 'M', "19640527", Worker) with { Allergies = [Cephalosporin] },
        New(38, "艾力·热合曼", "", "ELI^REHMAN", 'M', "19831019", Resident) with { Ethnicity = "UG^维吾尔族^GB3304" },
        New(39, "杨", "婉清", "", 'F', "20040218", Resident, withResidentId: false),
        New(40, "许", "家豪", "", 'M', "20150906", Resident, withResidentId: false) with { Kin = new Kin("许", "伟", "FTH^父亲^HL70063", "13900009040") },
        New(41, "沈", "玥", "SHEN^YUE", 'F', "19940424", Worker),
        New(42, "韩", "磊", "", 'M', "19790611", Worker),
        New(43, "曹", "桂英", "", 'F', "19490303", Resident) with { Allergies = [Penicillin] },
        New(44, "彭", "𠮷林", "", 'M', "19700725", Worker),
        New(45, "尉迟", "恭平", "YUCHI^GONGPING", 'M', "19860108", Private),
        New(46, "宋", "雨桐", "", 'F', "20120914", Resident, withResidentId: false),
        New(47, "金", "哲洙", "", 'M', "19581130", Worker) with { Ethnicity = "CX^朝鲜族^GB3304" },
        New(48, "马", "玉梅", "", 'F', "19730819", Resident) with { Ethnicity = "HU^回族^GB3304" },
        New(49, "董", "浩然", "", 'M', "19971203", Worker),
        New(50, "萧", "珺", "", 'F', "19810326", Worker, withResidentId: false),
        New(51, "梁", "国栋", "", 'M', "19560914", Worker),
        New(52, "夏侯", "霖", "XIAHOU^LIN", 'M', "20000229", Private),
        New(53, "唐", "晓燕", "", 'F', "19760807", Worker),
        New(54, "罗", "永昌", "", 'M', "19440212", Resident, withResidentId: false),
    ];

    private static Person New(int n, string family, string given, string latin, char sex, string born, string insurance, bool withResidentId = true) =>
        new($"0026{n:D4}", family, given, latin, sex, born, withResidentId ? ResidentId.Make(born, sex == 'M', n % 50) : "")
        {
            Phone = string.Create(CultureInfo.InvariantCulture, $"{PhonePrefixes[n % PhonePrefixes.Length]}{(n * 173) % 10000:D4}"),
            Address = string.Create(CultureInfo.InvariantCulture, $"松鹤里{(n % 19) + 1}号楼{(n % 6) + 1}单元{(n % 5) + 1}0{(n % 3) + 1}室"),
            Insurance = insurance,
        };
}
