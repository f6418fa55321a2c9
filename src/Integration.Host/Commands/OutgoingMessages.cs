using Integration.Core.Diagnostics;

namespace Integration.Host.Commands;

/// <summary>One message out of a file, ready to be framed: segments end in CR, every other byte is as it stands in the file.</summary>
/// <param name="File">Path as the user would write it; with <c>#2</c> behind it for the second message of a file.</param>
internal sealed record OutgoingMessage(string File, byte[] Bytes);

/// <summary>Finds and reads HL7 files. Bytes are never decoded: no character of GB18030 or UTF-8 holds CR or LF.</summary>
internal static class OutgoingMessages
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';
    private const byte StartBlock = 0x0B;
    private const byte EndBlock = 0x1C;

    private const string Remedy = "Give HL7 files, or a folder that holds *.hl7 files.";

    /// <summary>The files of these paths: a file as given, a folder's <c>*.hl7</c> files at any depth in ordinal order of their paths.</summary>
    /// <exception cref="ConfigurationException">With every path that leads nowhere.</exception>
    public static IReadOnlyList<string> FindFiles(IReadOnlyList<string> paths)
    {
        var problems = new List<ConfigurationProblem>();
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (File.Exists(path))
            {
                files.Add(path);
                continue;
            }

            var found = Directory.Exists(path)
                ? Directory.EnumerateFiles(path, "*.hl7", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList()
                : null;
            files.AddRange(found ?? []);
            if (found is not { Count: > 0 })
            {
                problems.Add(new ConfigurationProblem(path, found is null ? "There is no such file or folder." : "The folder holds no *.hl7 file.", Remedy));
            }
        }

        return problems.Count > 0 ? throw new ConfigurationException(problems) : files;
    }

    /// <summary>The messages of a file, at least one.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read, or nothing but white space and batch segments is in it.</exception>
    public static IReadOnlyList<OutgoingMessage> Read(string file)
    {
        try
        {
            var messages = Split(File.ReadAllBytes(file));
            return messages.Count switch
            {
                0 => throw new ConfigurationException([new ConfigurationProblem(file, "The file holds no message.", Remedy)]),
                1 => [new OutgoingMessage(file, messages[0])],
                _ => [.. messages.Select((bytes, i) => new OutgoingMessage($"{file}#{i + 1}", bytes))],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationProblem(file, $"The file cannot be read: {e.Message}")]);
        }
    }

    /// <summary>
    /// Cuts text into messages: each MSH at the begin of a line begins one. CR, LF and CR LF end a line. Empty lines, MLLP framing, a
    /// byte order mark and the segments around batches (FHS BHS BTS FTS, HL7 v2.5.1 §2.10.3) are left out. What precedes the first MSH
    /// is a message too: a receiver should say what it thinks of it.
    /// </summary>
    public static IReadOnlyList<byte[]> Split(ReadOnlySpan<byte> text)
    {
        var messages = new List<byte[]>();
        var current = new List<byte>(text.Length);
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny(Cr, Lf);
            var line = (end < 0 ? text : text[..end]).Trim([StartBlock, EndBlock]);
            text = end < 0 ? [] : text[(end + 1)..];
            if (line.Trim(" \t"u8).IsEmpty || IsBatchSegment(line))
            {
                continue;
            }

            if (line.StartsWith("MSH"u8) && current.Count > 0)
            {
                messages.Add([.. current]);
                current.Clear();
            }

            current.AddRange(line);
            current.Add(Cr);
        }

        if (current.Count > 0)
        {
            messages.Add([.. current]);
        }

        return messages;
    }

    private static bool IsBatchSegment(ReadOnlySpan<byte> line) =>
        line.StartsWith("FHS"u8) || line.StartsWith("BHS"u8) || line.StartsWith("BTS"u8) || line.StartsWith("FTS"u8);
}
