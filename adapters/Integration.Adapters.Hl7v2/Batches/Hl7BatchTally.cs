using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Batches;

/// <summary>
/// Counts the messages and batches of a file and holds them against what its trailers declare: BTS-1 the messages of the batch, FTS-1 the
/// batches of the file. HL7 v2.5.1 §2.10.3. Messages outside of BHS and BTS make a batch of their own, since both are optional.
/// </summary>
internal sealed class Hl7BatchTally
{
    /// <summary>Issues that are kept; a file of nothing but trailers must not become millions.</summary>
    public const int MaxIssues = 50;

    private readonly List<MessageIssue> _issues = [];
    private int _furtherIssues;
    private bool _isFileOpen;
    private bool _isBatchOpen;
    private bool _hasBatchHeader;
    private int _messagesOfBatch;
    private int _messagesOfFile;
    private int _batchesOfFile;

    /// <summary>Messages in all, those too long included.</summary>
    public int Messages { get; private set; }

    /// <summary>Batches in all; 1 for messages without any BHS.</summary>
    public int Batches { get; private set; }

    /// <summary>FHS, BHS, BTS and FTS in all.</summary>
    public int Envelopes { get; private set; }

    /// <summary>What its trailers declare, added up; null when none declares a number of messages.</summary>
    public long? DeclaredMessages { get; private set; }

    /// <summary>All that does not add up, as warnings: messages go through however they are counted.</summary>
    /// <param name="isComplete">The end was reached: what is open now was never closed.</param>
    public IReadOnlyList<MessageIssue> Issues(bool isComplete)
    {
        List<MessageIssue> all = [.. _issues];
        if (isComplete && _isBatchOpen && _hasBatchHeader)
        {
            all.Add(Incomplete(
                "BTS", $"A batch of {_messagesOfBatch} messages was opened by BHS and not closed by BTS. Check that the sender wrote all of it."));
        }

        if (isComplete && _isFileOpen)
        {
            all.Add(Incomplete(
                "FTS", $"The file was opened by FHS and not closed by FTS; it holds {_messagesOfFile} messages. Check that the sender wrote all of it."));
        }

        if (_furtherIssues > 0)
        {
            all.Add(MessageIssue.Warning(IntegrationErrorCode.BatchCountMismatch, "", $"{_furtherIssues} further issues are not listed."));
        }

        return all;
    }

    public void Add(Hl7BatchPart part)
    {
        switch (part)
        {
            case Hl7BatchPart.Message:
                AddMessage();
                break;
            case Hl7BatchPart.TooLong tooLong:
                AddMessage();
                Report(MessageIssue.Error(
                    IntegrationErrorCode.FrameTooLong, "",
                    $"Message {Messages}, at byte {tooLong.Offset}, has {tooLong.Length} bytes, more than the feed's MaxMessageBytes. It was not taken."));
                break;
            case Hl7BatchPart.Stray stray:
                var kept = stray.Length > Hl7BatchSplitter.MaxStrayBytes ? $"The first {Hl7BatchSplitter.MaxStrayBytes} of them" : "They";
                Report(MessageIssue.Warning(
                    IntegrationErrorCode.TextOutsideMessages, "",
                    $"{stray.Length} bytes at byte {stray.Offset} belong to no message. {kept} are kept in quarantine."));
                break;
            case Hl7BatchPart.Envelope envelope:
                Envelopes++;
                Add(envelope.Segment);
                break;
        }
    }

    private void Add(Hl7BatchSegment segment)
    {
        switch (segment.Kind)
        {
            case Hl7BatchSegmentKind.FileHeader:
                CloseBatch();
                CloseFile();
                _isFileOpen = true;
                break;
            case Hl7BatchSegmentKind.BatchHeader:
                CloseBatch();
                OpenBatch(hasHeader: true);
                break;
            case Hl7BatchSegmentKind.BatchTrailer:
                CheckBatch(segment);
                _isBatchOpen = false;
                _messagesOfBatch = 0;
                break;
            default:
                CloseBatch();
                CheckFile(segment);
                _isFileOpen = false;
                CloseFile();
                break;
        }
    }

    private void AddMessage()
    {
        if (!_isBatchOpen)
        {
            OpenBatch(hasHeader: false);
        }

        Messages++;
        _messagesOfBatch++;
        _messagesOfFile++;
    }

    private void OpenBatch(bool hasHeader)
    {
        _isBatchOpen = true;
        _hasBatchHeader = hasHeader;
        _messagesOfBatch = 0;
        Batches++;
        _batchesOfFile++;
    }

    private void CloseBatch()
    {
        if (_isBatchOpen && _hasBatchHeader)
        {
            Report(Incomplete(
                "BTS", $"Batch {Batches} of {_messagesOfBatch} messages was opened by BHS and not closed by BTS. Check that the sender wrote all of it."));
        }

        _isBatchOpen = false;
    }

    private void CloseFile()
    {
        if (_isFileOpen)
        {
            Report(Incomplete(
                "FTS", $"A file of {_messagesOfFile} messages was opened by FHS and not closed by FTS. Check that the sender wrote all of it."));
        }

        _batchesOfFile = 0;
        _messagesOfFile = 0;
    }

    private void CheckBatch(Hl7BatchSegment trailer)
    {
        if (trailer.DeclaredCount is not { } declared)
        {
            return;
        }

        DeclaredMessages = (DeclaredMessages ?? 0) + declared;
        if (declared != _messagesOfBatch)
        {
            Report(MessageIssue.Warning(
                IntegrationErrorCode.BatchCountMismatch, "BTS-1",
                $"BTS-1 declares {declared} messages; the batch holds {_messagesOfBatch}. Those that came go through; ask the sender for the rest."));
        }
    }

    private void CheckFile(Hl7BatchSegment trailer)
    {
        if (trailer.DeclaredCount is { } declared && declared != _batchesOfFile)
        {
            Report(MessageIssue.Warning(
                IntegrationErrorCode.BatchCountMismatch, "FTS-1",
                $"FTS-1 declares {declared} batches; the file holds {_batchesOfFile} with {_messagesOfFile} messages. What came goes through; ask the sender for the rest."));
        }
    }

    private void Report(MessageIssue issue)
    {
        if (_issues.Count < MaxIssues)
        {
            _issues.Add(issue);
        }
        else
        {
            _furtherIssues++;
        }
    }

    private static MessageIssue Incomplete(string place, string text) => MessageIssue.Warning(IntegrationErrorCode.BatchIncomplete, place, text);
}
