using System.Collections.Frozen;
using System.Globalization;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Versions;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Vitals.Limits;

/// <summary>Reads and checks <c>vitals/limits.yaml</c> of the mappings folder; every problem with its place.</summary>
public static class VitalLimitLoader
{
    /// <summary>Folder inside the mappings folder.</summary>
    public const string Folder = "vitals";

    private const string FileName = "limits.yaml";
    private const int MaxAge = 150;

    private static readonly string[] Keys = ["code", "from", "below", "low", "high", "margin", "breach", "recovery"];

    /// <param name="files">All mapping files as they were read. Without the file there are no limits.</param>
    /// <returns>The limits, or null and at least one problem.</returns>
    public static (VitalLimitRules? Rules, IReadOnlyList<ConfigurationProblem> Problems) Load(MappingFiles files)
    {
        var problems = new ProblemList();
        var limits = new Dictionary<string, List<AgeLimit>>(StringComparer.Ordinal);
        foreach (var (path, text) in files.Below(Folder + "/"))
        {
            var shown = $"{files.Shown}/{Folder}/{path}";
            if (path != FileName)
            {
                problems.Add(new SourcePosition(shown, 1, 1), "The file holds no limits by its name.", $"Put them into {Folder}/{FileName}.");
            }
            else if (new MappingFileReader(shown, problems).ReadRoot(text, "A file of limits", ["limits"]) is { } root)
            {
                foreach (var node in root.List("limits"))
                {
                    Read(node, shown, problems, limits);
                }
            }
        }

        return problems.Count == 0
            ? (new VitalLimitRules(limits.ToFrozenDictionary(pair => pair.Key, pair => (IReadOnlyList<AgeLimit>)pair.Value, StringComparer.Ordinal)), [])
            : (null, problems.InOrder());
    }

    private static void Read(YamlNode node, string file, ProblemList problems, Dictionary<string, List<AgeLimit>> limits)
    {
        if (YamlBlock.Read(node, file, "A limit", Keys, problems) is not { } block)
        {
            return;
        }

        var before = problems.Count;
        var code = block.RequiredWord("code", "A limit");
        var sign = VitalSigns.Find(code.Text);
        if (sign is null && code.Text.Length > 0)
        {
            problems.AddUnknown(code.Position, $"There is no vital sign {code}.", code.Text, VitalSigns.All.Select(known => known.Name));
        }

        var (from, below) = (Whole(block, "from", 0, MaxAge, problems), Whole(block, "below", 1, MaxAge, problems));
        var (low, high, margin) = (Number(block, "low", problems), Number(block, "high", problems), Number(block, "margin", problems) ?? 0);
        if (block.Node("low") is null && block.Node("high") is null)
        {
            problems.Add(block.Position, "A limit needs 'low' or 'high'.", "Write the value at which it is out, in the unit that docs/devices.md names.");
        }

        if (VitalLimits.Problem(low, high, margin) is { } problem)
        {
            problems.Add(block.Position, problem);
        }

        if (from >= below)
        {
            problems.Add(block.Position, "'from' must be below 'below': both are years of age.");
        }

        var limit = new VitalLimit(low, high, margin, Persistence(block, "breach", file, problems), Persistence(block, "recovery", file, problems));
        if (problems.Count > before)
        {
            return;
        }

        var known = limits.TryGetValue(sign!.Loinc, out var list) ? list : limits[sign.Loinc] = [];
        if (known.Any(other => other.From is null && other.Below is null))
        {
            problems.Add(block.Position, $"A limit of {sign.Name} for all ages stands before it, so that it never counts.", "Put the limit without ages last.");
        }

        known.Add(new AgeLimit(from, below, limit));
    }

    private static Persistence Persistence(YamlBlock block, string key, string file, ProblemList problems) =>
        block.Node(key) is { } node && YamlBlock.Read(node, file, $"'{key}'", ["readings", "minutes"], problems) is { } lasting
            ? new Persistence(Whole(lasting, "readings", 1, VitalLimits.MaxReadings, problems) ?? 1, Whole(lasting, "minutes", 0, VitalLimits.MaxMinutes, problems) ?? 0)
            : new Persistence(1, 0);

    private static int? Whole(YamlBlock block, string key, int lowest, int highest, ProblemList problems)
    {
        if (block.Word(key) is not { } word)
        {
            return null;
        }

        if (int.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest)
        {
            return number;
        }

        problems.Add(word.Position, $"'{key}' must be a whole number from {lowest} to {highest}.");
        return null;
    }

    private static decimal? Number(YamlBlock block, string key, ProblemList problems)
    {
        if (block.Word(key) is not { } word)
        {
            return null;
        }

        if (decimal.TryParse(word.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        problems.Add(word.Position, $"'{key}' must be a number.");
        return null;
    }
}
