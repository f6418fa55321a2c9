using System.Collections.Frozen;

namespace Integration.Core.Vitals;

/// <summary>The vital signs that the engine knows: closed list, by LOINC code or name. What is not listed is kept as it comes, without conversion and limits.</summary>
public static class VitalSigns
{
    /// <summary>LOINC's URI in FHIR.</summary>
    public const string LoincSystem = "http://loinc.org";

    /// <summary>What a cuff measures at once; its parts are <c>systolic</c> and <c>diastolic</c>.</summary>
    public static readonly VitalSign BloodPressure = new(
        "blood-pressure", "85354-9", "Blood pressure panel with all children optional", "血压", "mm[Hg]", "mmHg", 1, "bp", "nibp", "血压");

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<VitalSign> All { get; } =
    [
        new("heart-rate", "8867-4", "Heart rate", "心率", "/min", "/min", 0, "hr", "pulse", "pr", "心率", "脉搏"),
        new("respiratory-rate", "9279-1", "Respiratory rate", "呼吸频率", "/min", "/min", 0, "rr", "resp", "呼吸"),
        new("body-temperature", "8310-5", "Body temperature", "体温", "Cel", "°C", 1, "temp", "temperature", "体温"),
        new("oxygen-saturation", "2708-6", "Oxygen saturation in Arterial blood", "血氧饱和度", "%", "%", 0, "spo2", "59408-5", "血氧"),
        BloodPressure,
        new("systolic", "8480-6", "Systolic blood pressure", "收缩压", "mm[Hg]", "mmHg", 1, "sys", "sbp", "收缩压"),
        new("diastolic", "8462-4", "Diastolic blood pressure", "舒张压", "mm[Hg]", "mmHg", 1, "dia", "dbp", "舒张压"),
        new("mean-pressure", "8478-0", "Mean blood pressure", "平均动脉压", "mm[Hg]", "mmHg", 1, "map", "平均动脉压"),
        new("body-weight", "29463-7", "Body weight", "体重", "kg", "kg", 2, "weight", "体重"),
        new("body-height", "8302-2", "Body height", "身高", "cm", "cm", 1, "height", "身高"),
        new("glucose", "15074-8", "Glucose [Moles/volume] in Blood", "血糖", "mmol/L", "mmol/L", 1, "glu", "bg", "2339-0", "41653-7", "血糖")
            { MolarMass = 180.156m, Category = "laboratory" },
        new("cholesterol", "14647-2", "Cholesterol [Moles/volume] in Serum or Plasma", "总胆固醇", "mmol/L", "mmol/L", 2, "chol", "tc", "2093-3", "总胆固醇")
            { MolarMass = 386.654m, Category = "laboratory" },
        new("triglycerides", "14927-8", "Triglyceride [Moles/volume] in Serum or Plasma", "甘油三酯", "mmol/L", "mmol/L", 2, "tg", "trig", "2571-8", "甘油三酯")
            { MolarMass = 885.43m, Category = "laboratory" },
        new("creatinine", "14682-9", "Creatinine [Moles/volume] in Serum or Plasma", "肌酐", "umol/L", "µmol/L", 0, "crea", "2160-0", "肌酐")
            { MolarMass = 113.12m, Category = "laboratory" },
    ];

    private static readonly FrozenDictionary<string, VitalSign> ByCode = All
        .SelectMany(sign => sign.Aliases.Prepend(sign.Loinc).Prepend(sign.Name).Select(code => KeyValuePair.Create(code, sign)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>By LOINC code, name or alias, whatever its case; null for what is not listed.</summary>
    public static VitalSign? Find(string? code) => code is not null && ByCode.TryGetValue(code.Trim(), out var sign) ? sign : null;
}
