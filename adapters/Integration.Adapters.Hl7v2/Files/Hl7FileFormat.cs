using Integration.Adapters.Hl7v2.Batches;
using Integration.Adapters.Shared.Files;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Files;

/// <summary>Files of HL7 v2 messages, with or without batch segments around them.</summary>
internal sealed class Hl7FileFormat(Hl7MessageReceiver receiver) : IFileFormat
{
    public MessageIssue Nothing { get; } = MessageIssue.Error(IntegrationErrorCode.NotHl7, "", "The file holds no message that begins with MSH.");

    /// <summary>A feed of HL7 v2 messages out of files.</summary>
    public static FilePickupAdapter Feed(
        string feed, FilePickupOptions options, IFileSource source, FileLedger ledger, IMessageIntake intake, TimeProvider time, ILogger logger,
        FeedWakeUps? wakeUps = null) =>
        new(feed, options.Pickup, source, new Hl7FileFormat(new Hl7MessageReceiver(feed, options, intake, time, logger)), ledger, time, logger, wakeUps);

    public IFileParts Open(Stream content) => new Parts(new Hl7BatchReader(content, receiver.MaxMessageBytes));

    public FileMessage MessageOf(byte[] bytes)
    {
        var header = receiver.ReadHeader(bytes);

        // Not cancelled: what intake has begun is answered, so that the counts stay true.
        return new FileMessage(header.PatientKey, id => receiver.TakeAsync(bytes, header, id, CancellationToken.None));
    }

    private sealed class Parts(Hl7BatchReader reader) : IFileParts
    {
        public string? Checksum => reader.Checksum;

        public long Length => reader.Length;

        public async ValueTask<FilePart?> ReadAsync(CancellationToken cancellationToken) => await reader.ReadAsync(cancellationToken) switch
        {
            null => null,
            Hl7BatchPart.Message message => new FilePart(message.Offset, message.Bytes),
            Hl7BatchPart.Stray stray => new FilePart(stray.Offset, stray.Beginning),
            var other => new FilePart(other.Offset, null),
        };

        public FileFindings Findings() => new(
            reader.Tally.Messages, reader.Tally.Batches, reader.Tally.DeclaredMessages, reader.Tally is { Messages: 0, Envelopes: 0 },
            reader.Tally.Issues(isComplete: true));

        public void Dispose() => reader.Dispose();
    }
}
