using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Adapters.Sql.Rows;

/// <summary>Reads of a message of rows what intake needs.</summary>
/// <param name="laneOf">By feed.</param>
internal sealed class RowHeaderReader(Func<string, RowLane> laneOf) : IHeaderReader
{
    public string Format => RowParser.FormatName;

    public InboundMessage Read(ReadOnlyMemory<byte> raw, string feed)
    {
        if (RowParser.Read(raw, out var issue) is not { } root)
        {
            return new InboundMessage(feed, RowParser.FormatName, raw) { HeaderIssues = [issue!] };
        }

        return new InboundMessage(feed, RowParser.FormatName, raw)
        {
            MessageType = RowParser.Text(root, "message"),
            PatientKey = laneOf(feed).Of(new RowParser().Parse(raw, feed).Document as RowDocument),
        };
    }

    public byte[]? Encode(string text, string feed, out MessageIssue? issue)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Trim('\uFEFF', '\r', '\n', ' '));
        return RowParser.Read(bytes, out issue) is null ? null : bytes;
    }
}

/// <summary>How the lane of a message of rows is found: messages of one patient run in order, those of other feeds with the same authority too.</summary>
/// <param name="Authority">See <see cref="Core.Mapping.FeedContext.AssigningAuthority"/>.</param>
/// <param name="Column">Column that holds the patient's number; null: each message may run whenever it likes.</param>
internal sealed record RowLane(string Authority, string? Column)
{
    public string Of(RowDocument? document) =>
        document?.Rows.SelectMany(row => row.Columns).FirstOrDefault(column => column.Key == Column) is { Value: { Length: > 0 } number } ? Of(number) : "";

    /// <param name="number">The patient's number; empty: none.</param>
    public string Of(string number) => Column is null || number.Length == 0 ? "" : $"{Authority}|{number}";
}
