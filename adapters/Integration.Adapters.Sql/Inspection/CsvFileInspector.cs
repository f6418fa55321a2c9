using Integration.Adapters.Sql.Csv;
using Integration.Adapters.Sql.Rows;
using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Sql.Inspection;

/// <summary>Reads a file as a <c>Csv.Folder</c> feed would, and takes nothing: for those who set it up.</summary>
public static class CsvFileInspector
{
    /// <summary>Format of the messages that <see cref="Preview"/> gives.</summary>
    public static string Format => RowParser.FormatName;

    /// <param name="feed">Section <c>Feeds:NAME</c>, enabled or not.</param>
    /// <param name="home">Where relative folders begin.</param>
    /// <param name="file">It stays where it is.</param>
    /// <param name="rows">Rows to show at most, from the first.</param>
    /// <exception cref="ConfigurationException">The settings are wrong, or the file cannot be read, or is longer than MaxFileMb allows.</exception>
    public static CsvPreview Preview(IConfigurationSection feed, string home, string file, int rows)
    {
        if (!string.Equals(feed["Adapter"], CsvFolderAdapterFactory.AdapterName, StringComparison.OrdinalIgnoreCase))
        {
            throw new ConfigurationException([new ConfigurationProblem(feed.Path, $"This is no {CsvFolderAdapterFactory.AdapterName} feed.", "Name one that reads files of values.")]);
        }

        var settings = new SettingsReader(feed, home);
        var options = CsvFolderOptions.Read(settings);
        if (settings.Problems.Count > 0)
        {
            throw new ConfigurationException(settings.Problems);
        }

        var table = CsvTable.Read(BytesOf(file, options), options);
        return new CsvPreview(
            table.Encoding, table.Separator, [.. table.Headings.Zip(table.Columns)], table.Rows.Count, table.Problem, [.. table.Rejects.Select(reject => (reject.Line, reject.Reason))],
            [.. table.Rows.Take(rows).Select(row => CsvFileParts.MessageOf(row.Row, options)).Select(message => new SqlPreviewMessage(message.Key, message.Raw))]);
    }

    private static byte[] BytesOf(string file, CsvFolderOptions options)
    {
        try
        {
            var length = new FileInfo(file).Length;
            return length <= options.MaxFileMb * 1024L * 1024
                ? File.ReadAllBytes(file)
                : throw new ConfigurationException([new ConfigurationProblem(file, $"The file has {length} bytes, more than MaxFileMb allows.", "Split it, or raise MaxFileMb.")]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationProblem(file, $"The file cannot be read: {e.Message}")]);
        }
    }
}

/// <summary>What a feed would make of a file.</summary>
/// <param name="Encoding">How its characters were read, e.g. <c>GB18030</c>.</param>
/// <param name="Separator">What parts its values.</param>
/// <param name="Columns">Each heading with the column's name in the mapping.</param>
/// <param name="Rows">Rows that would be taken.</param>
/// <param name="Problem">Why nothing would; null: rows can be taken.</param>
/// <param name="Rejects">Lines that would not, with the reason.</param>
/// <param name="Messages">The first of the rows as messages.</param>
public sealed record CsvPreview(
    string Encoding, char Separator, IReadOnlyList<(string Heading, string Column)> Columns, int Rows, string? Problem, IReadOnlyList<(int Line, string Reason)> Rejects,
    IReadOnlyList<SqlPreviewMessage> Messages);
