using System.Collections.Frozen;
using System.Reflection;
using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Mapping.Steps;

/// <summary>The steps that a site has put behind its mappings, in ordinal order of name. Loaded once: changed code is used after a restart.</summary>
public sealed class MappingSteps
{
    private const string SectionName = "MappingSteps";

    private static readonly string[] Keys = ["Assembly", "Type", "Feeds", "Messages"];

    private readonly IReadOnlyList<MappingStep> _steps;

    internal MappingSteps(IReadOnlyList<MappingStep> steps) => _steps = steps;

    /// <summary>A site without steps.</summary>
    public static MappingSteps None { get; } = new([]);

    /// <summary>Reads section <c>MappingSteps</c> and loads the assemblies that it names.</summary>
    /// <param name="mappingsFolder">Relative paths start at the folder around it.</param>
    /// <param name="feeds">Keys under <c>Feeds</c>.</param>
    /// <param name="problems">Gets what is wrong, one entry each.</param>
    public static MappingSteps Load(IConfiguration configuration, string mappingsFolder, IReadOnlyCollection<string> feeds, ICollection<ConfigurationProblem> problems)
    {
        var steps = new List<MappingStep>();
        var baseFolder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(mappingsFolder)));
        foreach (var section in configuration.GetSection(SectionName).GetChildren().OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var settings = new SettingsReader(section, baseFolder);
            if (Read(settings, feeds) is { } step)
            {
                steps.Add(step);
            }

            foreach (var problem in settings.Problems)
            {
                problems.Add(problem);
            }
        }

        return steps.Count == 0 ? None : new MappingSteps(steps);
    }

    /// <summary>The mappings with the steps behind them.</summary>
    public IMapper Around(IMapper mapper) => _steps.Count == 0 ? mapper : new SteppedMapper(mapper, _steps);

    private static MappingStep? Read(SettingsReader settings, IReadOnlyCollection<string> feeds)
    {
        settings.CheckKeys("a mapping step", Keys);
        var wanted = settings.Texts("Feeds");
        foreach (var unknown in wanted.Except(feeds))
        {
            settings.Report("Feeds", $"There is no feed '{unknown}'.", $"The feeds are {string.Join(", ", feeds)}. Leave it out for every feed.");
        }

        if (settings.Text("Assembly") is null)
        {
            settings.Report("Assembly", "The step names no assembly.", "Set it to the path of the .dll that holds the step.");
        }

        return settings.File("Assembly") is { } file && LoadCode(settings, file) is { } code
            ? new MappingStep(settings.Name, Path.GetFileName(file), wanted.ToFrozenSet(StringComparer.Ordinal), settings.Texts("Messages").ToFrozenSet(StringComparer.Ordinal), code)
            : null;
    }

    private static IMappingStep? LoadCode(SettingsReader settings, string file)
    {
        try
        {
            var types = new StepLoadContext(file).LoadFromAssemblyPath(file).GetExportedTypes().Where(IsStep).ToList();
            var name = settings.Text("Type");
            if ((name is null && types is [var only] ? only : types.Find(type => type.FullName == name)) is { } chosen)
            {
                return (IMappingStep)Activator.CreateInstance(chosen)!;
            }

            settings.Report(
                types.Count == 0 ? "Assembly" : "Type",
                name is null ? $"{Path.GetFileName(file)} holds {types.Count} steps." : $"{Path.GetFileName(file)} holds no step '{name}'.",
                types.Count == 0
                    ? $"A step is a public class with a public constructor without parameters that implements {typeof(IMappingStep).FullName}."
                    : $"Name one of {string.Join(", ", types.Select(type => type.FullName))}.");
        }
        catch (BadImageFormatException)
        {
            settings.Report("Assembly", $"{Path.GetFileName(file)} is no .NET assembly.", "Give the .dll that building the step makes.");
        }
        catch (TargetInvocationException e)
        {
            settings.Report("Type", $"The step cannot be made: its constructor throws {e.InnerException?.GetType().Name}.", "Mend the constructor.");
        }
        catch (Exception e) when (e is IOException or TypeLoadException or ReflectionTypeLoadException or MissingMethodException)
        {
            settings.Report("Assembly", $"{Path.GetFileName(file)} cannot be loaded: {e.Message}", "Build it against this release, and put what it needs beside it.");
        }

        return null;
    }

    private static bool IsStep(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IMappingStep)) && type.GetConstructor(Type.EmptyTypes) is not null;
}
