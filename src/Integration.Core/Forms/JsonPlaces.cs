using System.Globalization;
using System.Text;
using System.Text.Json;
using Integration.Core.Mapping.Language;

namespace Integration.Core.Forms;

/// <summary>Where the values of a JSON text stand, so that a finding that names a FHIRPath can name line and column too. Immutable.</summary>
internal sealed class JsonPlaces
{
    private readonly string _file;
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);
    private readonly byte[] _text;

    private JsonPlaces(string file, byte[] text) => (_file, _text) = (file, text);

    /// <param name="file">As shown to people.</param>
    /// <param name="text">Valid JSON.</param>
    /// <param name="root">What paths begin with: the name of the resource's type.</param>
    public static JsonPlaces Of(string file, byte[] text, string root)
    {
        var places = new JsonPlaces(file, text);
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 256 });
        var open = new Stack<(string Path, int Index)>();   // index -1: an object
        var path = root;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    path = $"{open.Peek().Path}.{reader.GetString()}";
                    places._offsets.TryAdd(path, reader.TokenStartIndex);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                default:
                    if (open.TryPop(out var outer) && outer.Index >= 0)
                    {
                        path = string.Create(CultureInfo.InvariantCulture, $"{outer.Path}[{outer.Index}]");
                        outer = (outer.Path, outer.Index + 1);
                    }

                    if (outer.Path is not null)
                    {
                        open.Push(outer);
                    }

                    places._offsets.TryAdd(path, reader.TokenStartIndex);
                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    {
                        open.Push((path, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
                    }

                    break;
            }
        }

        return places;
    }

    /// <summary>The place of a path, or of the nearest value around it.</summary>
    /// <param name="path"><c>Questionnaire.item[2].type</c>.</param>
    public SourcePosition Find(string path)
    {
        var known = path;
        while (!_offsets.ContainsKey(known) && known.LastIndexOfAny(['.', '[']) is > 0 and var end)
        {
            known = known[..end];
        }

        return At(_offsets.GetValueOrDefault(known));
    }

    private SourcePosition At(long offset)
    {
        var before = _text.AsSpan(0, (int)offset);
        var start = before.LastIndexOf((byte)'\n') + 1;
        return new SourcePosition(_file, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[start..]) + 1);
    }
}
