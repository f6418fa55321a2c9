using System.ComponentModel;
using Integration.Core.Feeds;

namespace Integration.Host.Api.Views;

/// <summary>An entry of the ledger of files and batches.</summary>
internal sealed record FileView(
    string Feed,
    [property: Description("SHA-256 of the whole content, hex.")] string Checksum,
    [property: Description("As the source names it; empty for a batch that came over a connection.")] string Name,
    long Bytes,
    FileState State,
    DateTimeOffset Began,
    [property: Description("When its state was last decided; null while it is read.")] DateTimeOffset? Finished,
    [property: Description("Messages found in it.")] int Messages,
    [property: Description("Messages that its trailers declare, HL7 BTS-1; null when none does.")] long? DeclaredMessages,
    int Batches,
    [property: Description("Messages that are durable and processed or to be processed.")] int Accepted,
    [property: Description("Messages that had come before.")] int Duplicates,
    [property: Description("Messages, and text between them, that cannot be read and lie in quarantine.")] int Quarantined,
    [property: Description("How often the same content came again and was set aside.")] int Copies,
    [property: Description("Where the file was put; null until then.")] string? MovedTo,
    IReadOnlyList<IssueView> Issues)
{
    public static FileView Of(FileDocument file) => new(
        file.Feed, file.Checksum, file.Name, file.Bytes, file.State, file.Began, file.Finished, file.Messages, file.DeclaredMessages, file.Batches,
        file.Accepted, file.Duplicates, file.Quarantined, file.Copies, file.MovedTo, [.. file.Issues.Select(IssueView.Of)]);
}
