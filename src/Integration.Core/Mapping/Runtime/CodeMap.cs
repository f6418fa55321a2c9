using Integration.Core.Mapping.Language;

namespace Integration.Core.Mapping.Runtime;

/// <summary>A compiled code map.</summary>
internal sealed record CodeMap(string Name, IReadOnlyDictionary<string, MappedCode> Codes, MappedCode? Default, UnmappedPolicy Unmapped)
{
    /// <summary>Beginnings of codes (<c>I63.9*</c>) for those that <see cref="Codes"/> does not have, longest first.</summary>
    public (string Text, MappedCode Code)[] Beginnings { get; init; } = [];

    /// <summary>By <see cref="NarrowText"/>, when the map folds; else null.</summary>
    public IReadOnlyDictionary<string, MappedCode>? Folded { get; init; }

    /// <summary>The entry for a source code on the day of the message: as listed, then folded, then by its beginning; null when there is none.</summary>
    public MappedCode? Find(string text, MapRun run)
    {
        if ((Codes.TryGetValue(text, out var code) && code.On(run) is { } listed)
            || (Folded is not null && Folded.TryGetValue(NarrowText.Of(text), out code) && (listed = code.On(run)) is not null))
        {
            return listed;
        }

        foreach (var (beginning, entry) in Beginnings)
        {
            if (text.StartsWith(beginning, StringComparison.Ordinal) && entry.On(run) is { } begun)
            {
                return begun;
            }
        }

        return null;
    }

    /// <summary>Whether the code is listed for whatever day.</summary>
    public bool Lists(string text) => Codes.ContainsKey(text) || Folded?.ContainsKey(NarrowText.Of(text)) == true
        || Beginnings.Any(beginning => text.StartsWith(beginning.Text, StringComparison.Ordinal));
}

/// <summary>What a source code means.</summary>
/// <param name="System">Null where only primitive codes are made.</param>
internal sealed record MappedCode(string Code, string? System, string? Display)
{
    /// <summary>First day on which it does.</summary>
    public DateOnly ValidFrom { get; init; } = DateOnly.MinValue;

    /// <summary>Last day on which it does.</summary>
    public DateOnly ValidTo { get; init; } = DateOnly.MaxValue;

    /// <summary>What the same source code means on other days; null when nothing else.</summary>
    public MappedCode? Other { get; init; }

    /// <summary>What the source code means on the day of the message; null for nothing.</summary>
    public MappedCode? On(MapRun run)
    {
        if (ValidFrom == DateOnly.MinValue && ValidTo == DateOnly.MaxValue)
        {
            return this;   // almost every code: the message is not asked for its day
        }

        var entry = this;
        while (entry is not null && (run.Day < entry.ValidFrom || run.Day > entry.ValidTo))
        {
            entry = entry.Other;
        }

        return entry;
    }
}
