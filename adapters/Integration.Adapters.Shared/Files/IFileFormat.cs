using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Adapters.Shared.Files;

/// <summary>What the files of a feed hold, and how a message out of one is handed to intake. Safe for many threads.</summary>
internal interface IFileFormat
{
    /// <summary>What is said of a file that holds no message at all.</summary>
    MessageIssue Nothing { get; }

    /// <summary>Reads a file from its begin.</summary>
    IFileParts Open(Stream content);

    /// <summary>What intake is to get of a part. Never throws for any bytes.</summary>
    FileMessage MessageOf(byte[] bytes);
}

/// <summary>The parts of one file in their order. Not for many threads.</summary>
internal interface IFileParts : IDisposable
{
    /// <summary>SHA-256 of the whole file, 64 hex digits; null until its end was reached.</summary>
    string? Checksum { get; }

    /// <summary>Bytes read so far.</summary>
    long Length { get; }

    /// <summary>The next part; null at the end.</summary>
    ValueTask<FilePart?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>What was found; asked for at the end.</summary>
    FileFindings Findings();
}

/// <summary>One part of a file.</summary>
/// <param name="Offset">Where it begins: bytes from the begin of the file.</param>
/// <param name="Bytes">What intake gets: a message, or text that is none and goes to quarantine; null for a part that is only counted.</param>
internal sealed record FilePart(long Offset, byte[]? Bytes);

/// <summary>What a file holds.</summary>
/// <param name="Messages">Those too long included.</param>
/// <param name="Batches">1 for messages without any around them.</param>
/// <param name="Declared">Messages that the file itself declares; null when it does not.</param>
/// <param name="IsEmpty">It holds no message and nothing around one.</param>
internal sealed record FileFindings(int Messages, int Batches, long? Declared, bool IsEmpty, IReadOnlyList<MessageIssue> Issues);

/// <summary>A message on its way from a file to intake.</summary>
/// <param name="PatientKey">See <see cref="InboundMessage.PatientKey"/>.</param>
/// <param name="TakeAsync">Hands it over under the id given.</param>
internal sealed record FileMessage(string PatientKey, Func<string, ValueTask<IntakeResult>> TakeAsync);
