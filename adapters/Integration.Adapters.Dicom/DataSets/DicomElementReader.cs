using System.Buffers.Binary;

namespace Integration.Adapters.Dicom.DataSets;

/// <summary>Reads attributes one behind the other, sequences with the items in them. DICOM PS3.5 §7.1, §7.5. One reading of one input.</summary>
internal sealed class DicomElementReader(DicomInput input, DicomTransferSyntax syntax, DicomReadLimits limits, CancellationToken cancellationToken)
{
    private const uint UndefinedLength = 0xFFFFFFFF;

    private const long NoEnd = long.MaxValue;

    private readonly List<(uint Tag, int Item)> _path = [];
    private long _kept;

    /// <summary>The first tag of the whole that is not read any more; it stays in the input.</summary>
    public required uint StopAt { get; init; }

    /// <summary>Set when reading gave up.</summary>
    public DicomReadError? Error { get; private set; }

    /// <summary>Reads to the end of the input, or up to <see cref="StopAt"/>.</summary>
    /// <returns>False: see <see cref="Error"/>.</returns>
    public ValueTask<bool> ReadAsync(DicomDataSet set) => ReadElementsAsync(set, NoEnd, isExplicit: syntax.IsExplicit, depth: 0);

    /// <param name="end">Offset behind the last attribute; <see cref="NoEnd"/>: a delimiter or the end of the input ends them.</param>
    private async ValueTask<bool> ReadElementsAsync(DicomDataSet set, long end, bool isExplicit, int depth)
    {
        while (input.Offset < end)
        {
            if (!input.Has(8) && !await input.FillAsync(8, cancellationToken))
            {
                return (depth == 0 && !input.Has(1)) || Fail("The data end in the middle of an attribute.");
            }

            var tag = ReadTag(input.Available);
            if (depth == 0 && tag >= StopAt)
            {
                return true;
            }

            if (tag == DicomTag.ItemDelimitation && depth > 0 && end == NoEnd)
            {
                input.Advance(8);
                return true;
            }

            _path.Add((tag, 0));
            if (!await ReadElementAsync(set, tag, end, isExplicit, depth))
            {
                return false;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return input.Offset == end || Fail("An attribute goes beyond the item that it is in.");
    }

    private async ValueTask<bool> ReadElementAsync(DicomDataSet set, uint tag, long end, bool isExplicit, int depth)
    {
        if (tag >> 16 == 0xFFFE)
        {
            return Fail("A delimiter stands where an attribute should.");
        }

        DicomVr vr;
        long length;
        if (!isExplicit)
        {
            vr = DicomTag.ImplicitVr(tag);
            length = ReadUInt32(input.Available[4..]);
            input.Advance(8);
        }
        else
        {
            vr = new DicomVr(BinaryPrimitives.ReadUInt16BigEndian(input.Available[4..]));
            if (!char.IsAsciiLetterUpper((char)(vr.Code >> 8)) || !char.IsAsciiLetterUpper((char)(vr.Code & 0xFF)))
            {
                return Fail("The attribute has no value representation, which its transfer syntax demands.");
            }

            if (vr.HasLongLength)
            {
                if (!input.Has(12) && !await input.FillAsync(12, cancellationToken))
                {
                    return Fail("The data end in the middle of an attribute.");
                }

                length = ReadUInt32(input.Available[8..]);
                input.Advance(12);
                vr = vr.IsKnown ? vr : DicomVr.Un;
            }
            else
            {
                length = syntax.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(input.Available[6..]) : BinaryPrimitives.ReadUInt16LittleEndian(input.Available[6..]);
                input.Advance(8);
            }
        }

        if (length != UndefinedLength && length > end - input.Offset)
        {
            return Fail($"The attribute says that it has {length} bytes; only {end - input.Offset} are left in its item.");
        }

        _kept += DicomReadLimits.ElementCost;
        return await ReadValueAsync(set, tag, vr, length, isExplicit, depth);
    }

    private ValueTask<bool> ReadValueAsync(DicomDataSet set, uint tag, DicomVr vr, long length, bool isExplicit, int depth)
    {
        if (length == UndefinedLength)
        {
            // PS3.5 §6.2.2 note 2: of unknown representation and undefined length is a sequence in implicit VR. Encapsulated pixels are fragments.
            return vr == DicomVr.Sq || vr == DicomVr.Un
                ? ReadItemsAsync(set, tag, NoEnd, isExplicit && vr == DicomVr.Sq, depth)
                : vr.IsBulk ? SkipFragmentsAsync(set, tag, vr)
                : new(Fail("Only sequences and bulk may have no length."));
        }

        if (vr == DicomVr.Sq)
        {
            return ReadItemsAsync(set, tag, input.Offset + length, isExplicit, depth);
        }

        if (length > (vr.IsBulk ? limits.MaxBulkBytes : limits.MaxValueBytes))
        {
            return SkipAsync(set, tag, vr, length);
        }

        _kept += length;
        if (_kept > limits.MaxKeptBytes)
        {
            return new(Fail($"The attributes need more than {limits.MaxKeptBytes} bytes; this is no metadata of an image or report."));
        }

        if (!input.Has((int)length))
        {
            return KeepLaterAsync(set, tag, vr, (int)length);
        }

        set.Add(new DicomElement(tag, vr, input.Take((int)length)));
        return new(true);
    }

    private async ValueTask<bool> KeepLaterAsync(DicomDataSet set, uint tag, DicomVr vr, int length)
    {
        if (!await input.FillAsync(length, cancellationToken))
        {
            return Fail($"The attribute says that it has {length} bytes; the data end before.");
        }

        set.Add(new DicomElement(tag, vr, input.Take(length)));
        return true;
    }

    private async ValueTask<bool> SkipAsync(DicomDataSet set, uint tag, DicomVr vr, long length)
    {
        if (!await input.SkipAsync(length, cancellationToken))
        {
            return Fail($"The attribute says that it has {length} bytes; the data end before.");
        }

        set.Add(new DicomElement(tag, vr, default) { IsSkipped = true });
        return true;
    }

    private async ValueTask<bool> ReadItemsAsync(DicomDataSet set, uint tag, long end, bool isExplicit, int depth)
    {
        if (depth >= limits.MaxDepth)
        {
            return Fail($"Sequences stand in one another more than {limits.MaxDepth} deep.");
        }

        var items = new List<DicomDataSet>();
        while (input.Offset < end)
        {
            if (!input.Has(8) && !await input.FillAsync(8, cancellationToken))
            {
                return Fail("The data end in the middle of a sequence.");
            }

            var (delimiter, length) = (ReadTag(input.Available), ReadUInt32(input.Available[4..]));
            if (delimiter == DicomTag.SequenceDelimitation && end == NoEnd)
            {
                input.Advance(8);
                break;
            }

            var isUndefined = length == UndefinedLength;
            if (delimiter != DicomTag.Item || (!isUndefined && length > end - input.Offset - 8))
            {
                return Fail(delimiter == DicomTag.Item ? "An item goes beyond its sequence." : "In a sequence stands something other than an item.");
            }

            input.Advance(8);
            _kept += DicomReadLimits.ElementCost;
            var item = new DicomDataSet(syntax.IsBigEndian, set);
            items.Add(item);
            _path[^1] = (tag, items.Count);
            if (_kept > limits.MaxKeptBytes)
            {
                return Fail($"The attributes need more than {limits.MaxKeptBytes} bytes; this is no metadata of an image or report.");
            }

            if (!await ReadElementsAsync(item, isUndefined ? NoEnd : input.Offset + length, isExplicit, depth + 1))
            {
                return false;
            }
        }

        set.Add(new DicomElement(tag, DicomVr.Sq, default) { Items = items });
        return true;
    }

    /// <summary>Encapsulated bulk: items with lengths up to a delimiter. PS3.5 §A.4.</summary>
    private async ValueTask<bool> SkipFragmentsAsync(DicomDataSet set, uint tag, DicomVr vr)
    {
        while (true)
        {
            if (!input.Has(8) && !await input.FillAsync(8, cancellationToken))
            {
                return Fail("The data end in the middle of encapsulated bulk.");
            }

            var (delimiter, length) = (ReadTag(input.Available), ReadUInt32(input.Available[4..]));
            if (delimiter is not (DicomTag.Item or DicomTag.SequenceDelimitation) || length == UndefinedLength)
            {
                return Fail("In encapsulated bulk stands something other than a fragment with a length.");
            }

            input.Advance(8);
            if (delimiter == DicomTag.SequenceDelimitation)
            {
                set.Add(new DicomElement(tag, vr, default) { IsSkipped = true });
                return true;
            }

            if (!await input.SkipAsync(length, cancellationToken))
            {
                return Fail("The data end in the middle of encapsulated bulk.");
            }
        }
    }

    private uint ReadTag(ReadOnlySpan<byte> bytes) => syntax.IsBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : ((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);

    private uint ReadUInt32(ReadOnlySpan<byte> bytes) =>
        syntax.IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private bool Fail(string text)
    {
        Error = new DicomReadError(string.Join('.', _path.Select(step => DicomTag.Show(step.Tag) + (step.Item == 0 ? "" : $"[{step.Item}]"))), input.Offset, text);
        return false;
    }
}
