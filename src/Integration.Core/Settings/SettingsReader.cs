using System.Globalization;
using System.Net;
using Integration.Core.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Settings;

/// <summary>
/// Reads typed settings out of one section, e.g. <c>Feeds:his</c>, and finds everything that is wrong with them at once: a value that cannot
/// be used is reported and its default returned, so that reading always goes on to the next.
/// </summary>
/// <remarks>
/// Keys are relative to the section and may be nested (<c>Tls:Certificate</c>). Not for several threads.
/// </remarks>
/// <param name="baseFolder">Relative files and folders start here; null: the current folder.</param>
public sealed class SettingsReader(IConfigurationSection section, string? baseFolder = null)
{
    private readonly List<ConfigurationProblem> _problems = [];

    /// <summary>The last part of the section's path: the name of the feed.</summary>
    public string Name => section.Key;

    /// <summary>What was wrong so far, in the order of reading.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems => _problems;

    /// <summary>Whether the setting is there with a value or with settings below it.</summary>
    public bool Has(string key) => section.GetSection(key).Exists();

    /// <summary>The names of the settings right below one, e.g. of a table whose names the site chooses.</summary>
    public IEnumerable<string> KeysBelow(string key) => section.GetSection(key).GetChildren().Select(child => child.Key);

    /// <summary>
    /// Reports every setting that is not among <paramref name="known"/>; a nested one is named with its parent, and <c>Table:*</c> stands for
    /// all that are right below <c>Table</c>.
    /// </summary>
    /// <param name="whose">e.g. <c>an Hl7v2.Mllp feed</c>.</param>
    public void CheckKeys(string whose, IReadOnlyCollection<string> known)
    {
        foreach (var key in Leaves(section, "").Select(WithoutIndex).Distinct().Where(k => !known.Any(other => Covers(other, k))))
        {
            Report(key, "There is no such setting.", Spelling.Suggest(key, known) is { } nearest ? $"Did you mean {nearest}?" : $"The settings of {whose} are {string.Join(", ", known)}.");
        }
    }

    /// <summary>The trimmed value; null when it is absent or empty.</summary>
    public string? Text(string key) => section[key]?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>A value of which not every text is one; null when it is absent or wrong.</summary>
    /// <param name="parse">Gets the trimmed value; null says that it is none.</param>
    public T? Parsed<T>(string key, Func<string, T?> parse, string text, string remedy)
        where T : class
    {
        if (section[key] is not { } value)
        {
            return null;
        }

        var parsed = parse(value.Trim());
        if (parsed is null)
        {
            Report(key, text, remedy);
        }

        return parsed;
    }

    /// <summary>The address of a server on the web that paths are added to, without a slash at its end; null when it is absent or wrong.</summary>
    /// <param name="example">An address of the kind that is meant.</param>
    public Uri? WebAddress(string key, string example) => Parsed(
        key,
        text => Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length == 0 && address.UserInfo.Length == 0 ? address : null,
        "It must be an address of http or https, without a question mark, user or password.", $"Write it like {example}.");

    /// <summary>A list of texts: an array, or one text with commas. Empty when absent.</summary>
    public IReadOnlyList<string> Texts(string key) => Text(key) is { } joined
        ? joined.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : [.. section.GetSection(key).GetChildren().Select(c => c.Value?.Trim()).OfType<string>().Where(text => text.Length > 0)];

    /// <summary>A number from 0 to 1.</summary>
    public double Part(string key, double usual)
    {
        if (section[key] is not { } value)
        {
            return usual;
        }

        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part) && part is >= 0 and <= 1)
        {
            return part;
        }

        Report(key, "It must be a number from 0 to 1.", string.Create(CultureInfo.InvariantCulture, $"The default is {usual}."));
        return usual;
    }

    public int Number(string key, int lowest, int highest, int usual)
    {
        if (section[key] is not { } value)
        {
            return usual;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest)
        {
            return number;
        }

        Report(key, $"It must be a whole number from {lowest} to {highest}.", $"The default is {usual}.");
        return usual;
    }

    public bool Flag(string key, bool usual)
    {
        if (section[key] is not { } value)
        {
            return usual;
        }

        if (bool.TryParse(value, out var flag))
        {
            return flag;
        }

        Report(key, "It must be true or false.", $"The default is {(usual ? "true" : "false")}.");
        return usual;
    }

    /// <param name="lowest">Shortest time allowed, inclusive; the longest likewise.</param>
    public TimeSpan Time(string key, TimeSpan lowest, TimeSpan highest, TimeSpan usual)
    {
        if (section[key] is not { } value)
        {
            return usual;
        }

        // A bare number would be taken for days.
        if (value.Contains(':') && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var time) && time >= lowest && time <= highest)
        {
            return time;
        }

        Report(key, $"It must be a time from {lowest:c} to {highest:c}.", $"Write it as hours:minutes:seconds, e.g. {usual:c}.");
        return usual;
    }

    /// <summary>A time, or one word that stands for another.</summary>
    /// <param name="word">e.g. Unlimited, in any case.</param>
    /// <param name="meaning">What the word stands for.</param>
    public TimeSpan TimeOr(string key, string word, TimeSpan meaning, TimeSpan lowest, TimeSpan highest, TimeSpan usual)
    {
        if (Text(key) is not { } value)
        {
            return usual;
        }

        if (value.Equals(word, StringComparison.OrdinalIgnoreCase))
        {
            return meaning;
        }

        // A bare number would be taken for days.
        if (value.Contains(':') && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var time) && time >= lowest && time <= highest)
        {
            return time;
        }

        Report(key, $"It must be a time from {lowest:c} to {highest:c}, or {word}.", "Write it as days.hours:minutes:seconds, e.g. 365.00:00:00.");
        return usual;
    }

    /// <summary>One of the names of an enumeration, in any case.</summary>
    public T Choice<T>(string key, T usual)
        where T : struct, Enum
    {
        if (section[key] is not { } value)
        {
            return usual;
        }

        foreach (var known in Enum.GetValues<T>())
        {
            if (known.ToString().Equals(value.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return known;
            }
        }

        Report(key, $"There is no '{value}'.", $"Use one of {string.Join(", ", Enum.GetNames<T>())}. The default is {usual}.");
        return usual;
    }

    /// <summary>An address of this machine and a port to listen on; null when absent or wrong.</summary>
    public IPEndPoint? Endpoint(string key) => Parsed(key, ParseEndpoint, "It must be an address and a port.", "Write it like 127.0.0.1:2575.");

    /// <summary>A host, by name or address, and a port to connect to; null when absent or wrong.</summary>
    public DnsEndPoint? Peer(string key) => Parsed(key, ParsePeer, "It must be a host and a port.", "Write it like lis.hospital.local:2575.");

    /// <summary>Absolute path of a file that exists; null when absent or wrong.</summary>
    public string? File(string key)
    {
        if (Path(key) is not { } path)
        {
            return null;
        }

        if (System.IO.File.Exists(path))
        {
            return path;
        }

        Report(key, $"There is no file {path}.", "Correct the path; a relative one starts at the folder of appsettings.json.");
        return null;
    }

    /// <summary>Absolute path of a file or folder, which need not exist; null when absent.</summary>
    public string? Path(string key) => Text(key) is { } value ? Absolute(value) : null;

    /// <summary>Absolute path of a file or folder, which need not exist.</summary>
    /// <param name="usual">Where it is when nothing else is said.</param>
    public string Path(string key, string usual) => Path(key) ?? Absolute(usual);

    /// <summary>An IANA name of a zone; null when absent or wrong.</summary>
    public TimeZoneInfo? Zone(string key) => Parsed(
        key, value => TimeZoneInfo.TryFindSystemTimeZoneById(value, out var zone) ? zone : null,
        "This time zone is not known.", "Use a name like Asia/Shanghai.");

    /// <summary>Adds a problem that only the caller can see, e.g. of two settings that exclude each other.</summary>
    public void Report(string key, string text, string remedy) => _problems.Add(new($"{section.Path}:{key}", text, remedy));

    private string Absolute(string path) =>
        System.IO.Path.GetFullPath(path, baseFolder ?? Directory.GetCurrentDirectory());

    private static bool Covers(string known, string key) =>
        known.EndsWith(":*", StringComparison.Ordinal)
            ? key.StartsWith(known[..^1], StringComparison.OrdinalIgnoreCase) && !key[(known.Length - 1)..].Contains(':')
            : known.Equals(key, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Leaves(IConfigurationSection parent, string prefix)
    {
        foreach (var child in parent.GetChildren())
        {
            var key = prefix + child.Key;
            var below = Leaves(child, key + ":").ToList();
            foreach (var leaf in below)
            {
                yield return leaf;
            }

            if (below.Count == 0 || child.Value is not null)
            {
                yield return key;
            }
        }
    }

    /// <summary>Entries of an array are named by it: <c>Messages:0</c> is <c>Messages</c>.</summary>
    private static string WithoutIndex(string key)
    {
        var colon = key.LastIndexOf(':');
        return colon > 0 && int.TryParse(key.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? key[..colon] : key;
    }

    private static IPEndPoint? ParseEndpoint(string value)
    {
        if (SplitPort(value) is not var (host, port))
        {
            return null;
        }

        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return new(IPAddress.Loopback, port);
        }

        // IPAddress takes "2575" for 0.0.10.15; an address has dots, or brackets around colons.
        var isAddress = host.StartsWith('[') ? host.EndsWith(']') : host.Count(c => c == '.') == 3;
        return isAddress && IPAddress.TryParse(host.AsSpan().Trim("[]"), out var address) ? new(address, port) : null;
    }

    private static DnsEndPoint? ParsePeer(string value)
    {
        if (SplitPort(value) is not var (host, port) || port == 0)
        {
            return null;
        }

        var kind = Uri.CheckHostName(host);
        var isPlain = kind is UriHostNameType.Dns or UriHostNameType.IPv4;
        return isPlain || (kind == UriHostNameType.IPv6 && host.StartsWith('[')) ? new(host.Trim('[', ']'), port) : null;
    }

    private static (string Host, int Port)? SplitPort(string value)
    {
        var colon = value.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (value[..colon], port)
            : null;
    }
}
