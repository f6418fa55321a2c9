using System.Text;

namespace Integration.SystemTests.Hl7v2;

/// <summary>Admissions as a source system writes them.</summary>
internal static class SampleMessages
{
    public static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(54936)!;

    /// <param name="acknowledge">MSH-15 and MSH-16 with their separator, e.g. <c>AL|NE</c>.</param>
    public static byte[] Admission(
        string controlId, string charset = "UNICODE UTF-8", Encoding? encoding = null, string acknowledge = "|", string patient = "K0001", string name = "欧阳^玘")
    {
        var lines = new[]
        {
            $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A01^ADT_A01|{controlId}|P|2.5.1|||{acknowledge}||{charset}",
            "EVN|A01|20260316080000+0800",
            $"PID|1||{patient}^^^HIS^MR||{name}||19800203|M",
            $"PV1|1|I|WARD^101^1||||||||||||||||V{controlId}^^^HIS^VN|||||||||||||||||||||||||20260316080000+0800",
        };
        return (encoding ?? Encoding.UTF8).GetBytes(string.Join('\r', lines) + "\r");
    }

    public static byte[] Frame(byte[] message) => [0x0B, .. message, 0x1C, 0x0D];

    /// <summary><c>MSA-1 MSA-2</c> of an acknowledgement.</summary>
    public static string Acknowledgement(byte[] answer)
    {
        var fields = Encoding.Latin1.GetString(answer).Split('\r', '\n').First(l => l.StartsWith("MSA", StringComparison.Ordinal)).Split('|');
        return $"{fields[1]} {fields[2]}";
    }

    /// <summary>The next so many frames of a stream, without framing.</summary>
    public static async Task<IReadOnlyList<byte[]>> ReadFramesAsync(Stream stream, int count, CancellationToken cancellationToken)
    {
        var frames = new List<byte[]>();
        var frame = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (frames.Count < count)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException($"Closed after {frames.Count} of {count} frames.");
            }

            foreach (var value in buffer.AsSpan(0, read))
            {
                frame.Add(value);
                if (value == 0x0D && frame.Count > 2 && frame[^2] == 0x1C)
                {
                    frames.Add([.. frame[(frame.IndexOf(0x0B) + 1)..^2]]);
                    frame.Clear();
                }
            }
        }

        return frames;
    }
}
