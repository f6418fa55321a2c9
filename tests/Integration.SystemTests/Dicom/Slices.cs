using System.Globalization;
using System.Text;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Dicom;

/// <summary>Files of CT slices, made by dcmtk from text.</summary>
internal static class Slices
{
    private const string Dump2Dcm = "/usr/bin/dump2dcm";

    /// <summary>Slices of one study in three series, named <c>SERIES-NUMBER.dcm</c>.</summary>
    /// <param name="study">Study Instance UID; those of its series and instances follow from it.</param>
    /// <param name="patient">Patient ID.</param>
    /// <param name="date">Study date.</param>
    public static async Task MakeAsync(
        string folder, int count, CancellationToken cancellationToken, string study = "1.2.3.4", string patient = "P1", string date = "20260301")
    {
        PeerProgram.Need(Dump2Dcm, "dcmtk");
        var text = Path.Combine(folder, "slice.txt");
        for (var number = 1; number <= count; number++)
        {
            var series = 1 + (number % 3);
            await File.WriteAllTextAsync(text, $"""
                (0008,0005) CS [GB18030]
                (0008,0016) UI [1.2.840.10008.5.1.4.1.1.2]
                (0008,0018) UI [{study}.{series}.{number}]
                (0008,0020) DA [{date}]
                (0008,0030) TM [081500]
                (0008,0050) SH [ACC1]
                (0008,0060) CS [CT]
                (0008,1030) LO [胸部平扫]
                (0008,1032) SQ
                (fffe,e000) na
                (0008,0100) SH [CT01]
                (0008,0102) SH [99HIS]
                (0008,0104) LO [CT胸部平扫]
                (fffe,e00d) na
                (fffe,e0dd) na
                (0010,0010) PN [Wang^XiaoDong=王^小东]
                (0010,0020) LO [{patient}]
                (0020,000d) UI [{study}]
                (0020,000e) UI [{study}.{series}]
                (0020,0011) IS [{series}]
                (0020,0013) IS [{number}]
                (0028,0002) US 1
                (0028,0004) CS [MONOCHROME2]
                (0028,0010) US 4
                (0028,0011) US 4
                (0028,0100) US 16
                (0028,0101) US 16
                (0028,0102) US 15
                (0028,0103) US 0
                (7fe0,0010) OW {string.Join('\\', Enumerable.Repeat("0a0b", 16))}
                """, CodePagesEncodingProvider.Instance.GetEncoding(54936)!, cancellationToken);
            var made = await PeerProgram.RunAsync(
                Dump2Dcm, cancellationToken, text, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{series}-{number}.dcm")));
            Assert.True(made.ExitCode == 0, made.Output);
        }

        File.Delete(text);
    }
}
