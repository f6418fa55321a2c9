namespace Integration.Adapters.Dicom.DataSets;

/// <summary>The attributes of an object, or of an item of a sequence, in the order written. Not changed any more once it was read.</summary>
internal sealed class DicomDataSet(bool isBigEndian, DicomDataSet? parent)
{
    private readonly List<DicomElement> _elements = [];
    private DicomCharset? _charset;

    public IReadOnlyList<DicomElement> Elements => _elements;

    public bool IsBigEndian => isBigEndian;

    /// <summary>
    /// The character set of the texts: of this item where it names one, else of the data set around it (PS3.5 §6.1.2.3); where the bytes
    /// contradict what is declared, the one that they are in.
    /// </summary>
    public DicomCharset Charset
    {
        get => _charset ??= Find(DicomTag.SpecificCharacterSet) is { } declared
            ? DicomCharset.Resolve(DicomValues.Ascii(declared), this, null)
            : parent?.Charset ?? DicomCharset.Resolve([], this, null);
        init => _charset = value;
    }

    /// <summary>Decides the character set by what a site says of the sender rather than by what the sender says.</summary>
    /// <param name="declared">A defined term of PS3.3 §C.12.1.1.2, e.g. <c>GB18030</c>.</param>
    public void Override(string declared) => _charset = DicomCharset.Resolve(declared.Split('\\'), this, declared);

    public void Add(DicomElement element) => _elements.Add(element);

    /// <summary>Null when the attribute is absent.</summary>
    public DicomElement? Find(uint tag)
    {
        foreach (var element in _elements)
        {
            if (element.Tag == tag)
            {
                return element;
            }
        }

        return null;
    }

    /// <summary>The first value as text without padding; empty when it is absent or empty.</summary>
    public string Text(uint tag) => Find(tag) is { } element && DicomValues.Texts(element, this) is [var first, ..] ? first : "";
}
