using Integration.Adapters.Hl7v2.Batches;
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
    /// Cuts text into messages, see <see cref="Hl7MessageFile"/>, and ends their segments in CR. Text that belongs to no message is a message
    /// too: a receiver should say what it thinks of it.
    /// </summary>
    public static IReadOnlyList<byte[]> Split(ReadOnlyMemory<byte> text) => [.. Hl7MessageFile.SplitWithText(text).Select(m => EndInCr(m.Span))];

    /// <summary>CR, LF and CR LF end a line; empty lines are left out.</summary>
    private static byte[] EndInCr(ReadOnlySpan<byte> message)
    {
        var segments = new List<byte>(message.Length + 1);
        while (!message.IsEmpty)
        {
            var end = message.IndexOfAny(Cr, Lf);
            var line = end < 0 ? message : message[..end];
            message = end < 0 ? [] : message[(end + 1)..];
            if (!line.Trim(" \t"u8).IsEmpty)
            {
                segments.AddRange(line);
                segments.Add(Cr);
            }
        }

        return [.. segments];
    }
}
