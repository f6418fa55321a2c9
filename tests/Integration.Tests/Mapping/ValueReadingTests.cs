using Integration.Core.Mapping.Runtime;

namespace Integration.Tests.Mapping;

/// <summary>How single values are read: times and results.</summary>
public sealed class ValueReadingTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    [Theory]
    [InlineData("2026", "2026")]
    [InlineData("202603", "2026-03")]
    [InlineData("20260301", "2026-03-01")]
    [InlineData("2026030108", "2026-03-01T08:00:00+08:00")]
    [InlineData("202603010830", "2026-03-01T08:30:00+08:00")]
    [InlineData("20260301083015", "2026-03-01T08:30:15+08:00")]
    [InlineData("20260301083015.1234", "2026-03-01T08:30:15.1234+08:00")]
    [InlineData("20260301083015-0500", "2026-03-01T08:30:15-05:00")]
    [InlineData("202603010830+0000", "2026-03-01T08:30:00+00:00")]
    [InlineData("19880701120000", "1988-07-01T12:00:00+09:00")]
    [InlineData("2026-03-01", "2026-03-01")]
    [InlineData("2026/03/01 08:30", "2026-03-01T08:30:00+08:00")]
    [InlineData("2026-03-01T08:30:15+09:00", "2026-03-01T08:30:15+09:00")]
    [InlineData("20260301000000", "2026-03-01T00:00:00+08:00")]
    [InlineData("20260230", null)]
    [InlineData("20261301", null)]
    [InlineData("2026030125", null)]
    [InlineData("00000000", null)]
    [InlineData("202", null)]
    [InlineData("yesterday", null)]
    [InlineData("20260301083015.", null)]
    public void DateTime_KeepsPrecisionAndOffset(string text, string? expected) =>
        Assert.Equal(expected, Hl7Time.TryParse(text, out var time) ? time.ToFhirDateTime(Shanghai) : null);

    [Theory]
    [InlineData("0830", "08:30:00")]
    [InlineData("083015.5", "08:30:15.5")]
    [InlineData("2460", null)]
    [InlineData("08", null)]
    public void Time_NeedsHoursAndMinutes(string text, string? expected) => Assert.Equal(expected, Hl7Time.ToFhirTime(text));

    [Theory]
    [InlineData("7.20", "number", "7.20")]
    [InlineData("<0.01", "number", "0.01")]
    [InlineData("<0.01", "comparator", "<")]
    [InlineData("≥ 5", "comparator", ">=")]
    [InlineData("＞5", "comparator", ">")]
    [InlineData("2-5", "low", "2")]
    [InlineData("2-5", "high", "5")]
    [InlineData("-2-5", "low", "-2")]
    [InlineData("3.5～9.5", "high", "9.5")]
    [InlineData("125--350", "high", "350")]
    [InlineData("<10", "high", "10")]
    [InlineData("<10", "low", null)]
    [InlineData(">3", "low", "3")]
    [InlineData("5-2", "low", null)]
    [InlineData("2026-03-01", "low", null)]
    [InlineData("1:128", "numerator", "1")]
    [InlineData("11010519491231002X", "division", "110105")]
    [InlineData("110105491231002", "division", "110105")]
    [InlineData("110105", "division", "110105")]
    [InlineData("1101054912", "division", null)]
    [InlineData("K1010519491231002X", "division", null)]
    [InlineData("1：128", "denominator", "128")]
    [InlineData("阴性(-)", "number", null)]
    [InlineData("阴性(-)", "low", null)]
    [InlineData("1:", "numerator", null)]
    [InlineData("2-5", "number", null)]
    [InlineData("", "number", null)]
    public void ResultText_GivesPartsOfExactFormsOnly(string text, string part, string? expected) =>
        Assert.Equal(expected, ResultText.Part(ResultText.Parts[part], text));
}
