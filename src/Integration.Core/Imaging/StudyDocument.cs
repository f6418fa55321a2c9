using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Integration.Core.Imaging;

/// <summary>
/// A document of <c>studies</c>: an imaging study as one feed's senders have told it so far. It is what a study's messages are made of, and by it an
/// instance that comes again is known again.
/// </summary>
public sealed record StudyDocument
{
    [JsonIgnore]
    public string Id => IdOf(Feed, StudyUid);

    public required string Feed { get; init; }

    /// <summary>Study Instance UID.</summary>
    public required string StudyUid { get; init; }

    /// <summary>Attributes of patient and study in DICOM JSON, as the instance said that came last.</summary>
    public required string Attributes { get; init; }

    public IReadOnlyList<StudySeries> Series { get; init; } = [];

    /// <summary>
    /// Instances that were taken back by a rejection note (IHE RAD TF-2 §4.66) and the notes themselves, as <see cref="StudySeries.Instances"/>: they count no more, also
    /// when they are sent again or for the first time.
    /// </summary>
    public string Rejected { get; init; } = "";

    /// <summary>Instances or corrections came that no message tells of yet.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>Of a study that is asked for rather than sent: hash of what the archive answered when the last message was made; null where instances are sent.</summary>
    public string? Answer { get; init; }

    /// <summary>A UID may have 64 characters and a feed's name many more: the hash keeps the key short.</summary>
    public static string IdOf(string feed, string studyUid) => $"{feed}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(studyUid)))[..32]}";
}

/// <summary>A series of a study.</summary>
/// <param name="Uid">Series Instance UID.</param>
/// <param name="Attributes">Of the series, in DICOM JSON.</param>
/// <param name="SopClasses">UIDs of the kinds of objects in it.</param>
/// <param name="Instances">
/// Eight bytes of the SHA-256 of each SOP Instance UID, one behind the other, as base64: enough to tell the instances of one series apart, and an
/// eighth of the UIDs.
/// </param>
public sealed record StudySeries(string Uid, string Attributes, IReadOnlyList<string> SopClasses, string Instances);

/// <summary>A document of <c>instances</c>: one that was acknowledged and stands in no <see cref="StudySeries.Instances"/> yet.</summary>
public sealed record InstanceDocument
{
    [JsonIgnore]
    public string Id => $"{Study}/{Hash}";

    /// <summary><see cref="StudyDocument.Id"/>.</summary>
    public required string Study { get; init; }

    /// <summary>Series Instance UID.</summary>
    public required string SeriesUid { get; init; }

    public required string SopClassUid { get; init; }

    /// <summary>First eight bytes of the SHA-256 of its SOP Instance UID, 16 hex digits.</summary>
    public required string Hash { get; init; }
}
