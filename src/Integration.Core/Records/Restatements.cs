using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Integration.Core.Mapping;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>The restatements of one golden record while one message runs.</summary>
/// <remarks>
/// What is read here holds until the commit only if the same batch writes the golden record's summary, which was read before: every
/// message that changes a record writes it, so that its version check finds whoever was faster.
/// </remarks>
internal sealed class Restatements
{
    /// <summary>Entries kept; beyond it the times of the oldest half go to their resources' own documents.</summary>
    private const int Usual = 64;

    private const int FingerprintBytes = 16;

    // One a thread and used within one call: several statements of every message are fingerprinted.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private readonly string _patientId;
    private readonly long _version;
    private readonly Dictionary<string, Restatement> _entries;
    private bool _changed;

    private Restatements(string patientId, long version, IReadOnlyDictionary<string, Restatement> entries)
    {
        _patientId = patientId;
        _version = version;
        _entries = new Dictionary<string, Restatement>(entries, StringComparer.Ordinal);
    }

    /// <summary>Event time of the newest repetition that this message adds; null when it adds none.</summary>
    public DateTimeOffset? Newest { get; private set; }

    /// <summary>Whether this message repeats a Patient resource.</summary>
    public bool RepeatsPatient { get; private set; }

    public static async ValueTask<Restatements> ReadAsync(IDocumentStore store, string patientId, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Restatements, patientId, withPayload: false, cancellationToken) is { } stored
            ? new Restatements(patientId, stored.Version, Collections.Restatements.Read(stored).Resources)
            : new Restatements(patientId, 0, new Dictionary<string, Restatement>());

    /// <summary>Takes a resource that says exactly what was said last, and not earlier: nothing but its time changes. False: it says something else.</summary>
    public bool TryRepeat(string key, MappedResource mapped, DateTimeOffset time, out int version)
    {
        version = 0;
        if (!_entries.TryGetValue(key, out var entry) || time < entry.EventTime || entry.Statement != Fingerprint(mapped))
        {
            return false;
        }

        version = entry.Version;
        Repeat(key, entry with { EventTime = time });
        return true;
    }

    /// <summary>Notes that the mapped resource repeats the stored one as a whole.</summary>
    public void Add(string key, MappedResource mapped, DateTimeOffset time, int version) =>
        Repeat(key, new Restatement(Fingerprint(mapped), time, version));

    /// <summary>The resource is written whole again, with its own time.</summary>
    public void Forget(string key) => _changed |= _entries.Remove(key);

    /// <summary>The resource as of when it was said last.</summary>
    public ResourceDocument Timed(ResourceDocument stored) =>
        _entries.TryGetValue(stored.Id, out var entry) && entry.EventTime > stored.Provenance.EventTime
            ? stored with { Provenance = stored.Provenance with { EventTime = entry.EventTime } }
            : stored;

    /// <summary>Keys whose times must go to the resources themselves now; empty as long as there is room.</summary>
    public IReadOnlyList<string> Overflow() => _entries.Count <= Usual
        ? []
        : [.. _entries.OrderBy(e => e.Value.EventTime).ThenBy(e => e.Key, StringComparer.Ordinal).Take(_entries.Count - (Usual / 2)).Select(e => e.Key)];

    public void Write(WriteBatch batch)
    {
        if (_changed)
        {
            batch.Add(Collections.Restatements.Put(new RestatementDocument { Id = _patientId, Resources = _entries }, _version));
        }
    }

    private void Repeat(string key, Restatement entry)
    {
        RepeatsPatient |= key.StartsWith("Patient/", StringComparison.Ordinal);
        Newest = Newest > entry.EventTime ? Newest : entry.EventTime;
        if (!_entries.TryGetValue(key, out var known) || known != entry)
        {
            _entries[key] = entry;
            _changed = true;
        }
    }

    /// <summary>128 bits of SHA-256 over the resource as mapped and what mapping only assumed of it: no two statements share it by chance.</summary>
    private static string Fingerprint(MappedResource mapped)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(4096);
        var writer = _writer ??= new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        mapped.Draft.WriteTo(writer);
        foreach (var name in mapped.Assumed)
        {
            writer.WriteStringValue(name);
        }

        writer.Flush();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Sha256Hash.Of(buffer.WrittenSpan, hash);
        return Convert.ToBase64String(hash[..FingerprintBytes]);
    }
}
