using System.Globalization;
using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Parsing;
using Integration.Core.Vitals;

namespace Integration.Adapters.Device.Readings;

/// <summary>
/// Reads one reading into the rows that mappings see, its values already in the unit that the record keeps. Columns of <c>reading</c> and <c>component</c>:
/// <c>code</c> (LOINC code, or what was sent), <c>loinc</c>, <c>title</c>, <c>sent_code</c>, <c>value</c>, <c>unit</c>, <c>ucum</c>, and where a value was converted
/// <c>sent_value</c>, <c>sent_unit</c>, <c>sent_ucum</c>. <c>reading</c> also has <c>device</c>, <c>time</c>, <c>id</c>, <c>patient</c>, <c>category</c>.
/// </summary>
/// <param name="zoneOf">Clock of times without offset, by feed.</param>
internal sealed class ReadingParser(Func<string, TimeZoneInfo> zoneOf) : IMessageParser
{
    public const string FormatName = "device";

    /// <summary>Type of all messages of this format.</summary>
    public const string MessageType = "reading";

    public string Format => FormatName;

    public ParseResult Parse(ReadOnlyMemory<byte> raw, string feed)
    {
        var read = ReadingReader.ReadAll(raw, most: 1, zoneOf(feed), DateTimeOffset.MaxValue);
        if (read.Readings is not [var (_, reading, _)])
        {
            return new ParseResult(null, [.. read.Errors.Select(error => MessageIssue.Error(IntegrationErrorCode.NotReading, error.Pointer, error.Detail))]);
        }

        var issues = new List<MessageIssue>();
        var rows = new List<SourceRow> { new("reading", ColumnsOf(reading, issues), IsGone: false) };
        rows.AddRange(reading.Components.Select((component, number) => new SourceRow(
            "component", [.. Measured(component.Code, component.Quantity, string.Create(CultureInfo.InvariantCulture, $"/components/{number}"), issues)], IsGone: false)));
        return new ParseResult(new ReadingDocument(reading.Device, reading.Time, rows), issues);
    }

    public string Display(ReadOnlyMemory<byte> raw, string feed) => Encoding.UTF8.GetString(raw.Span);

    private static List<KeyValuePair<string, string>> ColumnsOf(DeviceReading reading, List<MessageIssue> issues) =>
    [
        new("device", reading.Device),
        new("time", reading.TimeText),
        new("id", reading.Id ?? ""),
        new("patient", reading.Patient ?? ""),
        new("category", VitalSigns.Find(reading.Code)?.Category ?? "vital-signs"),
        .. Measured(reading.Code, reading.Quantity, "", issues),
        .. reading.Others,
    ];

    private static IEnumerable<KeyValuePair<string, string>> Measured(string code, ReadQuantity? quantity, string place, List<MessageIssue> issues)
    {
        var sign = VitalSigns.Find(code);
        if (sign is null)
        {
            issues.Add(MessageIssue.Warning(IntegrationErrorCode.VitalSignUnknown, place + "/code", "It is not in the list of vital signs; the value is kept as sent and compared with no limit."));
        }

        yield return new("code", sign?.Loinc ?? code);
        yield return new("loinc", sign?.Loinc ?? "");
        yield return new("title", sign?.Title ?? "");
        yield return new("sent_code", sign is null || sign.Loinc == code ? "" : code);
        if (quantity is null)
        {
            yield break;
        }

        if (sign is null)
        {
            yield return new("value", quantity.Text);
            yield return new("unit", quantity.Unit);
            yield return new("ucum", VitalUnits.CodeOf(quantity.Unit) ?? "");
            yield break;
        }

        foreach (var column in Normalised(sign, quantity, place, issues))
        {
            yield return column;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Normalised(VitalSign sign, ReadQuantity quantity, string place, List<MessageIssue> issues)
    {
        var normal = VitalUnits.Normalise(sign, quantity.Value, quantity.Unit);
        if (!normal.IsComparable)
        {
            issues.Add(MessageIssue.Warning(IntegrationErrorCode.UnitNotUsable, place + "/unit", normal.Outcome == UnitOutcome.Unknown
                ? "The unit is not known; value and unit are kept as sent." : "Nothing of this kind is measured in that unit; value and unit are kept as sent."));
            yield return new("value", quantity.Text);
            yield return new("unit", quantity.Unit);
            yield return new("ucum", VitalUnits.CodeOf(quantity.Unit) ?? "");
            yield break;
        }

        yield return new("value", normal.Outcome == UnitOutcome.Kept ? quantity.Text : normal.Value.ToString(CultureInfo.InvariantCulture));
        yield return new("unit", sign.ShownUnit);
        yield return new("ucum", sign.Unit);
        if (normal.Outcome == UnitOutcome.Converted)
        {
            yield return new("sent_value", quantity.Text);
            yield return new("sent_unit", quantity.Unit);
            yield return new("sent_ucum", VitalUnits.CodeOf(quantity.Unit) ?? "");
        }
    }
}
