using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Storage;

namespace Integration.Adapters.Shared.Files;

/// <summary>What became of the content of a file. Closed set.</summary>
internal abstract record FileOutcome
{
    private FileOutcome()
    {
    }

    /// <summary>Decided and written to the ledger: it may be moved now.</summary>
    /// <param name="Before">What the ledger said before; null when it knew nothing of the content.</param>
    public sealed record Decided(FileDocument Entry, FileState? Before) : FileOutcome;

    /// <summary>The same content was decided before; this copy of it was not read again.</summary>
    public sealed record Copy(FileDocument Entry) : FileOutcome;

    /// <summary>The store cannot take it now; to be tried again, which doubles nothing.</summary>
    public sealed record Refused(string Reason) : FileOutcome;

    /// <summary>It changed while it was read; to be tried again once it stands still.</summary>
    public sealed record Changed : FileOutcome;
}

/// <summary>Takes the content of one file into the engine, once.</summary>
/// <remarks>
/// <para>1. The whole file is read for its checksum and its counts; nothing is handed on yet.</para>
/// <para>2. The ledger knows the checksum as decided → a copy.</para>
/// <para>3. The ledger notes that reading begins, with its time. Ids of the messages derive from that time, the checksum and their place, so
/// that a file that is read again after a crash journals each place once, with or without control ids.</para>
/// <para>4. The file is read again, and its messages are handed to intake in their order.</para>
/// <para>5. The ledger notes the outcome. Only then may the file be moved.</para>
/// </remarks>
internal sealed class FileIntake(string feed, IFileFormat format, FileLedger ledger, TimeProvider time)
{
    /// <param name="file">As it was listed: with another length by now, it still grows.</param>
    /// <param name="content">Seekable.</param>
    /// <param name="stop">Stops between two messages; the file is then read again later.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<FileOutcome> TakeAsync(SourceFile file, Stream content, CancellationToken stop)
    {
        try
        {
            using var first = await ScanAsync(content, stop);
            var findings = first.Findings();
            if (first.Length != file.Bytes)
            {
                return new FileOutcome.Changed();
            }

            var known = await ledger.FindAsync(feed, first.Checksum!, stop);
            if (known?.State is FileState.Done or FileState.Flagged)
            {
                return await CopyAsync(known, file.Name);
            }

            var entry = new FileDocument
            {
                Feed = feed,
                Checksum = first.Checksum!,
                Name = file.Name,
                Bytes = first.Length,
                Began = known?.Began ?? time.GetUtcNow(),
                Copies = known?.Copies ?? 0,
                Messages = findings.Messages,
                Batches = findings.Batches,
                DeclaredMessages = findings.Declared,
                Issues = findings.Issues,
            };
            if (findings.IsEmpty)
            {
                return await FailAsync(entry, known?.State, format.Nothing);
            }

            await ledger.SaveAsync(entry, CancellationToken.None);
            return await HandOverAsync(entry, known?.State, content, stop);
        }
        catch (StoreUnavailableException e)
        {
            return new FileOutcome.Refused(e.Message);
        }
    }

    private async Task<IFileParts> ScanAsync(Stream content, CancellationToken stop)
    {
        content.Position = 0;
        var reader = format.Open(content);
        while (await reader.ReadAsync(stop) is not null)
        {
        }

        return reader;
    }

    private async Task<FileOutcome> CopyAsync(FileDocument known, string name)
    {
        // Decided, but the process ended before it was moved: that is the file itself, not a copy.
        if (known.MovedTo is null && known.Name == name)
        {
            return new FileOutcome.Decided(known, known.State);
        }

        var counted = known with { Copies = known.Copies + 1 };
        await ledger.SaveAsync(counted, CancellationToken.None);
        return new FileOutcome.Copy(counted);
    }

    private async Task<FileOutcome> FailAsync(FileDocument entry, FileState? before, MessageIssue issue)
    {
        // That its text belongs to no message is said already.
        var issues = entry.Issues.Where(i => i.Code != IntegrationErrorCode.TextOutsideMessages);
        entry = entry with { State = FileState.Failed, Finished = time.GetUtcNow(), Issues = [issue, .. issues] };
        await ledger.SaveAsync(entry, CancellationToken.None);
        return new FileOutcome.Decided(entry, before);
    }

    private async Task<FileOutcome> HandOverAsync(FileDocument entry, FileState? before, Stream content, CancellationToken stop)
    {
        content.Position = 0;
        using var reader = format.Open(content);
        var window = new HandOverWindow();
        try
        {
            while (await reader.ReadAsync(stop) is { } part && window.Refusal is null)
            {
                if (part.Bytes is { } bytes)
                {
                    var message = format.MessageOf(bytes);
                    var id = PlaceId.Of(entry.Began, $"{entry.Id}/{part.Offset}");
                    await window.AddAsync(message.PatientKey, bytes.Length, () => message.TakeAsync(id));
                }
            }

            await window.FinishAsync();
        }
        finally
        {
            await window.AbandonAsync();
        }

        if (window.Refusal is not null)
        {
            return new FileOutcome.Refused(window.Refusal);
        }

        if (reader.Checksum != entry.Checksum)
        {
            var issue = MessageIssue.Error(IntegrationErrorCode.BatchIncomplete, "", "The file changed while it was read. It is read again as it is then.");
            await ledger.SaveAsync(entry with { State = FileState.Failed, Finished = time.GetUtcNow(), Issues = [issue] }, CancellationToken.None);
            return new FileOutcome.Changed();
        }

        entry = entry with
        {
            State = entry.Issues.Any(i => i.Severity == IssueSeverity.Error) ? FileState.Failed
                : entry.Issues.Count > 0 ? FileState.Flagged
                : FileState.Done,
            Finished = time.GetUtcNow(),
            Accepted = window.Accepted,
            Duplicates = window.Duplicates,
            Quarantined = window.Quarantined,
        };
        await ledger.SaveAsync(entry, CancellationToken.None);
        return new FileOutcome.Decided(entry, before);
    }
}
