using System.Globalization;
using System.Text;

namespace Integration.Storage.Mongo.Bson;

/// <summary>
/// What a typed body forgets, kept beside it. Element <c>texts</c>: the text of every date and Double in the order they stand in the body. Element
/// <c>decimalTexts</c>: the text of those few Decimal128 that were not written as their plain digits, by their number in the body, from 0.
/// </summary>
internal sealed class BodyTexts
{
    public const string Texts = "texts";
    public const string DecimalTexts = "decimalTexts";

    private readonly List<string> _texts = [];
    private readonly Dictionary<int, string> _decimals = [];
    private int _decimalCount;

    /// <summary>Reads the elements of a stored document.</summary>
    public static BodyTexts Of(BsonDocument stored)
    {
        var texts = new BodyTexts();
        if (stored["texts"u8] is { } kept)
        {
            texts._texts.AddRange(kept.Document.Select(text => text.Value.Text));
        }

        if (stored["decimalTexts"u8] is { } decimals)
        {
            foreach (var text in decimals.Document)
            {
                texts._decimals[int.Parse(text.NameText, CultureInfo.InvariantCulture)] = text.Value.Text;
            }
        }

        return texts;
    }

    /// <summary>Keeps the text of a date or Double.</summary>
    /// <param name="text">ASCII.</param>
    public void Add(ReadOnlySpan<byte> text) => _texts.Add(Encoding.ASCII.GetString(text));

    /// <summary>Counts a Decimal128.</summary>
    /// <param name="text">ASCII; empty when its digits say it all.</param>
    public void AddDecimal(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            _decimals[_decimalCount] = Encoding.ASCII.GetString(text);
        }

        _decimalCount++;
    }

    /// <summary>Writes the elements that there are.</summary>
    /// <param name="absent">Gets the names of the others.</param>
    public void Write(BsonWriter writer, List<string> absent)
    {
        if (_texts.Count == 0)
        {
            absent.Add(Texts);
        }
        else
        {
            writer.BeginArray(Texts);
            foreach (var text in _texts)
            {
                writer.String("", text);
            }

            writer.End();
        }

        if (_decimals.Count == 0)
        {
            absent.Add(DecimalTexts);
            return;
        }

        writer.BeginDocument(DecimalTexts);
        foreach (var (number, text) in _decimals)
        {
            writer.String(number.ToString(CultureInfo.InvariantCulture), text);
        }

        writer.End();
    }

    public Reader Read() => new(this);

    /// <summary>Gives the texts out in the order of the body.</summary>
    internal sealed class Reader(BodyTexts texts)
    {
        private int _next;
        private int _nextDecimal;

        /// <exception cref="InvalidDataException">There is none left.</exception>
        public string Next() => _next < texts._texts.Count
            ? texts._texts[_next++]
            : throw new InvalidDataException("A stored body was changed by another program: it holds more dates than texts of dates.");

        /// <summary>Null when the digits of this Decimal128 say it all.</summary>
        public string? NextDecimal() => texts._decimals.GetValueOrDefault(_nextDecimal++);
    }
}
