using Integration.Core.Events;

namespace Integration.Core.Messaging.Templates;

/// <summary>A value that templates may put in.</summary>
/// <param name="Category">Clinical ones stand in text messages only where the destination is granted <c>Clinical</c>.</param>
/// <param name="Title">What it says.</param>
/// <param name="Sample">For previews without a patient, in Chinese.</param>
/// <param name="EnglishSample">The same in English.</param>
public sealed record TemplateVariable(string Name, DataCategory Category, string Title, string Sample, string EnglishSample);

/// <summary>All values that templates may put in.</summary>
public static class TemplateVariables
{
    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<TemplateVariable> All { get; } =
    [
        new("patientName", DataCategory.Identifying, "Name of the patient", "王㛃", "Wang Jie"),
        new("honorific", DataCategory.Plain, "先生 or 女士, Mr or Ms; empty where the record has no gender", "女士", "Ms"),
        new("hospital", DataCategory.Plain, "Messaging:Hospital", "示例医院", "Sample Hospital"),
        new("hospitalPhone", DataCategory.Plain, "Messaging:HospitalPhone", "010-12345678", "010-12345678"),
        new("link", DataCategory.Plain, "Messaging:Link, with the id of the work in place of {work}", "https://h.example/w/1", "https://h.example/w/1"),
        new("appointmentTime", DataCategory.Plain, "Day and time of the appointment by the hospital's clocks", "3月17日（周二）14:30", "Tue 17 Mar, 14:30"),
        new("appointmentDate", DataCategory.Plain, "Day of the appointment", "3月17日（周二）", "Tue 17 Mar"),
        new("department", DataCategory.Plain, "Department of the appointment or visit", "心内科门诊", "Cardiology"),
        new("doctor", DataCategory.Plain, "Who will see, or saw, the patient", "李明", "Li Ming"),
        new("place", DataCategory.Plain, "Where the appointment is", "门诊楼3层", "Clinic, 3rd floor"),
        new("dueDate", DataCategory.Plain, "Day on which the work is due", "3月17日（周二）", "Tue 17 Mar"),
        new("diagnosis", DataCategory.Clinical, "Diagnosis that the work is for", "高血压", "hypertension"),
        new("examination", DataCategory.Clinical, "Examination or laboratory test that the work is for", "胸部CT", "chest CT"),
        new("medication", DataCategory.Clinical, "Medicine that the work is for", "阿托伐他汀", "atorvastatin"),
        new("result", DataCategory.Clinical, "Value of the result that the work is for", "6.9 mmol/L", "6.9 mmol/L"),
    ];

    /// <summary>Null when there is none of that name.</summary>
    public static TemplateVariable? Find(string name) => All.FirstOrDefault(variable => variable.Name == name);
}
