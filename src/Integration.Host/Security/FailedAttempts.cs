using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;

namespace Integration.Host.Security;

/// <summary>
/// Slows down guessing, by remote address and minute. Failures beyond <see cref="Allowed"/> are answered 429; an address that
/// tries more than <see cref="Allowed"/> different keys is not listened to at all until the minute is over. One client that keeps
/// sending one outdated key therefore does not shut out others that share its address behind a proxy. Safe for many threads.
/// </summary>
internal sealed class FailedAttempts(TimeProvider clock)
{
    /// <summary>Failures an address has each minute.</summary>
    public const int Allowed = 20;

    private const int MaxAddresses = 4096;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, Tally> _tallies = new();

    /// <summary>How long the address has to wait before a key from it is looked at again; null when it need not.</summary>
    public TimeSpan? BlockedFor(IPAddress? address)
    {
        if (!_tallies.TryGetValue(Group(address), out var tally))
        {
            return null;
        }

        lock (tally)
        {
            return tally.Keys.Count >= Allowed ? Remaining(tally) : null;
        }
    }

    /// <summary>Notes a failure.</summary>
    /// <param name="keyHash">SHA-256 of what was presented.</param>
    /// <returns>How long to wait when that was one too many, else null.</returns>
    public TimeSpan? Note(IPAddress? address, ReadOnlySpan<byte> keyHash)
    {
        var tally = TallyOf(Group(address));
        lock (tally)
        {
            if (Remaining(tally) is null)
            {
                tally.Since = clock.GetTimestamp();
                tally.Failures = 0;
                tally.Keys.Clear();
            }

            tally.Failures++;
            if (tally.Keys.Count < Allowed)
            {
                tally.Keys.Add(BinaryPrimitives.ReadInt64LittleEndian(keyHash));
            }

            return tally.Failures > Allowed ? Remaining(tally) : null;
        }
    }

    // IPv6 customers hold at least a /64, so that counting single addresses would count nothing.
    private static IPAddress Group(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        return bytes.Length == 16 ? new IPAddress([.. bytes.AsSpan(0, 8), .. new byte[8]]) : address;
    }

    private Tally TallyOf(IPAddress group)
    {
        if (_tallies.Count >= MaxAddresses && !_tallies.ContainsKey(group))
        {
            foreach (var (address, old) in _tallies)
            {
                if (Remaining(old) is null)
                {
                    _tallies.TryRemove(address, out _);
                }
            }

            // Still full within one minute: an attack from everywhere. Newcomers share one tally, so that memory stays bounded.
            group = _tallies.Count >= MaxAddresses ? IPAddress.None : group;
        }

        return _tallies.GetOrAdd(group, _ => new Tally { Since = clock.GetTimestamp() });
    }

    private TimeSpan? Remaining(Tally tally) =>
        Minute - clock.GetElapsedTime(tally.Since) is { Ticks: > 0 } remaining ? remaining : null;

    private sealed class Tally
    {
        public long Since { get; set; }

        public int Failures { get; set; }

        public HashSet<long> Keys { get; } = [];
    }
}
