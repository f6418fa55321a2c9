using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Versions;

namespace Integration.Core.Forms;

/// <summary>Reads and checks <c>forms/*.json</c>; every problem with its place, none hides another.</summary>
public static class FormLoader
{
    /// <summary>Folder inside the mappings folder.</summary>
    public const string Folder = "forms";

    private const string Extension = ".json";

    /// <param name="files">All mapping files as they were read.</param>
    /// <returns>Forms, or null and at least one problem.</returns>
    public static (FormSet? Forms, IReadOnlyList<ConfigurationProblem> Problems) Load(MappingFiles files)
    {
        var problems = new ProblemList();
        var forms = new Dictionary<string, Form>(StringComparer.Ordinal);   // by url
        foreach (var (path, text) in files.Below(Folder + "/"))
        {
            var shown = $"{files.Shown}/{Folder}/{path}";
            if (!path.EndsWith(Extension, StringComparison.Ordinal) || path.Contains('/'))
            {
                problems.Add(new SourcePosition(shown, 1, 1), "The file is no form by its place.", $"Forms are {Folder}/NAME.json.");
            }
            else if (Read(shown, path, text, problems) is { } form && !forms.TryAdd(form.Url, form))
            {
                problems.Add(new SourcePosition(shown, 1, 1), $"{form.Url} is {Folder}/{forms[form.Url].Name}.json already.", "Give each form a url of its own. An edit rises its version.");
            }
        }

        return problems.Count == 0 ? (new FormSet([.. forms.Values]), []) : (null, problems.InOrder());
    }

    /// <summary>A form as it was once.</summary>
    /// <param name="files">Mappings of that time.</param>
    /// <returns>Null when they have none of the name, or one that cannot be read any more.</returns>
    public static Form? Find(MappingFiles files, string name) =>
        files.TextOf($"{Folder}/{name}{Extension}") is { } text ? Read($"{files.Shown}/{Folder}/{name}{Extension}", name + Extension, text, new ProblemList()) : null;

    private static Form? Read(string shown, string path, string text, ProblemList problems) => new FormReader(shown, problems).Read(path[..^Extension.Length], text);
}
