using System.Runtime.CompilerServices;
using Integration.Adapters.Fhir.Files;
using Integration.Adapters.Fhir.Parsing;
using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Integration.Core.Storage;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Fhir.Import;

/// <summary>What a file held and what became of it.</summary>
/// <param name="Messages">Resources and Bundles.</param>
/// <param name="Quarantined">Kept, since they cannot be read.</param>
/// <param name="IsKnown">The same content was taken before; it was not read again.</param>
/// <param name="Problems">What does not add up, a line each, without anything out of the resources.</param>
public sealed record FhirImportedFile(int Messages, int Accepted, int Duplicates, int Quarantined, bool IsKnown, IReadOnlyList<string> Problems);

/// <summary>Takes files of FHIR resources in for a feed, as <c>Fhir.Folder</c> does, wherever they lie: each content once, and none is moved. Safe for many threads.</summary>
public sealed class FhirImport(IConfiguration configuration, IMessageIntake intake, FileLedger ledger, TimeProvider time)
{
    /// <summary>The format that resources and Bundles are parsed by.</summary>
    public const string Format = FhirParser.FormatName;

    private const int BufferBytes = 64 * 1024;

    /// <param name="feed">Configured, of FHIR resources.</param>
    /// <param name="advance">Called with bytes read, which are twice those of the file at its end.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take it now; to be tried again, which doubles nothing.</exception>
    public async Task<FhirImportedFile> TakeAsync(string feed, FileInfo file, Action<long> advance, CancellationToken cancellationToken)
    {
        var options = FhirFeedSettings.Read(new SettingsReader(configuration.GetSection($"Feeds:{feed}")));
        await using var content = new CountedStream(Open(file), advance);
        var source = new SourceFile(file.Name, file.Length, file.LastWriteTimeUtc);
        return await new FileIntake(feed, new FhirFileFormat(feed, options, intake), ledger, time).TakeAsync(source, content, cancellationToken) switch
        {
            FileOutcome.Decided { Before: FileState.Done or FileState.Flagged } known => Of(known.Entry, isKnown: true),
            FileOutcome.Decided decided => Of(decided.Entry, isKnown: false),
            FileOutcome.Copy copy => Of(copy.Entry, isKnown: true),
            FileOutcome.Changed => throw new IOException($"{file.Name} changes while it is read."),
            FileOutcome.Refused refused => throw new StoreUnavailableException(refused.Reason),
            var other => throw new InvalidOperationException(other.GetType().Name),
        };
    }

    /// <summary>The resources and Bundles of a file, one after the other.</summary>
    /// <param name="advance">Called with bytes read.</param>
    /// <returns>Type (empty: no FHIR), id at the source (null: none) and JSON of each.</returns>
    /// <exception cref="IOException">The file cannot be read, or holds a resource that is too long.</exception>
    public static async IAsyncEnumerable<(string Type, string? Id, byte[] Json)> ReadAsync(
        FileInfo file, Action<long> advance, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var content = new CountedStream(Open(file), advance);
        using var parts = new FhirFileParts(content, new FhirFeedOptions().MaxMessageBytes);
        while (await parts.ReadAsync(cancellationToken) is { } part)
        {
            var bytes = part.Bytes ?? throw new IOException($"{file.Name} holds a resource at byte {part.Offset} that is too long.");
            var text = FhirText.Read(bytes);
            yield return (text.Type, text.Root is { } root ? FhirBundle.Text(root, "id") : null, bytes);
        }
    }

    /// <summary>The JSON of each resource or Bundle, one after the other; what is no FHIR as well.</summary>
    /// <exception cref="IOException">The content cannot be read, or holds a resource that is too long.</exception>
    public static async IAsyncEnumerable<byte[]> SplitAsync(Stream content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var parts = new FhirFileParts(content, new FhirFeedOptions().MaxMessageBytes);
        while (await parts.ReadAsync(cancellationToken) is { } part)
        {
            yield return part.Bytes ?? throw new IOException($"It holds a resource at byte {part.Offset} that is too long.");
        }
    }

    private static FileStream Open(FileInfo file) => new(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan | FileOptions.Asynchronous);

    private static FhirImportedFile Of(FileDocument entry, bool isKnown) => new(
        entry.Messages, entry.Accepted, entry.Duplicates, entry.Quarantined, isKnown, [.. entry.Issues.Select(issue => $"{(int)issue.Code}: {issue.Text}")]);
}
