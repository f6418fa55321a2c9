using System.Text;

namespace Integration.Tests.Samples;

/// <summary>The committed samples, read without the product's own reader, so that a defect there cannot hide one here.</summary>
internal static class SampleFiles
{
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Day { get; } = Path.Combine(RepositoryRoot.Path, "samples", "hospital-day");

    public static string Messages { get; } = Path.Combine(RepositoryRoot.Path, "samples", "messages");

    /// <summary>Messages of the day, in its order.</summary>
    public static IReadOnlyList<SampleMessage> DayMessages { get; } =
    [
        .. Directory.EnumerateFiles(Day, "*.hl7", SearchOption.AllDirectories).OrderBy(Path.GetFileName, StringComparer.Ordinal).Select(Read),
    ];

    public static SampleMessage Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var declared = Encoding.Latin1.GetString(bytes).Split('\r')[0].Split('|').ElementAtOrDefault(17) ?? "";
        var encoding = declared switch
        {
            "GB 18030-2000" => Gb18030,
            "UNICODE UTF-8" => Utf8,
            _ => throw new InvalidDataException($"{path}: MSH-18 is '{declared}'."),
        };
        return new SampleMessage(Path.GetRelativePath(Day, path).Replace('\\', '/'), bytes, declared, encoding.GetString(bytes).Split('\r'));
    }
}

/// <param name="Path">Below the folder of the day.</param>
/// <param name="Charset">MSH-18.</param>
internal sealed record SampleMessage(string Path, byte[] Bytes, string Charset, IReadOnlyList<string> Lines)
{
    public string ControlId => Field("MSH", 9);

    /// <summary>e.g. <c>ADT^A01</c>.</summary>
    public string Type => string.Join('^', Field("MSH", 8).Split('^')[..2]);

    /// <summary>Identifiers of PID-3 as (value, type).</summary>
    public IEnumerable<(string Value, string Type)> Identifiers => Field("PID", 3).Split('~', StringSplitOptions.RemoveEmptyEntries)
        .Select(cx => cx.Split('^')).Select(cx => (cx[0], cx[4]));

    /// <summary>A field by its place between bars: for MSH that is its number less one.</summary>
    public string Field(string segment, int place) =>
        Lines.FirstOrDefault(l => l.StartsWith(segment + "|", StringComparison.Ordinal))?.Split('|').ElementAtOrDefault(place) ?? "";
}
