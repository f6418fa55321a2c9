using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping;

namespace Integration.Tests.Mapping;

/// <summary>
/// Finds what a message says and its resources do not: identifiers, names, dates, results, units, ranges and flags, each looked for in the form
/// that FHIR has for it. A value that an issue tells of by its place is not lost.
/// </summary>
internal sealed class KeptValues
{
    private readonly PlainMessage _message;
    private readonly List<string> _missing = [];
    private readonly List<(string Type, List<string> Leaves)> _resources;
    private readonly HashSet<string> _told;

    private KeptValues(PlainMessage message, MappingResult result)
    {
        _message = message;
        _resources = [.. result.Resources.Select(r => (r.Type, Leaves(r.Json).ToList()))];
        _told = [.. result.Issues.Where(issue => issue.Code != IntegrationErrorCode.CodeNotMapped).Select(issue => Regex.Replace(issue.Place, @"(?<=-\d+)(\[\d+\])?(\..*)?$", ""))];
    }

    /// <summary>Places and values that no resource holds. Empty when all are kept.</summary>
    public static IReadOnlyList<string> Missing(PlainMessage message, MappingResult result)
    {
        var kept = new KeptValues(message, result);
        kept.CheckPatient();
        kept.CheckVisit();
        kept.CheckOrders();
        kept.CheckResults();
        return kept._missing;
    }

    private void CheckPatient()
    {
        foreach (var pid in _message.All("PID").Take(1))
        {
            Each(pid, 3, [1], "Patient", Same);
            Each(pid, 5, [1, 2, 3], "Patient", Same);
            Each(pid, 11, [1, 3, 4, 5, 6], "Patient", Same);
            CheckNumbers(pid);
            Each(pid, 7, [1], "Patient", SameTime);
        }
    }

    /// <summary>The whole number in XTN.12 comes before that in XTN.1, which comes before one in pieces; the rest repeats it. HL7 v2.8 §2.A.89.</summary>
    private void CheckNumbers(PlainSegment pid)
    {
        foreach (var repetition in pid.Field(13))
        {
            var isAddress = PlainSegment.Part(repetition, 3) is "Internet" or "X.400";
            int[] order = isAddress ? [4] : [12, 1, 7, 4];
            var number = order.Select(component => PlainSegment.Part(repetition, component)).FirstOrDefault(part => part.Length > 0) ?? "";
            if (number.Length > 0 && number != "\"\"" && !_resources.Exists(r => r.Type == "Patient" && r.Leaves.Exists(leaf => Same(leaf, number) || IsNumber(leaf, number))))
            {
                _missing.Add($"PID-13 {number}");
            }
        }

        static bool IsNumber(string leaf, string number) => Digits(number).Length > 0 && Digits(leaf).EndsWith(Digits(number), StringComparison.Ordinal);
    }

    private void CheckVisit()
    {
        foreach (var pv1 in _message.All("PV1").Where(_ => _resources.Any(r => r.Type == "Encounter")))
        {
            Each(pv1, 19, [1], "Encounter", Same);
            Each(pv1, 44, [1], "Encounter", SameTime);
            if (_message.Key != "ADT_A13")
            {
                Each(pv1, 45, [1], "Encounter", SameTime);   // which A13 takes back
            }
        }
    }

    private void CheckOrders()
    {
        foreach (var obr in _message.All("OBR"))
        {
            Each(obr, 2, [1], null, Same);
            Each(obr, 3, [1], null, Same);
            Each(obr, 4, [1, 2, 4, 5], null, Same);
            Each(obr, 7, [1], null, SameTime);
        }
    }

    /// <summary>All that one OBX says must stand in one resource; text and files of documents and reports may stand together with others.</summary>
    private void CheckResults()
    {
        var number = 0;
        foreach (var obx in _message.All("OBX"))
        {
            number++;
            var wanted = Wanted(obx).Where(w => !_told.Contains($"OBX[{number}]-{w.Field}") && !(number == 1 && _told.Contains($"OBX-{w.Field}"))).ToList();
            var best = wanted;
            foreach (var (_, leaves) in _resources.Where(r => r.Type is "Observation" or "DocumentReference" or "DiagnosticReport"))
            {
                var missing = wanted.Where(w => !leaves.Exists(leaf => w.Matches(leaf, w.Value))).ToList();
                best = missing.Count < best.Count ? missing : best;
            }

            _missing.AddRange(best.Select(w => $"OBX[{number}]-{w.Field} {w.Value}"));
        }
    }

    private static IEnumerable<(int Field, string Value, Func<string, string, bool> Matches)> Wanted(PlainSegment obx)
    {
        var type = obx.Part(2);
        List<(int, string, Func<string, string, bool>)> wanted = [];
        if (type is not ("ED" or "RP"))
        {
            Add(3, obx.Part(3), Same);
            Add(3, obx.Part(3, 2), Same);
        }

        foreach (var repetition in obx.Field(5))
        {
            foreach (var component in Components(type, repetition))
            {
                Add(5, PlainSegment.Part(repetition, component), type is "DT" or "TS" or "DTM" or "DR" or "TM" ? SameTime : SameResult);
            }
        }

        if (obx.Field(5).Length > 0 && type is "NM" or "SN")
        {
            Add(6, obx.Part(6), Same);
            Add(6, obx.Part(6, 2), Same);
        }

        // A tilde in a range separates no repetitions for whoever wrote it.
        Add(7, PlainMessage.Unescape(string.Join('~', obx.Field(7))).Trim(), Same);
        foreach (var flag in obx.Field(8))
        {
            Add(8, PlainSegment.Part(flag, 1), SameFlag);
        }

        Add(14, obx.Part(14), SameTime);
        return wanted;

        void Add(int field, string value, Func<string, string, bool> matches)
        {
            if (value.Length > 0 && value != "\"\"")
            {
                wanted.Add((field, value, matches));
            }
        }
    }

    private static int[] Components(string type, string repetition) => type switch
    {
        "SN" => [1, 2, 4],
        "CE" or "CWE" or "CNE" or "CF" => [1, 2, 4, 5],
        "ED" => [5],
        "RP" or "NM" or "ST" or "TX" or "FT" or "DT" or "TS" or "DTM" or "TM" or "ID" or "IS" => [1],
        _ => [.. Enumerable.Range(1, repetition.Count(c => c == '^') + 1)],
    };

    private void Each(PlainSegment segment, int field, int[] components, string? type, Func<string, string, bool> matches)
    {
        if (_told.Contains($"{segment.Name}-{field}"))
        {
            return;
        }

        foreach (var repetition in segment.Field(field))
        {
            foreach (var value in components.Select(component => PlainSegment.Part(repetition, component)).Where(v => v.Length > 0 && v != "\"\""))
            {
                if (!_resources.Exists(r => (type is null || r.Type == type) && r.Leaves.Exists(leaf => matches(leaf, value))))
                {
                    _missing.Add($"{segment.Name}-{field} {value}");
                }
            }
        }
    }

    private static bool Same(string leaf, string value) =>
        leaf == value || leaf.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', ' ', ',', '^').Contains(value)
        || (value.Length > 2 && leaf.Contains(value, StringComparison.Ordinal));

    /// <summary>The text itself, or the number in it as a number (<c>&lt;0.01</c> is 0.01 with a comparator, <c>2-5</c> two numbers).</summary>
    private static bool SameResult(string leaf, string value) =>
        Same(leaf, value)
        || (decimal.TryParse(leaf, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && Regex.Matches(value, @"\d+(\.\d+)?").Any(m => decimal.Parse(m.Value, CultureInfo.InvariantCulture) == Math.Abs(number)));

    /// <summary>Arrows and words of Chinese laboratories have codes in FHIR.</summary>
    private static bool SameFlag(string leaf, string value) => Same(leaf, value) || leaf == value switch
    {
        "↑" or "高" or "偏高" => "H",
        "↓" or "低" or "偏低" => "L",
        "↑↑" => "HH",
        "↓↓" => "LL",
        "正常" => "N",
        "异常" => "A",
        "阳性" => "POS",
        "阴性" => "NEG",
        _ => value,
    };

    /// <summary>The same digits in the same order; FHIR adds seconds where there are hours, and the feed's offset.</summary>
    private static bool SameTime(string leaf, string value)
    {
        var zone = value.AsSpan(1).IndexOfAny('+', '-');
        var digits = Digits((zone < 0 ? value : value[..(zone + 1)]).Split('.')[0]);
        return digits.Length >= 4 && leaf.Length >= 4 && Digits(leaf).StartsWith(digits.TrimEnd('0') is { Length: > 7 } trimmed ? trimmed : digits, StringComparison.Ordinal);
    }

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    private static IEnumerable<string> Leaves(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(p => Leaves(p.Value)),
        JsonArray array => array.SelectMany(Leaves),
        JsonValue value when value.TryGetValue<string>(out var text) => Decoded(text) is { } decoded ? [text, decoded] : [text],
        JsonValue value => [value.ToJsonString()],
        _ => [],
    };

    /// <summary>The text that an attachment carries as base64; null for other texts.</summary>
    private static string? Decoded(string text)
    {
        Span<byte> bytes = new byte[text.Length];
        return text.Length > 7 && text.Length % 4 == 0 && Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes[..length]) : null;
    }
}
