using System.Data.SqlTypes;
using System.Text.Json;
using System.Text.Json.Serialization;
using Integration.Adapters.Sql.Source;

namespace Integration.Adapters.Sql.Polling;

/// <summary>Where a feed goes on: what is kept of it as JSON, in the commit that notes what was handed over. See docs/adr/0014.</summary>
internal sealed record SqlProgress
{
    /// <summary>Least watermark that a round asks for; null: from the beginning.</summary>
    public string? From { get; init; }

    /// <summary>Where the running round goes on, watermark first; null between rounds.</summary>
    public IReadOnlyList<string>? Resume { get; init; }

    /// <summary>When the running round began (UTC); null between rounds.</summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>Highest watermark there was when the running round began, where it was asked for.</summary>
    public string? Top { get; init; }

    /// <summary>Watermarks not yet below which everything is certain to have been read, oldest first, each with when it was first seen.</summary>
    public IReadOnlyList<SqlSeen> Seen { get; init; } = [];

    /// <summary>When this was written (UTC). Ids of the messages that follow carry this time, so that those handed over again after a crash are known.</summary>
    public DateTimeOffset Written { get; init; }

    public string Write() => JsonSerializer.Serialize(this, SqlProgressJson.Default.SqlProgress);

    /// <exception cref="SqlSourceException">It was edited into something that is none.</exception>
    public static SqlProgress Read(string text)
    {
        try
        {
            var progress = JsonSerializer.Deserialize(text, SqlProgressJson.Default.SqlProgress)!;
            _ = progress.From is { } from ? SqlMark.Read(from) : null;
            return progress;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new SqlSourceException("The feed's watermark cannot be read. Set it to what it was, or remove it to read everything again.", e, isPermanent: true);
        }
    }

    /// <summary>Marks of one overlap that are kept at most: more would only bring the begin of a round closer by less than a hundredth of it.</summary>
    private const int MarksInOverlap = 100;

    /// <summary>
    /// Where the next round begins. A row can come to light below a watermark that has been seen, since its transaction took its number or time before
    /// and ended later; but no transaction is open for longer than the overlap. So what is below a watermark seen that long before a round began was
    /// there when the round read it.
    /// </summary>
    /// <param name="newest">Highest watermark read; null: nothing was read.</param>
    /// <param name="began">When the round began.</param>
    /// <param name="now">When its last page was read.</param>
    /// <param name="isSettled">The source gives only rows below which none can come to light: the next round goes on where this one ended.</param>
    public SqlProgress Finish(object? newest, DateTimeOffset began, DateTimeOffset now, TimeSpan overlap, bool isSettled)
    {
        if (isSettled && overlap == TimeSpan.Zero)
        {
            return this with { From = newest is null ? From : SqlMark.Write(newest), Resume = null, Began = null, Top = null, Seen = [] };
        }

        var seen = Seen;
        if (newest is not null && SqlMark.Write(newest) != From
            && (seen.Count == 0 || (seen[^1].Mark != SqlMark.Write(newest) && now - seen[^1].At >= overlap / MarksInOverlap)))
        {
            seen = [.. seen, new SqlSeen(now, SqlMark.Write(newest))];
        }

        var settled = seen.LastOrDefault(mark => mark.At <= began - overlap);
        var from = settled?.Mark ?? From;
        if (settled is null && Top is not null && SqlOverlap.Below(SqlMark.Read(Top), overlap) is { } below
            && (From is null || SqlOverlap.IsLess(SqlMark.Read(From), below)))
        {
            from = SqlMark.Write(below);
        }

        return this with { From = from, Resume = null, Began = null, Top = null, Seen = [.. seen.SkipWhile(mark => settled is not null && mark.At <= settled.At)] };
    }
}

/// <param name="At">UTC.</param>
/// <param name="Mark">See <see cref="SqlMark"/>.</param>
internal sealed record SqlSeen(DateTimeOffset At, string Mark);

/// <summary>How far below the highest watermark of a long round the next one begins, where no time of seeing tells.</summary>
internal static class SqlOverlap
{
    /// <summary>Ids that are taken while the longest transaction is open: read again once behind a first load.</summary>
    private const int Ids = 50_000;

    /// <summary>Null where it cannot be told of such a watermark.</summary>
    public static object? Below(object top, TimeSpan overlap) => top switch
    {
        long number => number - Ids,
        decimal number => number - Ids,
        DateTime time => time.Ticks > overlap.Ticks ? time - overlap : null,
        DateTimeOffset time => time - overlap,
        SqlDateTime time => time - overlap,
        _ => null,
    };

    public static bool IsLess(object one, object other) => one is IComparable comparable && one.GetType() == other.GetType() && comparable.CompareTo(other) < 0;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SqlProgress))]
internal sealed partial class SqlProgressJson : JsonSerializerContext;
