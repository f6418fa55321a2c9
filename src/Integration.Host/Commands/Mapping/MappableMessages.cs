using System.Runtime.CompilerServices;
using Integration.Adapters.Fhir.Import;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Host.Commands.Mapping;

/// <summary>What can be mapped for a look: HL7 v2 messages, FHIR resources and Bundles. Which it is, the first character tells.</summary>
internal static class MappableMessages
{
    private static readonly string[] FhirPatterns = ["*.json", "*.ndjson"];

    /// <summary>The format that a parser is chosen by.</summary>
    /// <param name="bytes">A message, or a file of them.</param>
    public static string FormatOf(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        return text.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? FhirImport.Format : Hl7Parser.FormatName;
    }

    /// <summary>The messages of a file or request: HL7 v2 messages, the one resource or Bundle, or the lines of NDJSON.</summary>
    public static async Task<IReadOnlyList<byte[]>> SplitAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        if (FormatOf(text.Span) != FhirImport.Format)
        {
            return OutgoingMessages.Split(text);
        }

        using var content = new MemoryStream(text.ToArray(), writable: false);
        var parts = new List<byte[]>();
        await foreach (var part in FhirImport.SplitAsync(content, cancellationToken))
        {
            parts.Add(part);
        }

        return parts;
    }

    /// <summary>The files of these paths: a file as given, of a folder the <c>*.hl7</c> files, or where it holds none the <c>*.json</c> and <c>*.ndjson</c> files.</summary>
    /// <exception cref="ConfigurationException">With every path that leads nowhere.</exception>
    public static IReadOnlyList<string> FindFiles(IReadOnlyList<string> paths) => OutgoingMessages.FindFiles([.. paths.SelectMany(path => FhirFilesOf(path) is { Count: > 0 } files ? files : [path])]);

    /// <summary>Each message of each file, in order.</summary>
    /// <exception cref="ConfigurationException">A file cannot be read, or holds nothing.</exception>
    public static async IAsyncEnumerable<OutgoingMessage> ReadAsync(IReadOnlyList<string> paths, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in FindFiles(paths))
        {
            if (!IsFhir(file))
            {
                foreach (var message in OutgoingMessages.Read(file))
                {
                    yield return message;
                }

                continue;
            }

            await using var content = File.OpenRead(file);
            var count = 0;
            await foreach (var part in FhirImport.SplitAsync(content, cancellationToken))
            {
                yield return new OutgoingMessage($"{file}#{++count}", part);
            }
        }
    }

    private static bool IsFhir(string file)
    {
        try
        {
            using var content = File.OpenRead(file);
            Span<byte> begin = stackalloc byte[512];
            return FormatOf(begin[..content.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false)]) == FhirImport.Format;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationProblem(file, $"The file cannot be read: {e.Message}")]);
        }
    }

    private static List<string> FhirFilesOf(string path) => !Directory.Exists(path) || Directory.EnumerateFiles(path, "*.hl7", SearchOption.AllDirectories).Any()
        ? []
        : [.. FhirPatterns.SelectMany(pattern => Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories)).Order(StringComparer.Ordinal)];
}
