using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Benchmarks;

/// <summary>Batches of the sizes that the product writes: a message of 1 KB, resources of 600 B, a patient of 2 KB.</summary>
internal static class StoreBenchDocuments
{
    private static readonly byte[] Raw = Encoding.UTF8.GetBytes(new string('A', 1024));

    public static string PatientId(int caller, int i) => $"{caller:x8}{i / 10:x24}";

    /// <summary>One new message with its bytes.</summary>
    public static WriteBatch Append(int caller, int i)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.Messages.Put(Message(Guid.CreateVersion7().ToString("N"), caller, i), 0, withPayload: true));
        return batch;
    }

    /// <summary>A message done, four new resources, two history versions, the patient's summary: ten messages for one patient.</summary>
    public static WriteBatch Processing(int caller, int i)
    {
        var batch = new WriteBatch();
        var patient = PatientId(caller, i);
        var message = Message($"{caller:x8}{i % 64:x24}", caller, i) with
        {
            State = MessageState.Done,
            PatientId = patient,
            Identifiers = [$"urn:authority:HIS|{patient}"],
            Finished = TimeProvider.System.GetUtcNow(),
            Stages = [new("parse", 80), new("map", 120), new("identify", 60), new("record", 70), new("followUp", 1)],
        };
        batch.Add(Collections.Messages.Put(message, null));
        for (var r = 0; r < 4; r++)
        {
            batch.Add(Collections.Resources.Put(Resource($"Observation/{Hash(caller, i, r)}", patient, 1), 0));
        }

        for (var h = 0; h < 2; h++)
        {
            batch.Add(Collections.ResourceHistory.Put(Resource($"Encounter/{Hash(caller, i, h)}", patient, i + 1), 0));
        }

        batch.Add(Collections.Patients.Put(Patient(patient), null));
        return batch;
    }

    private static JournaledMessage Message(string id, int caller, int i) => new()
    {
        Id = id,
        Feed = "his",
        Received = TimeProvider.System.GetUtcNow(),
        Format = "hl7v2",
        MessageType = "ADT^A01",
        ControlId = string.Create(CultureInfo.InvariantCulture, $"MSG{caller:D4}{i:D8}"),
        Sender = "HIS|EAST",
        ContentHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        PatientKey = $"HIS|{i / 10}",
        RawBytes = Raw.Length,
        Raw = Raw,
        Unread = ["PID-31", "PV1-44", "PV1-45"],
    };

    private static ResourceDocument Resource(string id, string patient, int version)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new ResourceDocument
        {
            Id = id,
            Type = id[..id.IndexOf('/')],
            PatientId = patient,
            SourceIdentity = $"urn:authority:HIS|{patient}",
            Effective = now,
            Version = version,
            LastUpdated = now,
            Provenance = new("his", "0190000000007000800000000000aaaa", "2026-01", "OBX-Observation", "OBX[1]", now),
            Resource = new JsonObject { ["resourceType"] = "Observation", ["id"] = id, ["note"] = new string('n', 150) },
        };
    }

    private static PatientDocument Patient(string id) => new()
    {
        Id = id,
        Demographics = new("王小明", "male", "1980-02-03", false, [], ["13800138000"], "北京市", null),
        Identifiers = [new("urn:authority:HIS", id, "MR")],
        LastEvent = TimeProvider.System.GetUtcNow(),
        NameKeys = ["王小明", "wxm"],
        IdentifierKeys = [id, $"urn:authority:HIS|{id}"],
        PhoneKeys = ["13800138000", "8000"],
        Sections = [new("results", 10, [.. Enumerable.Range(0, 10).Select(n => new SummaryEntry($"Observation/{n}", DateTimeOffset.UnixEpoch, "White blood cells", "6.1 10*9/L", "final", "H"))])],
    };

    private static string Hash(int caller, int i, int part) =>
        Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(((long)caller << 40) ^ ((long)i << 4) ^ part)).AsSpan(0, 16));
}
