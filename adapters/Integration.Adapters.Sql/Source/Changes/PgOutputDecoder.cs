using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Integration.Adapters.Sql.Source.Changes;

/// <summary>Reads the keys of changed rows out of messages of <c>pgoutput</c>, protocol version 1 (PostgreSQL 15 §55.9). For the messages of one look into a slot.</summary>
internal sealed class PgOutputDecoder(IReadOnlyList<ChangedTable> tables)
{
    private readonly Dictionary<int, Relation?> _relations = [];
    private readonly List<IReadOnlyList<object>> _keys = [];
    private readonly List<uint> _transactions = [];

    /// <summary>Keys of inserted, updated (old and new) and deleted rows of our tables, as often as they were touched.</summary>
    public IReadOnlyList<IReadOnlyList<object>> Keys => _keys;

    /// <summary>Transactions that were read.</summary>
    public IReadOnlyList<uint> Transactions => _transactions;

    /// <summary>One of our tables was emptied, without a word about its rows.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Behind the last transaction read, e.g. <c>0/16B3748</c>; null: none was.</summary>
    public string? End { get; private set; }

    /// <exception cref="SqlSourceException">It does not hold the key, or is no message.</exception>
    public void Take(ReadOnlySpan<byte> message)
    {
        try
        {
            var reader = new Reader(message);
            switch ((char)reader.Byte())
            {
                case 'B':
                    reader.Skip(16);
                    _transactions.Add(unchecked((uint)reader.Int32()));
                    break;
                case 'C':
                    reader.Skip(9);
                    var end = unchecked((ulong)reader.Int64());
                    End = string.Create(CultureInfo.InvariantCulture, $"{end >> 32:X}/{end & 0xFFFFFFFF:X}");
                    break;
                case 'R':
                    TakeRelation(ref reader);
                    break;
                case 'I' or 'U' or 'D':
                    TakeRow(ref reader);
                    break;
                case 'T':
                    var count = reader.Int32();
                    reader.Skip(1);
                    for (var i = 0; i < count; i++)
                    {
                        IsTruncated |= _relations.GetValueOrDefault(reader.Int32()) is not null;
                    }

                    break;
            }
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            throw new SqlSourceException("The slot gives messages that are not those of pgoutput version 1. Check that its plugin is pgoutput.", e, isPermanent: true);
        }
    }

    private void TakeRelation(ref Reader reader)
    {
        var (id, schema, name) = (reader.Int32(), reader.Text(), reader.Text());
        reader.Skip(1);
        var columns = new (string Name, int Type)[reader.Int16()];
        for (var i = 0; i < columns.Length; i++)
        {
            reader.Skip(1);
            columns[i] = (reader.Text(), reader.Int32());
            reader.Skip(4);
        }

        var table = tables.FirstOrDefault(table => table.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || table.Name.Equals($"{schema}.{name}", StringComparison.OrdinalIgnoreCase));
        _relations[id] = table is null ? null : new Relation(table.Name, [.. table.Key.Select(column => IndexOf(table, column))], [.. columns.Select(column => column.Type)]);

        int IndexOf(ChangedTable of, string column) => Array.FindIndex(columns, one => one.Name.Equals(column, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index
            ? index
            : throw new SqlSourceException($"The table {of.Name} has no column {column}. Correct ChangeTables.", isPermanent: true);
    }

    /// <summary>One or two tuples: as it was (only where its key changed, or it is gone) and as it is.</summary>
    private void TakeRow(ref Reader reader)
    {
        if (_relations.GetValueOrDefault(reader.Int32()) is not { } relation)
        {
            return;
        }

        while (!reader.IsAtEnd)
        {
            reader.Skip(1);
            var values = new string?[reader.Int16()];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = reader.Byte() is (byte)'t' ? reader.Text(reader.Int32()) : null;
            }

            _keys.Add([.. relation.Key.Select(column => ValueOf(relation, values[column], relation.Types[column]))]);
        }
    }

    /// <summary>A value in the type that compares with the column, by the numbers of PostgreSQL's own types (pg_type).</summary>
    private static object ValueOf(Relation relation, string? text, int type) => text is null
        ? throw new SqlSourceException($"A change of {relation.Name} comes without the columns of the key. Have the owner run ALTER TABLE {relation.Name} REPLICA IDENTITY FULL.", isPermanent: true)
        : type switch
        {
            20 or 21 or 23 => long.Parse(text, CultureInfo.InvariantCulture),
            25 or 1042 or 1043 => text,
            1700 => decimal.Parse(text, CultureInfo.InvariantCulture),
            2950 => Guid.Parse(text),
            1082 => DateOnly.Parse(text, CultureInfo.InvariantCulture),
            1114 => DateTime.Parse(text, CultureInfo.InvariantCulture),
            _ => throw new SqlSourceException($"A key column of {relation.Name} is of a type that cannot be looked for. Use numbers, texts, days or uuids.", isPermanent: true),
        };

    private sealed record Relation(string Name, IReadOnlyList<int> Key, IReadOnlyList<int> Types);

    /// <summary>Big-endian numbers, texts of UTF-8.</summary>
    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public byte Byte() => Next(1)[0];

        public int Int16() => BinaryPrimitives.ReadInt16BigEndian(Next(2));

        public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Next(4));

        public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Next(8));

        public string Text(int length) => Encoding.UTF8.GetString(Next(length));

        /// <summary>Up to a zero.</summary>
        public string Text()
        {
            var text = Text(_rest.IndexOf((byte)0));
            Skip(1);
            return text;
        }

        public void Skip(int bytes) => Next(bytes);

        private ReadOnlySpan<byte> Next(int bytes)
        {
            var next = _rest[..bytes];
            _rest = _rest[bytes..];
            return next;
        }
    }
}
