using System.Globalization;

namespace Integration.HospitalDay;

/// <summary>One file of the day.</summary>
/// <param name="Path">Below <c>samples/hospital-day</c>, with forward slashes: <c>his/0001-ADT_A28-H2603160001.hl7</c>.</param>
internal sealed record DayFile(string Path, byte[] Bytes);

/// <summary>Collects what the systems send and puts it into the order of the clock.</summary>
internal sealed class Day
{
    private static readonly DateTime Midnight = new(2026, 3, 16, 0, 0, 0, DateTimeKind.Unspecified);

    private readonly List<Entry> _entries = [];

    /// <summary>Fixed seed: the committed files are compared with what this makes.</summary>
    public Dice Dice { get; } = new(20260316);

    /// <summary>A moment of the day, <c>HH:mm</c>, hospital time.</summary>
    public static DateTime At(string clock) => Midnight + TimeSpan.ParseExact(clock, @"hh\:mm", CultureInfo.InvariantCulture);

    /// <summary>A moment of an earlier day.</summary>
    public static DateTime DaysBefore(int days, string clock) => At(clock).AddDays(-days);

    /// <summary>Lets a system send one message.</summary>
    /// <param name="at">MSH-7.</param>
    /// <param name="type">MSH-9 with structure: <c>ADT^A01^ADT_A01</c>.</param>
    /// <param name="segments">Everything behind MSH.</param>
    public Entry Send(DateTime at, HospitalSystem system, string type, params IEnumerable<string> segments)
    {
        var entry = new Entry(at, _entries.Count, system, type, [.. segments.Where(s => s.Length > 0)], null);
        _entries.Add(entry);
        return entry;
    }

    /// <summary>Sends the very same bytes again, as a sender does that has missed the acknowledgement.</summary>
    public void Resend(DateTime at, Entry original) => _entries.Add(original with { At = at, Ordinal = _entries.Count, Original = original });

    /// <summary>All files, in the order of the clock, which is the ordinal order of their names.</summary>
    public IReadOnlyList<DayFile> Files()
    {
        var controlIds = new Dictionary<Entry, string>();
        var counters = new Dictionary<string, int>();
        var files = new List<DayFile>();
        foreach (var entry in _entries.OrderBy(e => e.At).ThenBy(e => e.Ordinal))
        {
            var source = entry.Original ?? entry;
            if (!controlIds.TryGetValue(source, out var controlId))
            {
                var number = counters[source.System.ControlPrefix] = counters.GetValueOrDefault(source.System.ControlPrefix) + 1;
                controlIds[source] = controlId = string.Create(CultureInfo.InvariantCulture, $"{source.System.ControlPrefix}260316{number:D4}");
            }

            var parts = source.Type.Split('^');
            var path = string.Create(CultureInfo.InvariantCulture, $"{source.System.Feed}/{files.Count + 1:D4}-{parts[0]}_{parts[1]}-{controlId}.hl7");
            files.Add(new DayFile(path, source.Encode(controlId)));
        }

        return files;
    }

    /// <summary>One message as a system sent it.</summary>
    /// <param name="Ordinal">Breaks ties of the clock.</param>
    /// <param name="Original">Set for a resend: whose bytes are repeated.</param>
    internal sealed record Entry(DateTime At, int Ordinal, HospitalSystem System, string Type, IReadOnlyList<string> Segments, Entry? Original)
    {
        public byte[] Encode(string controlId)
        {
            var header = $@"MSH|^~\&|{System.Application}|EAST|INTEGRATION|EAST|{Hl7Line.Time(At)}||{Type}|{controlId}|P|2.5.1|||||CHN|{System.Charset}|zh";
            return System.Encoding.GetBytes(string.Concat([header + "\r", .. Segments.Select(s => s + "\r")]));
        }
    }
}
