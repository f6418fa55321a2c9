using System.Globalization;

namespace Integration.HospitalDay;

/// <summary>What is paid for.</summary>
/// <param name="Fen">Price of one, in hundredths of a yuan.</param>
/// <param name="Kind">FT1-18-like class on the invoice: 挂号费, 西药费 …</param>
internal sealed record ChargeItem(string Code, string Name, int Fen, int Quantity, string Kind)
{
    public static ChargeItem Of(LabPanel panel) => new("F" + panel.Code, panel.Name, panel.Price * 100, 1, "LAB^检验费^OPD-KIND");
}

/// <summary>One appointment as it stands now.</summary>
internal sealed record Appointment(Person Person, string Number, Department Department, DateTime Start, int Minutes, string Reason);

/// <summary>Segments of the outpatient desk. HL7 v2.5.1 chapters 6 (FT1) and 10 (SCH, RGS, AI*).</summary>
internal static class DeskSegments
{
    /// <param name="refund">True for CR: the same amounts given back.</param>
    public static string Transaction(int number, string transaction, ChargeItem item, Visit visit, DateTime at, bool refund) => Hl7Line.Of("FT1",
        (1, $"{number}"), (2, transaction), (4, Hl7Line.Time(at)), (5, Hl7Line.Time(at)), (6, refund ? "CR" : "CG"),
        (7, $"{item.Code}^{Hl7Line.Escape(item.Name)}^HIS-FEE"), (8, item.Kind.Split('^')[1]), (10, $"{item.Quantity}"),
        (11, $"{Yuan(item.Fen * item.Quantity)}&CNY"), (12, $"{Yuan(item.Fen)}&CNY"), (13, visit.Department.Service), (17, item.Kind),
        (18, visit.Class == 'I' ? "I" : "O"), (20, visit.Department.Doctor));

    /// <param name="status">SCH-25, HL7 table 0278: Booked, Complete, Cancelled, Noshow.</param>
    /// <param name="cause">SCH-6, why this message: booked by WeChat, moved at the patient's wish.</param>
    public static IEnumerable<string> Schedule(Appointment a, string status, string cause) =>
    [
        Hl7Line.Of("SCH", (1, a.Number), (2, $"{a.Number}^OPD"), (6, cause), (7, $"^{Hl7Line.Escape(a.Reason)}"), (8, "Normal"), (9, $"{a.Minutes}"),
            (10, "min"), (11, $"^^{a.Minutes}^{Hl7Line.Time(a.Start)}^{Hl7Line.Time(a.Start.AddMinutes(a.Minutes))}"), (16, "Q7001^柜^台"),
            (20, "Q7001^柜^台"), (25, status)),
        PatientSegments.DeskPid(a.Person),
        Hl7Line.Of("PV1", (1, "1"), (2, "O"), (3, a.Department.Clinic), (10, a.Department.Service)),
        Hl7Line.Of("RGS", (1, "1"), (2, "A")),
        Hl7Line.Of("AIS", (1, "1"), (2, "A"), (3, $"{a.Department.Service}"), (4, Hl7Line.Time(a.Start)), (7, $"{a.Minutes}"), (8, "min"), (10, status)),
        Hl7Line.Of("AIL", (1, "1"), (2, "A"), (3, a.Department.Clinic), (6, Hl7Line.Time(a.Start)), (9, $"{a.Minutes}"), (10, "min")),
        Hl7Line.Of("AIP", (1, "1"), (2, "A"), (3, a.Department.Doctor), (6, Hl7Line.Time(a.Start)), (9, $"{a.Minutes}"), (10, "min")),
    ];

    private static string Yuan(int fen) => (fen / 100m).ToString("F2", CultureInfo.InvariantCulture);
}
