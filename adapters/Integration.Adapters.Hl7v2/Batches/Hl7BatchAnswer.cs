using System.Globalization;
using System.Text;
using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Adapters.Hl7v2.Batches;

/// <summary>
/// Writes the answer to a batch: its acknowledgements, with the segments around them that the batch had, sender and receiver swapped, its
/// control id as reference (BHS-12, FHS-12). HL7 v2.5.1 §2.10.3. Messages that came without any get BHS and BTS all the same.
/// </summary>
internal sealed class Hl7BatchAnswer(DateTimeOffset now, Func<string> newControlId)
{
    private const byte Cr = (byte)'\r';

    private readonly MemoryStream _bytes = new();
    private Hl7Delimiters _delimiters = Hl7Delimiters.Standard;
    private bool _isFileOpen;
    private bool _isBatchOpen;
    private int _acknowledgements;
    private int _batches;

    /// <summary>Repeats a segment of the batch that is answered.</summary>
    /// <param name="comment">For BTS-2 where this closes a batch; empty for none.</param>
    public void Add(Hl7BatchSegment segment, string comment)
    {
        switch (segment.Kind)
        {
            case Hl7BatchSegmentKind.FileHeader:
                CloseFile(comment);
                _isFileOpen = true;
                Open("FHS", segment.Delimiters, [segment.Field(3), segment.Field(4), segment.Field(5), segment.Field(6)], segment.Field(11));
                break;
            case Hl7BatchSegmentKind.BatchHeader:
                CloseBatch(comment);
                OpenBatch(segment.Delimiters, [segment.Field(3), segment.Field(4), segment.Field(5), segment.Field(6)], segment.Field(11));
                break;
            case Hl7BatchSegmentKind.BatchTrailer:
                CloseBatch(comment);
                break;
            default:
                CloseFile(comment);
                break;
        }
    }

    /// <param name="header">Of the message that is answered; opens a batch where none is open.</param>
    /// <param name="acknowledgement">Without framing; null for none.</param>
    public void Add(Hl7Header header, byte[]? acknowledgement)
    {
        if (!_isBatchOpen)
        {
            var echo = header.Echo;
            OpenBatch(header.Delimiters, [echo.SendingApplication, echo.SendingFacility, echo.ReceivingApplication, echo.ReceivingFacility], "");
        }

        if (acknowledgement is not null)
        {
            _acknowledgements++;
            _bytes.Write(acknowledgement);
            if (acknowledgement is not [.., Cr])
            {
                _bytes.WriteByte(Cr);
            }
        }
    }

    /// <summary>Closes what is open and gives all of it.</summary>
    public byte[] Complete(string comment)
    {
        CloseFile(comment);
        return _bytes.ToArray();
    }

    private void OpenBatch(Hl7Delimiters delimiters, string[] applications, string controlId)
    {
        _isBatchOpen = true;
        _acknowledgements = 0;
        _batches++;
        Open("BHS", delimiters, applications, controlId);
    }

    private void Open(string name, Hl7Delimiters delimiters, string[] applications, string controlId)
    {
        _delimiters = delimiters;
        var time = now.ToString("yyyyMMddHHmmsszzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        Write(name, Hl7AckBuilder.EncodingCharacters(delimiters), applications[2], applications[3], applications[0], applications[1], time,
            "", "", "", newControlId(), controlId);
    }

    private void CloseBatch(string comment)
    {
        if (_isBatchOpen)
        {
            _isBatchOpen = false;
            Write("BTS", _acknowledgements.ToString(CultureInfo.InvariantCulture), Hl7EscapeSequences.Encode(comment, _delimiters));
        }
    }

    private void CloseFile(string comment)
    {
        CloseBatch(comment);
        if (_isFileOpen)
        {
            _isFileOpen = false;
            Write("FTS", _batches.ToString(CultureInfo.InvariantCulture));
        }

        _batches = 0;
    }

    private void Write(params ReadOnlySpan<string> fields)
    {
        _bytes.Write(Encoding.Latin1.GetBytes(string.Join((char)_delimiters.Field, fields!).TrimEnd((char)_delimiters.Field)));
        _bytes.WriteByte(Cr);
    }
}
