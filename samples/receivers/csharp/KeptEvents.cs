using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Receiver;

/// <summary>The events seen, in a file. An event comes again when its answer was lost: its id is known then. Safe for many threads.</summary>
internal sealed class KeptEvents : IDisposable
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly FileStream _file;

    public KeptEvents(string path)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var whole = 0L;
        var bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        for (var begin = 0; begin < bytes.Length;)
        {
            var length = bytes.AsSpan(begin).IndexOf((byte)'\n');
            if (length < 0)
            {
                break;   // a kill cut this line: it was not answered and comes again
            }

            _seen.Add((string)JsonNode.Parse(bytes.AsSpan(begin, length))!["id"]!);
            whole = begin += length + 1;
        }

        _file.SetLength(whole);
        _file.Position = whole;
    }

    /// <summary>Returns when the event is on disk.</summary>
    public void Keep(JsonObject e)
    {
        var id = (string)e["id"]!;
        lock (_seen)
        {
            if (_seen.Contains(id))
            {
                return;
            }

            _file.Write(JsonSerializer.SerializeToUtf8Bytes(e, Readable));
            _file.WriteByte((byte)'\n');
            _file.Flush(flushToDisk: true);
            _seen.Add(id);
        }
    }

    public void Dispose() => _file.Dispose();
}
