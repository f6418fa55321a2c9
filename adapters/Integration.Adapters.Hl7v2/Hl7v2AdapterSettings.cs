using System.Globalization;
using System.Net;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Hl7v2;

/// <summary>Reads the settings of a feed and finds everything that is wrong with them at once.</summary>
internal sealed class Hl7v2AdapterSettings
{
    private static readonly string[] Keys =
    [
        "Adapter", "Enabled", "Listen", "MaxMessageBytes", "IdleTimeout", "MaxConnections", "Charset", "DefaultCharset", "TimeZone", "AssigningAuthority",
        .. FeedIntakeSettings.Keys,
    ];

    private readonly string _feed;
    private readonly IConfigurationSection _section;
    private readonly List<ConfigurationProblem> _problems = [];

    private Hl7v2AdapterSettings(string feed, IConfigurationSection section)
    {
        _feed = feed;
        _section = section;
    }

    /// <summary>The options as far as they can be read, defaults elsewhere, and what is wrong.</summary>
    public static (Hl7v2AdapterOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(string feed, IConfigurationSection section)
    {
        var settings = new Hl7v2AdapterSettings(feed, section);
        var options = settings.ReadAll();
        return (options, settings._problems);
    }

    private Hl7v2AdapterOptions ReadAll()
    {
        foreach (var child in _section.GetChildren().Where(c => !Keys.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            Report(child.Key, "There is no such setting.", $"The settings of an Hl7v2.Mllp feed are {string.Join(", ", Keys)}.");
        }

        var defaults = new Hl7v2AdapterOptions();
        return new()
        {
            Listen = Read("Listen", ParseEndpoint, "It must be an address and a port.", "Write it like 127.0.0.1:2575.") ?? defaults.Listen,
            MaxMessageBytes = ReadNumber("MaxMessageBytes", 1024, 512 * 1024 * 1024, defaults.MaxMessageBytes),
            IdleTimeout = ReadIdleTimeout(defaults.IdleTimeout),
            MaxConnections = ReadNumber("MaxConnections", 1, 10_000, defaults.MaxConnections),
            Reading = new()
            {
                Charset = ReadCharset("Charset"),
                DefaultCharset = ReadCharset("DefaultCharset"),
                TimeZone = Read("TimeZone", ParseZone, "This time zone is not known.", "Use a name like Asia/Shanghai.")
                    ?? defaults.Reading.TimeZone,
                AssigningAuthority = _section["AssigningAuthority"] is { Length: > 0 } authority ? authority : _feed,
            },
        };
    }

    private T? Read<T>(string key, Func<string, T?> parse, string text, string remedy)
        where T : class
    {
        if (_section[key] is not { } value)
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

    private Hl7Charset? ReadCharset(string key) => Read(
        key, Hl7Charset.Find, "This character set is not known.", $"Use one of {string.Join(", ", Hl7Charset.KnownNames)}.");

    private int ReadNumber(string key, int lowest, int highest, int usual)
    {
        if (_section[key] is not { } value)
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

    private TimeSpan ReadIdleTimeout(TimeSpan usual)
    {
        if (_section["IdleTimeout"] is not { } value)
        {
            return usual;
        }

        // A bare number would be taken for days.
        if (value.Contains(':') && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var time)
            && time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromDays(1))
        {
            return time;
        }

        Report("IdleTimeout", "It must be a time from 00:00:01 to 1.00:00:00.", "Write it as hours:minutes:seconds, e.g. 00:05:00.");
        return usual;
    }

    private static IPEndPoint? ParseEndpoint(string value)
    {
        var colon = value.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        var host = value[..colon];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return new(IPAddress.Loopback, port);
        }

        // IPAddress takes "2575" for 0.0.10.15; an address has dots, or brackets around colons.
        var isAddress = host.StartsWith('[') ? host.EndsWith(']') : host.Count(c => c == '.') == 3;
        return isAddress && IPAddress.TryParse(host.AsSpan().Trim("[]"), out var address) ? new(address, port) : null;
    }

    private static TimeZoneInfo? ParseZone(string value) => TimeZoneInfo.TryFindSystemTimeZoneById(value, out var zone) ? zone : null;

    private void Report(string key, string text, string remedy) => _problems.Add(new($"Feeds:{_feed}:{key}", text, remedy));
}
