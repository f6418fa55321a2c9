using System.Data;
using System.Data.SqlTypes;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Source;
using Integration.Adapters.Sql.Source.Dialects;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace Integration.Tests.SqlAdapter;

/// <summary>The texts that databases are asked with, and what their errors are told as.</summary>
public sealed class SqlDialectTests
{
    private static readonly SqlPosition Place = new(42L, ["B7", 3]);

    [Fact]
    public void Page_OfSqlServer_IsWhatItsOldVersionsUnderstand() => Assert.Equal(
        "SELECT TOP (100) * FROM (SELECT * FROM bill) q WHERE rv >= @p0 AND (rv < MIN_ACTIVE_ROWVERSION()) AND no IS NOT NULL AND line IS NOT NULL AND rv >= @p1 AND "
        + "(rv > @p2 OR (rv = @p3 AND (no > @p4 OR (no = @p5 AND (line > @p6))))) ORDER BY rv, no, line",
        Statements(SqlDialect.BuiltIn["SqlServer"], "rv < MIN_ACTIVE_ROWVERSION()").Page(7L, Place, 100).Text);

    [Fact]
    public void Page_GivesEachOccurrenceItsValueInOrder()
    {
        var page = Statements(Other(SqlPaging.FetchFirst, SqlParameters.Question), null).Page(7L, Place, 100);

        Assert.Equal(7, page.Text.Count(letter => letter == '?'));
        Assert.Equal([7L, 42L, 42L, 42L, "B7", "B7", 3], page.Values);
    }

    [Theory]
    [InlineData("FetchFirst", "At", "SELECT * FROM (SELECT * FROM bill) q WHERE rv >= @p0 AND no IS NOT NULL AND line IS NOT NULL ORDER BY rv, no, line FETCH FIRST 5 ROWS ONLY")]
    [InlineData("Limit", "Question", "SELECT * FROM (SELECT * FROM bill) q WHERE rv >= ? AND no IS NOT NULL AND line IS NOT NULL ORDER BY rv, no, line LIMIT 5")]
    [InlineData("Top", "At", "SELECT TOP 5 * FROM (SELECT * FROM bill) q WHERE rv >= @p0 AND no IS NOT NULL AND line IS NOT NULL ORDER BY rv, no, line")]
    [InlineData("RowNum", "Colon", "SELECT * FROM (SELECT * FROM (SELECT * FROM bill) q WHERE rv >= :p0 AND no IS NOT NULL AND line IS NOT NULL ORDER BY rv, no, line) WHERE ROWNUM <= 5")]
    public void Page_OfOtherDatabases_IsAsTheFeedSays(string paging, string parameters, string text) =>
        Assert.Equal(text, Statements(Other(Enum.Parse<SqlPaging>(paging), Enum.Parse<SqlParameters>(parameters)), null).Page(7L, null, 5).Text);

    /// <summary>A <c>datetime</c> counts in 1/300 s: .003 of it is .00333 as a <c>datetime2</c>, and would be behind itself.</summary>
    [Fact]
    public void Times_OfSqlServer_ComeBackAsTheTypeThatTheyWere()
    {
        var legacy = new SqlDateTime(new DateTime(2026, 3, 1, 8, 0, 0, 3));
        var exact = new DateTime(2026, 3, 1, 8, 0, 0).AddTicks(1234567);

        Assert.Equal(legacy, SqlMark.Read(SqlMark.Write(legacy)));
        Assert.Equal(exact, SqlMark.Read(SqlMark.Write(exact)));
        Assert.Equal((SqlDbType.DateTime, SqlDbType.DateTime2, SqlDbType.Date), (Bound(legacy), Bound(exact), Bound(new DateOnly(2026, 3, 1))));
        Assert.Equal("2026-03-01T08:00:00.003", RowMessage.TextOf(legacy));
    }

    [Theory]
    [InlineData("42", "i:1", "i:42")]
    [InlineData("soon", "i:1", null)]
    [InlineData("2026-03-01T08:00:00", "t:2026-01-01T00:00:00.0000000", "t:2026-03-01T08:00:00.0000000")]
    [InlineData("2026-03-01 08:00", "q:46000 0", "q:46080 8640000")]
    [InlineData("2026-03-01", "y:2026-01-01", "y:2026-03-01")]
    [InlineData("00000000000007D1", "b:0000000000000001", "b:00000000000007D1")]
    [InlineData("7D1", "b:0000000000000001", null)]
    [InlineData("V100", "s:V1", "s:V100")]
    [InlineData("42", null, "i:42")]
    [InlineData("V100", null, "s:V100")]
    public void Watermark_APersonWrites_IsOfTheTypeOfTheColumn(string text, string? like, string? mark) =>
        Assert.Equal(mark, SqlMark.OfText(text, like is null ? null : SqlMark.Read(like)) is { } value ? SqlMark.Write(value) : null);

    [Theory]
    [InlineData("i:0", "i:25", "i:100", 0.25)]
    [InlineData("t:2026-03-01T00:00:00.0000000", "t:2026-03-02T00:00:00.0000000", "t:2026-03-03T00:00:00.0000000", 0.5)]
    [InlineData("i:5", "i:5", "i:5", 1.0)]
    [InlineData("s:A", "s:B", "s:C", null)]
    public void Progress_IsToldWhereWatermarksHaveDistances(string first, string at, string top, double? part) =>
        Assert.Equal(part, SqlMark.Between(SqlMark.Read(first), SqlMark.Read(at), SqlMark.Read(top)));

    [Fact]
    public async Task Connect_ToASqlServerThatIsNotThere_IsOneLineWithARemedy()
    {
        var source = new SqlSource(new SqlSourceSettings(
            SqlDialect.BuiltIn["SqlServer"], "Server=127.0.0.1,1;Database=his;User Id=reader;Password=secret;Connect Timeout=5;ConnectRetryCount=0", "SELECT 1", null, ["no"], IsGrouped: false,
            TimeSpan.FromSeconds(5), Isolation: null, Settled: null));

        var failure = await Assert.ThrowsAsync<SqlSourceException>(() => source.OpenAsync(CancellationToken.None));

        Assert.StartsWith("The database cannot be opened: nothing answers (", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Check that the database runs and can be reached.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal("SQL Server 127.0.0.1,1/his", source.Place);
    }

    private static SqlDbType Bound(object value)
    {
        var parameter = new SqlParameter();
        SqlDialect.BuiltIn["SqlServer"].Bind(parameter, value);
        return parameter.SqlDbType;
    }

    private static ProviderDialect Other(SqlPaging paging, SqlParameters parameters) => new("Acme", SqliteFactory.Instance, paging, parameters);

    private static SqlStatements Statements(SqlDialect dialect, string? settled) => new(dialect, "SELECT * FROM bill", "rv", ["no", "line"], isGrouped: false, settled);
}
