using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Devices;
using Integration.Core.Mapping;
using Integration.Core.Pipeline;
using Integration.Core.Records;

namespace Integration.Core.Vitals;

/// <summary>
/// Readings of devices as the record has them: of each patient and vital sign the newest is an Observation, all of them are the series. Minute by minute
/// they would be half a million resources a year and sign, with as many entries of search; see docs/adr/0021.
/// </summary>
internal static class NewestReading
{
    private const string Prefix = "newest-";

    private static readonly JsonObject Tag = new() { ["system"] = "urn:hospital-integration-engine:series", ["code"] = "newest", ["display"] = "Newest of a series" };

    /// <summary>Whether a resource (<c>Type/id</c>) is the newest of a series.</summary>
    public static bool Is(string reference) => reference.StartsWith("Observation/" + Prefix, StringComparison.Ordinal);

    /// <summary>
    /// Of a reading of a device that can be compared with others: what it says goes to <see cref="MessageContext.DeviceReadings"/>, and its Observation takes
    /// the place of the one before. Others stay resources of their own.
    /// </summary>
    public static void Apply(MessageContext context)
    {
        if (context.Document is not IDeviceReading || context.DeviceReadings.Count > 0)
        {
            return;
        }

        var resources = new List<MappedResource>();
        foreach (var mapped in context.Mapping!.Resources)
        {
            var readings = mapped.Type == "Observation" && !mapped.IsDeletion ? VitalReading.Of(mapped.Json, mapped.Id) : [];
            if (readings.Count == 0)
            {
                resources.Add(mapped);
                continue;
            }

            var code = mapped.Json["code"].Text("coding", "code") ?? readings[0].Sign.Loinc;
            var newest = Newest(mapped, context.Identity!.PatientId, code, readings[0].Time);
            resources.Add(newest);
            context.DeviceReadings = [.. context.DeviceReadings, .. readings.Select(reading => (reading, RecordRun.KeyOf(newest)))];
        }

        context.Mapping = context.Mapping with { Resources = resources };
    }

    private static MappedResource Newest(MappedResource mapped, string patientId, string code, DateTimeOffset time)
    {
        var id = Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{patientId}\n{code}")).AsSpan(0, 16));
        var json = mapped.Json.DeepClone().AsObject();
        json["id"] = id;
        json["meta"] = new JsonObject { ["tag"] = new JsonArray(Tag.DeepClone()) };
        return new MappedResource(mapped.Type, id, DraftNode.From(json), mapped.Source, mapped.Rule) { IsWhole = true, IsRunning = true, EventTime = time };
    }
}
