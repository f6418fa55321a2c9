using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Integration.Adapters.Device.Readings;

/// <summary>Reads what gateways post: <c>{"device": "BED-12", "code": "8867-4", "value": 72, "unit": "/min", "time": "2026-03-01T08:00:00+08:00"}</c>, or a list of that.</summary>
internal static class ReadingReader
{
    private const int MaxText = 100;
    private const int MaxComponents = 20;

    // Longer numbers are no measurement, and FHIR R4 asks for no more than 18 digits.
    private const int MaxDigits = 18;

    private static readonly string[] Known = ["id", "device", "code", "value", "unit", "time", "patient", "components"];

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    /// <summary>Every reading that can be used, and what is wrong with the others. Never throws for any bytes.</summary>
    /// <param name="zone">Clock of times without offset.</param>
    /// <param name="latest">What claims to have been measured later is refused (UTC).</param>
    public static ReadReadings ReadAll(ReadOnlyMemory<byte> body, int most, TimeZoneInfo zone, DateTimeOffset latest)
    {
        var errors = new List<ReadingError>();
        var readings = new List<(int, DeviceReading, ReadOnlyMemory<byte>)>();
        if (Parse(body, errors) is not { } document)
        {
            return new ReadReadings(readings, errors, IsUnreadable: true);
        }

        using (document)
        {
            var root = document.RootElement;
            var isList = root.ValueKind == JsonValueKind.Array;
            if (isList && (root.GetArrayLength() == 0 || root.GetArrayLength() > most))
            {
                errors.Add(new ReadingError(0, "", string.Create(CultureInfo.InvariantCulture, $"A list holds 1 to {most} readings; this one holds {root.GetArrayLength()}.")));
                return new ReadReadings(readings, errors, IsUnreadable: true);
            }

            var index = 0;
            foreach (var element in isList ? root.EnumerateArray() : (IEnumerable<JsonElement>)[root])
            {
                var reader = new OneReading(index, isList ? string.Create(CultureInfo.InvariantCulture, $"/{index}") : "", zone, latest, errors);
                if (reader.TryRead(element) is { } reading)
                {
                    readings.Add((index, reading, JsonMarshal.GetRawUtf8Value(element).ToArray()));
                }

                index++;
            }
        }

        return new ReadReadings(readings, errors, IsUnreadable: false);
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> body, List<ReadingError> errors)
    {
        try
        {
            return JsonDocument.Parse(body, Options);
        }
        catch (JsonException e)
        {
            errors.Add(new ReadingError(0, "", string.Create(CultureInfo.InvariantCulture, $"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.")));
            return null;
        }
    }

    /// <summary>Reads one and goes on after what is wrong, so that all of it is told at once.</summary>
    private sealed class OneReading(int index, string pointer, TimeZoneInfo zone, DateTimeOffset latest, List<ReadingError> errors)
    {
        private int _errors;

        public DeviceReading? TryRead(JsonElement element)
        {
            try
            {
                return Read(element);
            }
            catch (InvalidOperationException)
            {
                // JSON allows half a surrogate pair, and bytes that are no UTF-8 are only found when the text is asked for.
                Report("", "A text in it is not Unicode.");
                return null;
            }
        }

        private DeviceReading? Read(JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                Report("", "A reading is a JSON object.");
                return null;
            }

            var device = Id(element, "device", isRequired: true);
            var code = Text(element, "code", isRequired: true);
            var time = Time(element);
            var components = Components(element);
            var quantity = element.TryGetProperty("value", out _) || !element.TryGetProperty("components", out _) ? Quantity(element, "") : null;
            var reading = new DeviceReading(device ?? "", code ?? "", quantity, time ?? default)
            {
                Id = Id(element, "id", isRequired: false),
                Patient = Text(element, "patient", isRequired: false),
                Components = components,
                Others = [.. element.EnumerateObject().Where(p => !Known.Contains(p.Name) && p.Value.ValueKind is not JsonValueKind.Null)
                    .Select(p => KeyValuePair.Create("other_" + p.Name.ToLowerInvariant(), p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()!.Trim() : p.Value.GetRawText()))],
            };
            return _errors == 0 ? reading : null;
        }

        private List<ReadComponent> Components(JsonElement element)
        {
            var components = new List<ReadComponent>();
            if (!element.TryGetProperty("components", out var list) || list.ValueKind == JsonValueKind.Null)
            {
                return components;
            }

            if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxComponents)
            {
                Report("/components", $"It is a list of 1 to {MaxComponents} objects with code, value and unit.");
                return components;
            }

            var number = 0;
            foreach (var part in list.EnumerateArray())
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"/components/{number++}");
                if (part.ValueKind != JsonValueKind.Object)
                {
                    Report(place, "A component is an object with code, value and unit.");
                }
                else if (Text(part, "code", isRequired: true, place) is { } code && Quantity(part, place) is { } quantity)
                {
                    components.Add(new ReadComponent(code, quantity));
                }
            }

            return components;
        }

        private ReadQuantity? Quantity(JsonElement element, string place)
        {
            var unit = Text(element, "unit", isRequired: false, place);
            if (!element.TryGetProperty("value", out var value) || value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
            {
                Report(place + "/value", "A number is needed.");
                return null;
            }

            var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : value.GetRawText();
            if (text.Count(char.IsAsciiDigit) is 0 or > MaxDigits || !decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                || Math.Abs(number) >= 1_000_000_000m)
            {
                Report(place + "/value", $"It is no number of at most {MaxDigits} digits below a thousand million.");
                return null;
            }

            return new ReadQuantity(number, text.Contains('e', StringComparison.OrdinalIgnoreCase) ? number.ToString(CultureInfo.InvariantCulture) : text, unit ?? "");
        }

        private DateTimeOffset? Time(JsonElement element)
        {
            if (Text(element, "time", isRequired: true) is not { } text)
            {
                return null;
            }

            // Whole dates and other forms would be guesses: a reading is of a moment.
            if (text.Length < 16 || text[4] != '-' || text[10] is not ('T' or ' ')
                || !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var parsed))
            {
                Report("/time", "It is no date and time. Write it like 2026-03-01T08:00:00+08:00.");
                return null;
            }

            var time = parsed.Kind == DateTimeKind.Unspecified
                ? new DateTimeOffset(parsed, zone.GetUtcOffset(parsed)) : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
            if (time > latest || time.Year < 2000)
            {
                Report("/time", "It is in the future, or before 2000. Set the clock of the device, or of the gateway.");
                return null;
            }

            return time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond)).ToUniversalTime();
        }

        /// <summary>A text that names something: it also stands in addresses of the API.</summary>
        private string? Id(JsonElement element, string name, bool isRequired)
        {
            var text = Text(element, name, isRequired);
            if (text is null || text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':'))
            {
                return text;
            }

            Report("/" + name, "It holds letters and digits of ASCII, and - . _ : only.");
            return null;
        }

        private string? Text(JsonElement element, string name, bool isRequired, string place = "")
        {
            if (!element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                if (isRequired)
                {
                    Report($"{place}/{name}", "It is missing.");
                }

                return null;
            }

            var text = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!.Trim(),
                JsonValueKind.Number => value.GetRawText(),
                _ => "",
            };
            if (text.Length is 0 or > MaxText || text.Any(char.IsControl))
            {
                Report($"{place}/{name}", $"A text of 1 to {MaxText} characters is needed.");
                return null;
            }

            return text;
        }

        private void Report(string place, string detail)
        {
            _errors++;
            errors.Add(new ReadingError(index, pointer + place, detail));
        }
    }
}

/// <summary>What was read of one body.</summary>
/// <param name="Readings">With their place in the list and their own bytes.</param>
/// <param name="IsUnreadable">The body as a whole is no list of readings.</param>
internal sealed record ReadReadings(IReadOnlyList<(int Index, DeviceReading Reading, ReadOnlyMemory<byte> Raw)> Readings, IReadOnlyList<ReadingError> Errors, bool IsUnreadable);
