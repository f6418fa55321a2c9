using Integration.Adapters.Shared.Files;
using Integration.Core.Intake;
using Integration.Core.Mapping;
using Integration.Core.Settings;

namespace Integration.Adapters.Sql.Csv;

/// <summary>How the characters of a file are written.</summary>
internal enum CsvEncoding
{
    /// <summary>By the mark at its beginning; without one UTF-8 where the bytes are, else GB18030.</summary>
    Auto,

    /// <summary>UTF-8, with or without mark.</summary>
    Utf8,

    /// <summary>GB 18030, GBK and GB 2312 included.</summary>
    Gb18030,
}

/// <summary>Settings of one <c>Csv.Folder</c> feed, section <c>Feeds:NAME</c>.</summary>
internal sealed record CsvFolderOptions
{
    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "Adapter", "Enabled", "AssigningAuthority", "TimeZone", "Message", "Key", "Required", "PatientColumn", "Encoding", "Separator", "Columns:*", "MaxFileMb",
        .. FeedIntakeSettings.Keys, .. PickupOptions.Keys,
    ];

    public required PickupOptions Pickup { get; init; }

    /// <summary>What selects the message map, and what a row is called in it. Required.</summary>
    public required string Message { get; init; }

    /// <summary>Columns that name a row, by their names in the mapping. Required: a line without them is rejected, and so is one that repeats them.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Further columns without which a line is rejected.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>See <see cref="Polling.SqlPollOptions.PatientColumn"/>.</summary>
    public string? PatientColumn { get; init; }

    public string AssigningAuthority { get; init; } = "";

    public CsvEncoding Encoding { get; init; }

    /// <summary>Characters that part values, default comma, semicolon and tab: the one that the header has most of.</summary>
    public string Separators { get; init; } = ",;\t";

    /// <summary>By heading in the file the column's name in the mapping. A heading that is not here is its own name.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Longest file in MiB, default 256, 1 to 2,000: it is read into memory.</summary>
    public int MaxFileMb { get; init; } = 256;

    /// <summary>The options as far as they can be read, defaults elsewhere; problems go to the reader.</summary>
    public static CsvFolderOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {CsvFolderAdapterFactory.AdapterName} feed", Keys);
        var message = settings.Text("Message");
        if (message is null || !MappingNames.IsRowName(message))
        {
            settings.Report("Message", message is null ? "It does not say what its rows are." : "It must be small letters, digits and _.", "Name the message map in mappings/sql/messages, e.g. his_patient.");
        }

        var key = settings.Texts("Key");
        if (key.Count == 0)
        {
            settings.Report("Key", "It does not say which columns name a row.", "List them by their names in the mapping, e.g. [ \"patient_id\" ].");
        }

        var defaults = new CsvFolderOptions { Pickup = PickupOptions.Read(settings, isLocal: true), Message = message ?? "" };
        return defaults with
        {
            Key = Small(key),
            Required = Small(settings.Texts("Required")),
            PatientColumn = settings.Text("PatientColumn")?.ToLowerInvariant(),
            AssigningAuthority = settings.Text("AssigningAuthority") ?? settings.Name,
            Encoding = settings.Choice("Encoding", defaults.Encoding),
            Separators = settings.Parsed("Separator", Separator, "It must be one character, Tab or Auto.", "Write it like \";\".") ?? defaults.Separators,
            Columns = settings.KeysBelow("Columns").ToDictionary(heading => heading, heading => (settings.Text($"Columns:{heading}") ?? heading).ToLowerInvariant(), StringComparer.OrdinalIgnoreCase),
            MaxFileMb = settings.Number("MaxFileMb", 1, 2000, defaults.MaxFileMb),
        };
    }

    private static string? Separator(string text) => text.ToUpperInvariant() switch
    {
        "AUTO" => ",;\t",
        "TAB" => "\t",
        { Length: 1 } one => one,
        _ => null,
    };

    private static IReadOnlyList<string> Small(IReadOnlyList<string> names) => [.. names.Select(name => name.ToLowerInvariant())];
}
