namespace Integration.HospitalDay;

/// <summary>One test of a panel.</summary>
/// <param name="Code">The laboratory's own code and name.</param>
/// <param name="Loinc">LOINC code and English name; empty where the laboratory has none.</param>
/// <param name="Unit">Unescaped, e.g. <c>10^9/L</c>; empty for a qualitative test.</param>
/// <param name="Low">Lower limit of the reference range in steps of 10^-<paramref name="Decimals"/>.</param>
/// <param name="High">Upper limit, likewise.</param>
/// <param name="PanicLow">Below this LL; 0: none.</param>
/// <param name="PanicHigh">Above this HH; 0: none.</param>
internal sealed record LabTest(string Code, string Name, string Loinc, string Unit, int Low, int High, int Decimals, int PanicLow = 0, int PanicHigh = 0)
{
    /// <summary>Result of a healthy person when the test has no number: <c>阴性(-)</c>.</summary>
    public string Normal { get; init; } = "";
}

/// <summary>What is ordered and reported together.</summary>
/// <param name="Specimen">SPM-4 and OBR-15: HL7 table 0487 code and text.</param>
/// <param name="Price">Yuan.</param>
internal sealed record LabPanel(string Code, string Name, string Specimen, int Price, IReadOnlyList<LabTest> Tests)
{
    private const string Blood = "BLD^全血^HL70487";
    private const string Serum = "SER^血清^HL70487";
    private const string Urine = "UR^尿液^HL70487";

    public static readonly LabPanel BloodCount = new("1001", "血常规五分类", Blood, 25,
    [
        new("WBC", "白细胞计数", "6690-2^Leukocytes [#/volume] in Blood", "10^9/L", 350, 950, 2, 100, 3000),
        new("NEUT%", "中性粒细胞百分比", "770-8^Neutrophils/100 leukocytes in Blood", "%", 400, 750, 1),
        new("LYM%", "淋巴细胞百分比", "736-9^Lymphocytes/100 leukocytes in Blood", "%", 200, 500, 1),
        new("RBC", "红细胞计数", "789-8^Erythrocytes [#/volume] in Blood", "10^12/L", 380, 580, 2),
        new("HGB", "血红蛋白", "718-7^Hemoglobin [Mass/volume] in Blood", "g/L", 115, 175, 0, 60, 0),
        new("PLT", "血小板计数", "777-3^Platelets [#/volume] in Blood", "10^9/L", 125, 350, 0, 30, 0),
    ]);

    public static readonly LabPanel Chemistry = new("2001", "生化全套", Serum, 120,
    [
        new("ALT", "丙氨酸氨基转移酶", "1742-6^Alanine aminotransferase in Serum or Plasma", "U/L", 9, 50, 0, 0, 1000),
        new("AST", "天门冬氨酸氨基转移酶", "1920-8^Aspartate aminotransferase in Serum or Plasma", "U/L", 15, 40, 0),
        new("TBIL", "总胆红素", "14631-6^Bilirubin.total [Moles/volume] in Serum or Plasma", "μmol/L", 34, 205, 1),
        new("UREA", "尿素", "22664-7^Urea [Moles/volume] in Serum or Plasma", "mmol/L", 31, 80, 1),
        new("CREA", "肌酐", "14682-9^Creatinine [Moles/volume] in Serum or Plasma", "μmol/L", 41, 97, 0, 0, 650),
        new("GLU", "葡萄糖", "14749-6^Glucose [Moles/volume] in Serum or Plasma", "mmol/L", 39, 61, 1, 25, 222),
        new("K", "钾", "2823-3^Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 350, 530, 2, 280, 620),
        new("NA", "钠", "2951-2^Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 137, 147, 0, 120, 160),
    ]);

    public static readonly LabPanel Inflammation = new("2011", "感染指标", Serum, 95,
    [
        new("CRP", "C反应蛋白", "1988-5^C reactive protein in Serum or Plasma", "mg/L", 0, 80, 1, 0, 2000),
        new("PCT", "降钙素原", "33959-8^Procalcitonin in Serum or Plasma", "ng/mL", 0, 5, 2, 0, 1000),
    ]);

    public static readonly LabPanel Heart = new("2021", "心肌损伤标志物", Serum, 180,
    [
        new("TNI", "肌钙蛋白I", "10839-9^Troponin I.cardiac in Serum or Plasma", "ng/mL", 0, 4, 2, 0, 50),
        new("DD", "D-二聚体", "48065-7^Fibrin D-dimer FEU in Platelet poor plasma", "mg/L FEU", 0, 55, 2),
    ]);

    public static readonly LabPanel Diabetes = new("2031", "糖尿病监测", Serum, 70,
    [
        new("GLU", "葡萄糖", "14749-6^Glucose [Moles/volume] in Serum or Plasma", "mmol/L", 39, 61, 1, 25, 222),
        new("HBA1C", "糖化血红蛋白", "4548-4^Hemoglobin A1c/Hemoglobin.total in Blood", "%", 40, 60, 1),
    ]);

    public static readonly LabPanel Lipids = new("2041", "血脂四项", Serum, 48,
    [
        new("TC", "总胆固醇", "14647-2^Cholesterol [Moles/volume] in Serum or Plasma", "mmol/L", 280, 517, 2),
        new("TG", "甘油三酯", "14927-8^Triglyceride [Moles/volume] in Serum or Plasma", "mmol/L", 56, 170, 2),
    ]);

    public static readonly LabPanel Urinalysis = new("3001", "尿常规", Urine, 20,
    [
        new("U-PRO", "尿蛋白", "20454-5^Protein [Presence] in Urine by Test strip", "", 0, 0, 0) { Normal = "阴性(-)" },
        new("U-GLU", "尿糖", "25428-4^Glucose [Presence] in Urine by Test strip", "", 0, 0, 0) { Normal = "阴性(-)" },
        new("U-KET", "尿酮体", "2514-8^Ketones [Presence] in Urine by Test strip", "", 0, 0, 0) { Normal = "阴性(-)" },
        new("U-SG", "尿比重", "5811-5^Specific gravity of Urine by Test strip", "", 1005, 1030, 3),
    ]);

    public static readonly LabPanel Pregnancy = new("2051", "人绒毛膜促性腺激素", Serum, 60,
        [new("HCG", "β-人绒毛膜促性腺激素", "21198-7^Choriogonadotropin.beta subunit in Serum or Plasma", "mIU/mL", 0, 50, 1)]);

    public static readonly LabPanel BloodGroup = new("4001", "血型鉴定", Blood, 35,
    [
        new("ABO", "ABO血型", "883-9^ABO group [Type] in Blood", "", 0, 0, 0) { Normal = "A^A型^LIS-ABO" },
        new("RH", "Rh(D)血型", "10331-7^Rh [Type] in Blood", "", 0, 0, 0) { Normal = "POS^阳性^LIS-RH" },
    ]);

    public static readonly LabPanel Influenza = new("5001", "呼吸道病原抗原", "NPH^鼻咽拭子^HL70487", 85,
    [
        new("FLUA", "甲型流感病毒抗原", "", "", 0, 0, 0) { Normal = "阴性(-)" },
        new("FLUB", "乙型流感病毒抗原", "", "", 0, 0, 0) { Normal = "阴性(-)" },
    ]);

    public static readonly LabPanel SputumCulture = new("6001", "痰培养及鉴定", "SPT^痰^HL70487", 110,
        [new("CULT", "细菌培养", "6463-4^Bacteria identified in Specimen by Culture", "", 0, 0, 0) { Normal = "无致病菌生长" }]);
}
