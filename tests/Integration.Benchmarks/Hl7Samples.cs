using System.Text;

namespace Integration.Benchmarks;

/// <summary>Messages of the sizes that the speed figures are stated for.</summary>
internal static class Hl7Samples
{
    /// <summary>ADT^A01 of 1.1 KB with 266 delimiters and line ends: MSH, EVN, PID, NK1, PV1, PV2, DG1, IN1. ASCII.</summary>
    public static byte[] Adt { get; } = Bytes(
        @"MSH|^~\&|HIS|EASTCAMPUS|HUB|HOSPITAL|20240501101530.123+0800||ADT^A01^ADT_A01|HIS20240501101530000123|P|2.5.1|||AL|NE|CHN|UNICODE UTF-8|zh",
        "EVN|A01|20240501101530+0800|||NURSE07^WANG^LI|20240501101000+0800|EASTCAMPUS",
        "PID|1||10023456^^^EASTCAMPUS^MR~ZYH20240501007^^^EASTCAMPUS^VN~110105199003074528^^^CHN^NI||ZHANG^WEI^^^^^L||19900307|F|||NO 18 JIANGUO ROAD^APT 1203^BEIJING^BEIJING^100022^CHN^H~NO 3 FUXING ROAD^^BEIJING^BEIJING^100036^CHN^B||13800138000^PRN^CP~01065001234^WPN^PH||zh|M|||110105199003074528|||HAN||||||CHN",
        "NK1|1|LI^MING|SPO^Spouse^HL70063|NO 18 JIANGUO ROAD^APT 1203^BEIJING^BEIJING^100022^CHN|13900139000^PRN^CP||EC|20240501",
        "PV1|1|I|CARD^0512^01^EASTCAMPUS^^^^INPATIENT|R|||1001^CHEN^JIE^^^DR|1002^LIU^YANG^^^DR|1003^ZHAO^MIN^^^DR|CAR||||1|||1001^CHEN^JIE^^^DR|IP|ZYH20240501007^^^EASTCAMPUS^VN|BMI|||||||||||||||||||EASTCAMPUS|||||20240501100000+0800",
        "PV2|||||||20240501|||||||||||||||||||||||||||||||",
        "DG1|1|ICD10|I21.901^Acute myocardial infarction^ICD10CN||20240501101000+0800|A",
        "IN1|1|BMI01^URBAN EMPLOYEE BASIC|110000^BEIJING MEDICAL INSURANCE|BEIJING MEDICAL INSURANCE BUREAU|||||||20240101|20241231|||ZHANG^WEI|SEL|19900307");

    /// <summary>ORU^R01 of 2.8 KB with 20 OBX.</summary>
    public static byte[] Oru { get; } = Bytes(
    [
        @"MSH|^~\&|LIS|EASTCAMPUS|HUB|HOSPITAL|20240501113000.000+0800||ORU^R01^ORU_R01|LIS20240501113000000456|P|2.5.1|||AL|NE|CHN|UNICODE UTF-8|zh",
        "PID|1||10023456^^^EASTCAMPUS^MR||ZHANG^WEI^^^^^L||19900307|F|||NO 18 JIANGUO ROAD^APT 1203^BEIJING^BEIJING^100022^CHN^H||13800138000^PRN^CP",
        "PV1|1|I|CARD^0512^01^EASTCAMPUS|R|||1001^CHEN^JIE^^^DR",
        "ORC|RE|ORD20240501001^HIS|LAB20240501001^LIS||CM||||20240501103000+0800|||1001^CHEN^JIE^^^DR",
        "OBR|1|ORD20240501001^HIS|LAB20240501001^LIS|BIOCHEM^Biochemistry panel^L|||20240501104000+0800|||||||20240501105000+0800|SER&Serum|1001^CHEN^JIE^^^DR||||||20240501113000+0800||CH|F",
        .. Enumerable.Range(1, 20).Select(i =>
            $"OBX|{i}|NM|{20000 + (i * 37)}-{i % 10}^Analyte number {i:00}^LN^T{i:000}^Local test^L||{40 + (i * 3)}.{i % 10}|umol/L^^UCUM|35.0-110.0|{(i % 5 == 0 ? "H" : "N")}|||F|||20240501112000+0800"),
    ]);

    /// <summary><see cref="Adt"/> with Chinese names, in GB18030.</summary>
    public static byte[] AdtGb18030 { get; } = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes(
        Encoding.UTF8.GetString(Adt).Replace("UNICODE UTF-8", "GB 18030-2000").Replace("ZHANG^WEI", "张^瑋").Replace("LI^MING", "李^玘")
            .Replace("JIANGUO ROAD", "建国路").Replace("FUXING ROAD", "复兴路").Replace("BEIJING", "北京市").Replace("Acute myocardial infarction", "急性心肌梗死"));

    /// <summary>MDM^T02 with a PDF of this length as base64 in OBX-5.</summary>
    public static byte[] Document(int megabytes)
    {
        var pdf = new byte[megabytes * 1024 * 1024 / 4 * 3];
        new Random(megabytes).NextBytes(pdf);
        "%PDF-1.7"u8.CopyTo(pdf);
        return Bytes(
            @"MSH|^~\&|RIS|EASTCAMPUS|HUB|HOSPITAL|20240501101530||MDM^T02|D1|P|2.5.1||||||UNICODE UTF-8", "PID|1||10023456^^^EASTCAMPUS^MR",
            $"OBX|1|ED|RPT^Report^L||RIS^application^PDF^Base64^{Convert.ToBase64String(pdf)}||||||F");
    }

    private static byte[] Bytes(params string[] segments) => Encoding.UTF8.GetBytes(string.Join('\r', segments) + "\r");
}
