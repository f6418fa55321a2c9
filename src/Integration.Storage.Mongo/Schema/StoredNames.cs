using Integration.Storage.Mongo.Bson;

namespace Integration.Storage.Mongo.Schema;

/// <summary>Names that the store gives in the database besides collections and declared fields.</summary>
internal static class StoredNames
{
    public const string Id = "_id";
    public const string Version = "version";
    public const string Sequence = "sequence";

    /// <summary>The body as typed BSON, or as binary JSON where BSON cannot hold it.</summary>
    public const string Body = "body";

    /// <summary>Payload bytes that fit beside the body.</summary>
    public const string Payload = "payload";

    /// <summary>Of a longer payload: number of the write that gave it, and how many parts it has.</summary>
    public const string PayloadParts = "payloadParts";

    /// <summary>Collection of what the store keeps about itself.</summary>
    public const string State = "storeState";

    /// <summary>Document of <see cref="State"/> with the last sequence number given out.</summary>
    public const string SequenceDocument = "sequence";

    /// <summary>Names that no declared field may take.</summary>
    public static readonly IReadOnlySet<string> Reserved =
        new HashSet<string>(StringComparer.Ordinal) { Id, Version, Sequence, Body, BodyTexts.Texts, BodyTexts.DecimalTexts, Payload, PayloadParts, FieldKey.Micros };

    /// <summary>Collection of the parts of long payloads.</summary>
    public static string PayloadCollection(string collection) => $"{collection}.payload";

    /// <summary>Key of one part.</summary>
    public static string PartId(long sequence, int part) => $"{sequence}/{part}";
}
