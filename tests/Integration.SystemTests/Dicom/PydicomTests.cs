using System.Globalization;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Dicom;

/// <summary>For every third-party file pydicom finds the same tags, the same values and the same names as we do, in the file and in our JSON of it.</summary>
public sealed class PydicomTests
{
    private const string Python = "/usr/bin/python3";

    public static TheoryData<string> Files =>
        RepositoryRoot.SharedData("dicom") is { } folder ? [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)] : [""];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task EveryAttribute_IsAsPydicomReadsIt(string name)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        Assert.SkipWhen(name.Length == 0, "The third-party files are not beside this checkout.");
        PeerProgram.Need("/usr/lib/python3/dist-packages/pydicom/__init__.py", "python3-pydicom");
        var file = Path.Combine(RepositoryRoot.SharedData("dicom")!, name);

        var (exitCode, output) = await PeerProgram.RunAsync(Python, cancellationToken, "-W", "ignore", Script, file);
        await using var stream = File.OpenRead(file);
        var read = await DicomReader.ReadFileAsync(stream, DicomReadLimits.Usual, cancellationToken);
        var ours = Lines(read.DataSet!, "").ToList();
        var ofJson = Lines(DicomJsonReader.Read(DicomJsonWriter.Write(read.DataSet!), out _)!, "").ToList();

        Assert.Equal(0, exitCode);
        Assert.Equal(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), ours);
        Assert.Equal(ours.Where(IsInJson), ofJson.Where(line => IsInJson(line) && !ours.Contains(line + " skipped")));
    }

    private static string Script => Path.Combine(RepositoryRoot.Path, "tests", "Integration.SystemTests", "Peers", "pydicom_read.py");

    /// <summary>JSON is in UTF-8 and says so, and has no place for bulk that was read past.</summary>
    private static bool IsInJson(string line) => !line.Contains("00080005 CS", StringComparison.Ordinal) && !line.EndsWith(" skipped", StringComparison.Ordinal);

    private static IEnumerable<string> Lines(DicomDataSet set, string path)
    {
        foreach (var element in set.Elements.Where(e => (e.Tag & 0xFFFF) != 0).OrderBy(e => e.Tag))
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{path}{element.Tag:X8} {element.Vr}");
            if (element.Items is { } items)
            {
                yield return $"{place} {items.Count}";
                foreach (var line in items.SelectMany((item, index) => Lines(item, $"{path}{element.Tag:X8}[{index + 1}].")))
                {
                    yield return line;
                }
            }
            else
            {
                yield return $"{place} {ValuesOf(element, set)}".TrimEnd();
            }
        }
    }

    private static string ValuesOf(DicomElement element, DicomDataSet set)
    {
        if (element.IsSkipped)
        {
            return "skipped";
        }

        if (element.Vr.IsBulk)
        {
            return Convert.ToHexStringLower(element.Value.Span);
        }

        return element.Vr == DicomVr.Fl || element.Vr == DicomVr.Fd
            ? string.Join('\\', element.Value.ToArray().Chunk(element.Vr.NumberBytes).Select(Convert.ToHexStringLower))
            : string.Join('\\', DicomValues.Texts(element, set).Select(text => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
    }
}
