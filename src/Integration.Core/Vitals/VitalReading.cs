using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.Core.Vitals;

/// <summary>One value of a vital sign, in the unit that the record keeps it in.</summary>
/// <param name="Time">When it was measured (UTC).</param>
/// <param name="Key">Tells it from other readings of the sign: the same reading told again has the same key.</param>
internal sealed record VitalReading(VitalSign Sign, DateTimeOffset Time, decimal Value, string Key)
{
    private const int KeyBytes = 9;

    // FHIR R4 observation-status: what somebody stands by, or will.
    private static readonly string[] Counted = ["preliminary", "final", "amended", "corrected"];

    /// <summary>What was sent, where it was converted; null else.</summary>
    public (decimal Value, string Unit)? Sent { get; init; }

    /// <summary>The readings that an Observation says, its components among them; those without a known sign, a number or a unit that fits are none.</summary>
    /// <param name="id">That tells the Observation from others: of it <see cref="Key"/> is made.</param>
    public static IReadOnlyList<VitalReading> Of(JsonObject observation, string id)
    {
        if (!Counted.Contains(observation["status"].Text())
            || FhirJson.Instant(observation["effectiveDateTime"].Text() ?? observation["effectivePeriod"].Text("start") ?? observation["effectiveInstant"].Text()) is not { } time)
        {
            return [];
        }

        var key = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, KeyBytes));
        var readings = new List<VitalReading>();
        foreach (var part in observation.Objects("component").Prepend(observation))
        {
            if (SignOf(part) is { } sign && ReadingOf(part["valueQuantity"], sign, time.ToUniversalTime(), key) is { } reading)
            {
                readings.Add(reading);
            }
        }

        return readings;
    }

    private static VitalSign? SignOf(JsonObject part) => part["code"] is not JsonObject code ? null : code.Objects("coding")
        .Where(coding => coding["system"].Text() == VitalSigns.LoincSystem).Select(coding => VitalSigns.Find(coding["code"].Text())).FirstOrDefault(sign => sign is not null);

    private static VitalReading? ReadingOf(JsonNode? quantity, VitalSign sign, DateTimeOffset time, string key)
    {
        if (quantity is not JsonObject measured || measured["comparator"] is not null || Number(measured["value"]) is not { } value)
        {
            return null;
        }

        var unit = measured["code"].Text() is { } code && VitalUnits.CodeOf(code) is not null ? code : measured["unit"].Text();
        var normal = VitalUnits.Normalise(sign, value, unit);
        if (!normal.IsComparable)
        {
            return null;
        }

        return new VitalReading(sign, time, normal.Value, key)
        {
            Sent = normal.Outcome == UnitOutcome.Converted ? (value, unit!)
                : measured.Objects("extension").FirstOrDefault(e => e["url"].Text() == "http://hl7.org/fhir/StructureDefinition/iso21090-PQ-translation")?["valueQuantity"] is { } sent
                    && Number(sent["value"]) is { } said ? (said, sent["unit"].Text() ?? "")
                : null,
        };
    }

    private static decimal? Number(JsonNode? node) =>
        decimal.TryParse(node.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
