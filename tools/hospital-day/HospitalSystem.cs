using System.Text;

namespace Integration.HospitalDay;

/// <summary>One sending system of the hospital.</summary>
/// <param name="Application">MSH-3.</param>
/// <param name="Feed">Feed it sends into, and folder of its files.</param>
/// <param name="Charset">MSH-18, HL7 table 0211.</param>
/// <param name="Encoding">What it really writes.</param>
/// <param name="ControlPrefix">First letter of its MSH-10.</param>
internal sealed record HospitalSystem(string Application, string Feed, string Charset, Encoding Encoding, string ControlPrefix)
{
    // Strict, so that a character that a charset cannot hold stops the generator rather than becoming a question mark.
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The hospital information system: patients, visits, orders. Old enough to write GB18030.</summary>
    public static readonly HospitalSystem His = new("HIS", "his", "GB 18030-2000", Gb18030, "H");

    /// <summary>The laboratory system: results.</summary>
    public static readonly HospitalSystem Lis = new("LIS", "lis", "UNICODE UTF-8", Utf8, "L");

    /// <summary>The outpatient desk: appointments and the cashier.</summary>
    public static readonly HospitalSystem Desk = new("OPD", "his", "UNICODE UTF-8", Utf8, "D");
}
