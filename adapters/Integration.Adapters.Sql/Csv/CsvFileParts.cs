using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Integration.Adapters.Shared.Files;
using Integration.Adapters.Sql.Rows;
using Integration.Core.Diagnostics;
using Integration.Core.Parsing;

namespace Integration.Adapters.Sql.Csv;

/// <summary>The rows of one file as messages, see <see cref="CsvTable"/>. Not for many threads.</summary>
/// <param name="keep">Gets what was rejected, once a file was read to its end; null where nobody wants it.</param>
internal sealed class CsvFileParts(Stream content, CsvFolderOptions options, Action<CsvTable>? keep) : IFileParts
{
    /// <summary>Rejected lines that the ledger names; the reject file has all.</summary>
    private const int MostNamed = 20;

    private CsvTable? _table;
    private int _next;

    public string? Checksum { get; private set; }

    public long Length { get; private set; }

    public async ValueTask<FilePart?> ReadAsync(CancellationToken cancellationToken)
    {
        _table ??= await LoadAsync(cancellationToken);
        if (_next >= _table.Rows.Count)
        {
            return null;
        }

        var (line, row) = _table.Rows[_next++];
        return new FilePart(line, MessageOf(row, options).Raw);
    }

    /// <summary>The message that a row is.</summary>
    public static (string Key, byte[] Raw) MessageOf(SourceRow row, CsvFolderOptions options)
    {
        var values = new RowValues(row.Name, [.. row.Columns.Select(column => column.Key)], [.. row.Columns.Select(column => column.Value)]);
        var key = string.Join('|', options.Key.Select(column => row.Columns.First(cell => cell.Key == column).Value));
        return (key, RowMessage.Of(options.Message, key, read: null, RowMessage.Rows([values]), []));
    }

    public FileFindings Findings()
    {
        var table = _table ?? throw new InvalidOperationException("Findings are known at the end.");
        var issues = table.Problem is { } problem
            ? [MessageIssue.Error(IntegrationErrorCode.NotRows, "line 1", problem)]
            : table.Rejects.Take(MostNamed).Select(reject => MessageIssue.Warning(
                IntegrationErrorCode.RowUnreadable, string.Create(CultureInfo.InvariantCulture, $"line {reject.Line}"), reject.Reason)).ToList();
        if (table.Rejects.Count > MostNamed)
        {
            issues.Add(MessageIssue.Warning(IntegrationErrorCode.RowUnreadable, "", $"{table.Rejects.Count - MostNamed} further lines were rejected; the reject file has all."));
        }

        if (table.Rejects.Count > 0)
        {
            keep?.Invoke(table);
        }

        return new FileFindings(table.Rows.Count, 1, null, table.Rows.Count == 0 && issues.Count == 0, issues);
    }

    public void Dispose()
    {
    }

    private async Task<CsvTable> LoadAsync(CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var most = options.MaxFileMb * 1024L * 1024;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[64 * 1024];
        while (await content.ReadAsync(block, cancellationToken) is var count and > 0)
        {
            hash.AppendData(block.AsSpan(0, count));
            Length += count;
            if (Length <= most)
            {
                buffer.Write(block, 0, count);
            }
        }

        Checksum = Convert.ToHexStringLower(hash.GetHashAndReset());
        return Length > most
            ? new CsvTable([], [], [], $"The file has {Length} bytes, more than MaxFileMb allows. Split it, or raise MaxFileMb.")
            : CsvTable.Read(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), options);
    }
}

/// <summary>Files of values with a heading.</summary>
internal sealed class CsvFileFormat(string feed, CsvFolderOptions options, Core.Intake.IMessageIntake intake) : IFileFormat
{
    private readonly RowHeaderReader _header = new(_ => new RowLane(options.AssigningAuthority, options.PatientColumn));

    public MessageIssue Nothing { get; } = MessageIssue.Error(IntegrationErrorCode.NotRows, "", "The file holds no line below a heading.");

    public IFileParts Open(Stream content) => new CsvFileParts(content, options, table => Keep((content as FileStream)?.Name, table));

    public FileMessage MessageOf(byte[] bytes)
    {
        var message = _header.Read(bytes, feed) with { Sender = options.AssigningAuthority };
        return new FileMessage(message.PatientKey, id => intake.AcceptAsync(message with { Id = id }, CancellationToken.None));
    }

    /// <summary>Writes the rejected lines beside the failed files: line number, reason, and the line as it was, so that it can be corrected and dropped again.</summary>
    private void Keep(string? path, CsvTable table)
    {
        if (path is null)
        {
            return;
        }

        var folder = Path.Combine(options.Pickup.Path, options.Pickup.Failed);
        Directory.CreateDirectory(folder);
        var lines = table.Rejects.Select(reject => DelimitedText.Write([reject.Line.ToString(CultureInfo.InvariantCulture), reject.Reason, .. reject.Values]));
        File.WriteAllLines(
            Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(path)}.reject.csv"), [DelimitedText.Write(["line", "reason", .. table.Headings]), .. lines],
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));   // with a mark, since Excel takes it for the local code page otherwise
    }
}
