using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Integration.Adapters.Sql.Polling;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Source;
using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Sql.Inspection;

/// <summary>Looks at the source of one <c>Sql.Poll</c> feed without reading it in: for those who set it up. Not for many threads.</summary>
public sealed class SqlFeedInspector
{
    private readonly SqlPollOptions _options;
    private readonly SqlSource _source;
    private readonly SqlHandOver _rows;

    private SqlFeedInspector(string feed, SqlPollOptions options)
    {
        _options = options;
        _source = new SqlSource(options.Source);
        _rows = new SqlHandOver(feed, options, null!, null!, TimeProvider.System);
    }

    /// <summary>Format of the messages that <see cref="PreviewAsync"/> gives.</summary>
    public static string Format => RowParser.FormatName;

    /// <param name="feed">Section <c>Feeds:NAME</c>, enabled or not.</param>
    /// <param name="home">Where relative files begin.</param>
    /// <exception cref="ConfigurationException">With every problem of the settings.</exception>
    public static SqlFeedInspector Open(IConfigurationSection feed, string home)
    {
        if (!string.Equals(feed["Adapter"], SqlPollAdapterFactory.AdapterName, StringComparison.OrdinalIgnoreCase))
        {
            throw new ConfigurationException([new ConfigurationProblem(feed.Path, $"This is no {SqlPollAdapterFactory.AdapterName} feed.", "Name one that reads a database.")]);
        }

        var settings = new SettingsReader(feed, home);
        var options = SqlPollOptions.Read(settings);
        return settings.Problems.Count > 0 ? throw new ConfigurationException(settings.Problems) : new SqlFeedInspector(feed.Key, options);
    }

    /// <summary>The newest rows as the messages they would be, and what it cost the source to give them.</summary>
    /// <param name="rows">1 to 1,000; of heads with lines, rows of the query.</param>
    /// <exception cref="ConfigurationException">The database cannot be used; the problem says why.</exception>
    public Task<SqlPreview> PreviewAsync(int rows, CancellationToken cancellationToken) => AskAsync(async connection =>
    {
        var began = Stopwatch.GetTimestamp();
        var statement = _source.Statements.Newest(rows);
        var found = await _source.ListAsync(connection, statement, cancellationToken);
        var took = Stopwatch.GetElapsedTime(began);
        var read = TimeProvider.System.GetUtcNow();
        var messages = found.GroupBy(row => SqlItem.TextOf(_source.KeyOf(row)))
            .Select(group => new SqlItem(_source.KeyOf(group.First()), null, [.. group]))
            .Select(item => new SqlPreviewMessage(item.KeyText, RowMessage.Of(_options.Message, item.KeyText, read, RowMessage.Rows(_rows.RowsOf(item)), []))).ToList();
        return new SqlPreview(messages, found.Count, took, statement.Text, await PlanAsync(connection, cancellationToken));
    }, cancellationToken);

    /// <summary>Everything about the source that would make rows be missed or doubled, or that would burden it. Empty: none.</summary>
    /// <exception cref="ConfigurationException">The database cannot be used; the problem says why.</exception>
    public Task<SqlCheck> CheckAsync(CancellationToken cancellationToken) => AskAsync(async connection =>
    {
        var findings = new List<string>();
        var began = Stopwatch.GetTimestamp();
        var counts = (await _source.ListAsync(connection, _source.Statements.Counts(), cancellationToken))[0].Values.Select(Whole).ToList();
        Add(counts[1] > 0, $"{counts[1]} rows have no {string.Join(", ", _options.Source.Key)}: they are never read. Choose columns that are never NULL.");
        Add(counts[2] > 0, $"{counts[2]} rows have no {_options.Source.Mark}: only the reconcile reads them. Use COALESCE in the query, or set Reconcile.");
        if (!_options.Source.IsGrouped)
        {
            var repeated = Whole((await _source.ListAsync(connection, _source.Statements.Repeated(), cancellationToken))[0].Values[0]);
            Add(repeated > 0, $"{repeated} keys name several rows: of those only one is read. Complete Key, or use GroupBy for heads with lines.");
        }

        if (_options.Source.Dialect.WritableTables is { } question)
        {
            var writable = Whole((await _source.ListAsync(connection, new SqlStatement(question, []), cancellationToken))[0].Values[0]);
            Add(writable > 0, $"The account may write to {writable} tables. Have the owner give one that may only read.");
        }

        if (_options.Changes is { } changes)
        {
            await changes.BehindAsync(_source, connection, await changes.NowAsync(_source, connection, cancellationToken), keys: 1, cancellationToken);
        }

        Add(_options.Source.Mark is null && _options.Changes is null && counts[0] > 100_000, $"{counts[0]} rows are compared each round, since there is no Watermark. Name a column that grows, or poll seldom.");
        Add(_options.Reconcile is null && _options.Changes is null, "Deletes and changes without a new watermark are not found. Set Reconcile to a quiet time, e.g. 02:30.");
        await CheckRowsAsync(connection, Add, cancellationToken);
        return new SqlCheck(_source.Place, counts[0], Stopwatch.GetElapsedTime(began), findings);

        void Add(bool isWrong, string text)
        {
            if (isWrong)
            {
                findings.Add(text);
            }
        }
    }, cancellationToken);

    private static long Whole(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    /// <summary>Columns exist, and the watermark is of a type that can be one.</summary>
    private async Task CheckRowsAsync(DbConnection connection, Action<bool, string> add, CancellationToken cancellationToken)
    {
        if (await _source.ListAsync(connection, _source.Statements.Newest(1), cancellationToken) is not [var row, ..])
        {
            return;
        }

        foreach (var column in _options.LineColumns.Append(_options.PatientColumn).OfType<string>())
        {
            add(!row.Columns.Names.Contains(column, StringComparer.OrdinalIgnoreCase), $"The query gives no column {column}. Correct LineColumns or PatientColumn.");
        }

        if (_options.Source.Mark is { } mark && row[mark] is { } value)
        {
            SqlMark.Write(value);
        }
    }

    /// <summary>How the database would look for what is new; empty without a watermark.</summary>
    private async Task<string> PlanAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (_options.Source.Mark is null || _options.Source.Dialect.Explain is not { } explain)
        {
            return "";
        }

        var top = (await _source.ListAsync(connection, _source.Statements.Top(), cancellationToken))[0].Values[0];
        var page = _source.Statements.Page(top, null, _options.BatchSize);
        var lines = await _source.ListAsync(connection, page with { Text = explain + page.Text }, cancellationToken);
        return string.Join('\n', lines.Select(line => line.Values[^1]?.ToString()));
    }

    private async Task<T> AskAsync<T>(Func<DbConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenAsync(cancellationToken);
            return await ask(connection);
        }
        catch (SqlSourceException e)
        {
            throw new ConfigurationException([new ConfigurationProblem(_source.Place, e.Message)]);
        }
    }
}

/// <summary>Messages that a feed would make of its newest rows.</summary>
/// <param name="Messages">Newest first.</param>
/// <param name="Rows">Rows of the query in them.</param>
/// <param name="Took">Time of the statement.</param>
/// <param name="Statement">What was asked.</param>
/// <param name="Plan">How the database would look for what is new, in its own words; empty where it does not say.</param>
public sealed record SqlPreview(IReadOnlyList<SqlPreviewMessage> Messages, int Rows, TimeSpan Took, string Statement, string Plan);

/// <summary>One of them.</summary>
/// <param name="Key">Of the row in its source.</param>
/// <param name="Raw">The message that it would be.</param>
public sealed record SqlPreviewMessage(string Key, byte[] Raw);

/// <summary>What was found out about a feed and its source.</summary>
/// <param name="Place">The database, without user and password.</param>
/// <param name="Rows">Rows of the query.</param>
/// <param name="Took">Time of all questions.</param>
/// <param name="Findings">One English line each that says what to do.</param>
public sealed record SqlCheck(string Place, long Rows, TimeSpan Took, IReadOnlyList<string> Findings);
