using Integration.Core.Diagnostics;

namespace Integration.Core.Mapping;

/// <summary>An address with placeholders for what tells a study: <c>https://viewer.example/open?study={StudyInstanceUID}</c>. Immutable.</summary>
public sealed class LinkTemplate
{
    /// <summary>What may stand in braces: keywords of DICOM PS3.6 §6.</summary>
    public static readonly IReadOnlyList<string> Placeholders = ["StudyInstanceUID", "AccessionNumber", "PatientID"];

    // Text and placeholder in turn, text first; a placeholder is its number above.
    private readonly string[] _texts;
    private readonly int[] _placeholders;

    private LinkTemplate(string[] texts, int[] placeholders) => (_texts, _placeholders) = (texts, placeholders);

    /// <summary>Reads a setting; null when there is none or when it is wrong.</summary>
    /// <param name="place">The setting: <c>Feeds:pacs:ViewerUrl</c>.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static LinkTemplate? Read(string place, string? text, List<ConfigurationProblem> problems)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var parts = text.Split('{', '}');
        var names = parts.Where((_, i) => i % 2 == 1).ToList();
        if (parts.Length % 2 == 0 || names.Find(name => !Placeholders.Contains(name)) is not null)
        {
            var odd = names.Find(name => !Placeholders.Contains(name));
            problems.Add(new ConfigurationProblem(
                place, odd is null ? "A brace stands alone." : $"There is no placeholder '{{{odd}}}'.",
                odd is not null && Spelling.Suggest(odd, Placeholders) is { } nearest ? $"Did you mean {{{nearest}}}?" : $"There are {string.Join(", ", Placeholders.Select(name => $"{{{name}}}"))}."));
            return null;
        }

        if (!IsWebAddress(string.Concat(parts.Select((part, i) => i % 2 == 0 ? part : "1"))))
        {
            problems.Add(new ConfigurationProblem(place, "It must be an address of http or https.", "Write it like https://viewer.example/open?study={StudyInstanceUID}."));
            return null;
        }

        return new LinkTemplate([.. parts.Where((_, i) => i % 2 == 0)], [.. names.Select(name => Placeholders.ToList().IndexOf(name))]);
    }

    /// <summary>An address that a browser may be sent to.</summary>
    public static bool IsWebAddress(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>The address; null when a value that it needs is not there.</summary>
    /// <param name="value">Gives the value of a placeholder by its number in <see cref="Placeholders"/>; it is escaped here.</param>
    public string? Fill(Func<int, string?> value)
    {
        var pieces = new List<string> { _texts[0] };
        for (var i = 0; i < _placeholders.Length; i++)
        {
            if (value(_placeholders[i]) is not { Length: > 0 } text)
            {
                return null;
            }

            pieces.Add(Uri.EscapeDataString(text));
            pieces.Add(_texts[i + 1]);
        }

        return string.Concat(pieces);
    }
}
