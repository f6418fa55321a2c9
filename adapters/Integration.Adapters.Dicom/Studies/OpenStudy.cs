using System.Buffers.Binary;
using System.Globalization;
using Integration.Core.Imaging;

namespace Integration.Adapters.Dicom.Studies;

/// <summary>A study of which instances come now, in memory as the store has it. Only with <see cref="Gate"/> held.</summary>
internal sealed class OpenStudy(string feed, string uid)
{
    private const int HashBytes = 8;

    private readonly HashSet<ulong> _rejected = [];
    private readonly SortedDictionary<string, OpenSeries> _series = new(StringComparer.Ordinal);

    /// <summary>One at a time reads or changes the study.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    public string Uid => uid;

    public string Id { get; } = StudyDocument.IdOf(feed, uid);

    /// <summary>False until what the store knows was read.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Taken out of memory: whoever waited for the gate has to open it again.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Of the stored document; 0: there is none.</summary>
    public long Version { get; set; }

    public string Attributes { get; private set; } = "";

    /// <summary>The stored document says that a message is to be made.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Instances that came since the last message.</summary>
    public List<InstanceDocument> Untold { get; } = [];

    /// <summary>When the first of what no message tells of came, and the last.</summary>
    public DateTimeOffset First { get; set; }

    public DateTimeOffset Last { get; set; }

    /// <summary>
    /// As a message tells them: without what was taken back, and without series of which nothing is left; where nothing is left of any, all of them with no instances.
    /// </summary>
    public IReadOnlyList<SeriesFacts> Series
    {
        get
        {
            var all = _series.Select(s => new SeriesFacts(s.Key, s.Value.Attributes, s.Value.SopClasses, s.Value.Instances.Count(i => !_rejected.Contains(i)))).ToList();
            return all.Exists(series => series.Instances > 0) ? [.. all.Where(series => series.Instances > 0)] : all;
        }
    }

    // Taken back or not.
    private bool HasInstances => _series.Values.Any(series => series.Instances.Count > 0);

    public void Load(StudyDocument? stored, long version, IReadOnlyList<InstanceDocument> untold)
    {
        IsLoaded = true;
        if (stored is null)
        {
            return;
        }

        (Attributes, Version, IsWaiting) = (stored.Attributes, version, stored.IsWaiting);
        foreach (var series in stored.Series)
        {
            _series[series.Uid] = new OpenSeries(series.Attributes, [.. series.SopClasses], ReadHashes(series.Instances));
        }

        _rejected.UnionWith(ReadHashes(stored.Rejected));
        foreach (var instance in untold)
        {
            Add(instance);
        }
    }

    /// <summary>Whether the study, its series and the instance stand here just as the instance says.</summary>
    public (bool IsKnown, bool IsSameStudy) Compare(Instance instance)
    {
        var series = _series.GetValueOrDefault(instance.SeriesUid);
        return (series?.Instances.Contains(Number(instance.Hash)) == true, Attributes == instance.StudyAttributes && series?.Attributes == instance.SeriesAttributes);
    }

    /// <summary>The document with the attributes of an instance; the instances that no message tells of yet are not in it.</summary>
    public StudyDocument DocumentWith(Instance instance)
    {
        var series = _series.Where(s => s.Key != instance.SeriesUid).Select(s => StoredSeries(s.Key, s.Value, withoutUntold: true))
            .Append(_series.TryGetValue(instance.SeriesUid, out var known)
                ? StoredSeries(instance.SeriesUid, known, withoutUntold: true) with { Attributes = instance.SeriesAttributes }
                : new StudySeries(instance.SeriesUid, instance.SeriesAttributes, [], ""));
        return new StudyDocument { Feed = feed, StudyUid = uid, Attributes = instance.StudyAttributes, Series = [.. series], Rejected = Rejected(), IsWaiting = true };
    }

    /// <summary>The study with what a rejection note takes back; null when it was read before.</summary>
    /// <param name="note">The instance that the note is.</param>
    /// <param name="gone">Untold instances that no longer are.</param>
    public StudyDocument? Reject(Instance note, RejectionNote rejection, out IReadOnlyList<InstanceDocument> gone)
    {
        gone = [];
        if (!_rejected.Add(Number(note.Hash)))
        {
            return null;
        }

        // Without an instance there is nothing to tell yet; the note waits for them.
        IsWaiting |= HasInstances;
        var hashes = rejection.Hashes.Select(Number).ToHashSet();
        if (rejection.MayReturn)
        {
            gone = [.. Untold.Where(instance => hashes.Contains(Number(instance.Hash)))];
            Untold.RemoveAll(gone.Contains);
            foreach (var series in _series.Values)
            {
                series.Instances.ExceptWith(hashes);
            }
        }
        else
        {
            _rejected.UnionWith(hashes);
        }

        Attributes = Attributes.Length == 0 ? note.StudyAttributes : Attributes;
        return ToldDocument() with { Series = [.. _series.Select(s => StoredSeries(s.Key, s.Value, withoutUntold: true))], IsWaiting = IsWaiting };
    }

    /// <summary>The document once a message tells of everything.</summary>
    public StudyDocument ToldDocument() => new()
    {
        Feed = feed,
        StudyUid = uid,
        Attributes = Attributes,
        Series = [.. _series.Select(s => StoredSeries(s.Key, s.Value, withoutUntold: false))],
        Rejected = Rejected(),
    };

    /// <summary>The store has what <see cref="DocumentWith"/> gave.</summary>
    public void Take(Instance instance)
    {
        Attributes = instance.StudyAttributes;
        if (_series.TryGetValue(instance.SeriesUid, out var known))
        {
            known.Attributes = instance.SeriesAttributes;
        }
        else
        {
            _series[instance.SeriesUid] = new OpenSeries(instance.SeriesAttributes, [], []);
        }
    }

    /// <summary>The store has the instance.</summary>
    public void Add(InstanceDocument instance)
    {
        // Its series was written with it or before.
        var series = _series[instance.SeriesUid];
        series.Instances.Add(Number(instance.Hash));
        if (!series.SopClasses.Contains(instance.SopClassUid))
        {
            series.SopClasses.Add(instance.SopClassUid);
        }

        Untold.Add(instance);
    }

    private StudySeries StoredSeries(string seriesUid, OpenSeries series, bool withoutUntold)
    {
        var untold = withoutUntold ? Untold.Where(i => i.SeriesUid == seriesUid).Select(i => Number(i.Hash)).ToHashSet() : [];
        return new StudySeries(seriesUid, series.Attributes, [.. series.SopClasses], WriteHashes([.. series.Instances.Where(hash => !untold.Contains(hash)).Order()]));
    }

    private string Rejected() => WriteHashes([.. _rejected.Order()]);

    private static ulong Number(string hash) => ulong.Parse(hash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string WriteHashes(IReadOnlyList<ulong> hashes)
    {
        var bytes = new byte[hashes.Count * HashBytes];
        for (var i = 0; i < hashes.Count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * HashBytes), hashes[i]);
        }

        return Convert.ToBase64String(bytes);
    }

    private static HashSet<ulong> ReadHashes(string text)
    {
        var bytes = Convert.FromBase64String(text);
        var hashes = new HashSet<ulong>(bytes.Length / HashBytes);
        for (var at = 0; at < bytes.Length; at += HashBytes)
        {
            hashes.Add(BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(at)));
        }

        return hashes;
    }

    private sealed class OpenSeries(string attributes, List<string> sopClasses, HashSet<ulong> instances)
    {
        public string Attributes { get; set; } = attributes;

        public List<string> SopClasses => sopClasses;

        public HashSet<ulong> Instances => instances;
    }
}
