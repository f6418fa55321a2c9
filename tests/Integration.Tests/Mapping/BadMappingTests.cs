using Integration.Core.Mapping;

namespace Integration.Tests.Mapping;

/// <summary>
/// Broken mappings and every problem that loading must report, each with its place. A case is one file with the parts that a sound,
/// minimal set has replaced or added: <c>=== segments/PID-Patient.yaml</c> begins a mapping file, <c>=== problems</c> the problems expected.
/// </summary>
public sealed class BadMappingTests
{
    private static readonly Dictionary<string, string> Sound = new()
    {
        ["messages/ADT_A01.yaml"] = "messages: [ADT_A01]\nsteps:\n  - { segment: PID, map: PID-Patient, as: patient }\n",
        ["segments/PID-Patient.yaml"] =
            "segment: PID\nresource: Patient\nid:\n  - from: PID-3\n    key: [CX.1]\nrules:\n  - { to: gender, from: PID-8, code: Sex }\n"
            + "  - to: name[]\n    from: PID-5\n    map: XPN-HumanName\n",
        ["datatypes/XPN-HumanName.yaml"] = "datatype: XPN\ntarget: HumanName\nrules:\n  - { to: family, from: XPN.1 }\n",
        ["codesystems/Sex.yaml"] = "default: unknown\ncodes:\n  M: male\n  F: female\n",
    };

    private static string CasesFolder => Path.Combine(MappingSamples.Root, "tests", "Integration.Tests", "Mapping", "BadMappings");

    public static TheoryData<string> Cases => [.. Directory.EnumerateFiles(CasesFolder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Fact]
    public void Load_SoundSet_GivesMapper()
    {
        var result = Load(Sound);

        Assert.Empty(result.Problems);
        Assert.NotNull(result.Mapper);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Load_BrokenSet_ReportsEveryProblemWithItsPlace(string name)
    {
        var files = new Dictionary<string, string>(Sound);
        var expected = "";
        foreach (var part in File.ReadAllText(Path.Combine(CasesFolder, name + ".txt")).ReplaceLineEndings("\n").Split("=== ", StringSplitOptions.RemoveEmptyEntries))
        {
            var (title, text) = (part[..part.IndexOf('\n')], part[(part.IndexOf('\n') + 1)..]);
            if (title == "problems")
            {
                expected = text;
            }
            else
            {
                files[title] = text;
            }
        }

        var result = Load(files);

        Assert.Null(result.Mapper);
        Assert.Equal(expected.TrimEnd(), string.Join('\n', result.Problems));
    }

    [Fact]
    public void Load_NoFolder_SaysSo()
    {
        var result = MappingLoader.Load(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "mappings"));

        Assert.Null(result.Mapper);
        Assert.Equal("mappings/hl7v2", Assert.Single(result.Problems).Place);
    }

    [Fact]
    public void Version_ChangesWithAnyFile_AndOnlyThen()
    {
        var changed = new Dictionary<string, string>(Sound) { ["codesystems/Sex.yaml"] = Sound["codesystems/Sex.yaml"] + "  O: other\n" };

        Assert.Equal(Load(Sound).Mapper!.Version, Load(Sound).Mapper!.Version);
        Assert.NotEqual(Load(Sound).Mapper!.Version, Load(changed).Mapper!.Version);
        Assert.Matches("^[0-9a-f]{12}$", Load(Sound).Mapper!.Version);
    }

    private static MappingLoadResult Load(Dictionary<string, string> files)
    {
        var root = Directory.CreateTempSubdirectory("mappings-test-");
        try
        {
            foreach (var (name, text) in files)
            {
                var path = Path.Combine(root.FullName, "mappings", "hl7v2", name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }

            return MappingLoader.Load(Path.Combine(root.FullName, "mappings"));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
