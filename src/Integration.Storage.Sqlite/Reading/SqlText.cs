using System.Text;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Storage.Sqlite.Reading;

/// <summary>SQL being put together with the values of its parameters, in the order in which they stand in the text.</summary>
internal sealed class SqlText
{
    private readonly StringBuilder _text = new();
    private readonly List<object?> _values = [];

    public SqlText Add(string sql)
    {
        _text.Append(sql);
        return this;
    }

    /// <summary>Adds a parameter.</summary>
    /// <param name="value">string, long, int, DateTimeOffset, UTF-8 bytes of a text, or null.</param>
    public SqlText Value(object? value)
    {
        _text.Append('?');
        _values.Add(value);
        return this;
    }

    public void Append(SqlText other)
    {
        _text.Append(other._text);
        _values.AddRange(other._values);
    }

    /// <summary>The statement, prepared once for its text, with these values bound.</summary>
    public Statement Bind(Database database)
    {
        var statement = database.Prepared(_text.ToString());
        for (var i = 0; i < _values.Count; i++)
        {
            if (_values[i] is byte[] utf8)
            {
                statement.BindUtf8(i + 1, utf8);
            }
            else
            {
                FieldValues.Bind(statement, i + 1, _values[i]);
            }
        }

        return statement;
    }

    public override string ToString() => _text.ToString();
}
