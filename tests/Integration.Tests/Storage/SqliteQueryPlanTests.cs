using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Reading;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Tests.Storage;

/// <summary>Each declared index is used by the query it says it serves, on every page of it.</summary>
public sealed class SqliteQueryPlanTests
{
    public static TheoryData<string, string> DeclaredIndexes => new(
        Collections.All.SelectMany(collection => collection.Indexes.Select(index => (collection.Name, index.Name))));

    [Theory]
    [MemberData(nameof(DeclaredIndexes))]
    public async Task Query_ThatAnIndexServes_SearchesIt(string collectionName, string indexName)
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        var collection = Collections.All.Single(collection => collection.Name == collectionName);
        var index = collection.Indexes.Single(index => index.Name == indexName);
        var query = ServedBy(collection, index);

        var stretches = Stretches(query);
        var expected = index.Fields[0].Type == DocumentFieldType.TextList
            ? "SEARCH found|SEARCH " + collectionName + "." + index.Fields[0].Name
            : $"USING INDEX {collectionName}.{indexName}|USING COVERING INDEX {collectionName}.{indexName}";

        foreach (var stretch in stretches)
        {
            var plan = Plan(temporary.Path, stretch);
            Assert.Contains(plan, step => expected.Split('|').Any(step.Contains));
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN t", StringComparison.Ordinal) && !step.Contains("USING INDEX"));
            Assert.DoesNotContain(plan, step => step.Contains("SCAN t USING INDEX") && query.Where.Count > 0);

            // The rest of a run of documents that agree in every key is sorted by id; such runs are short.
            var isRestOfRun = stretch.ToString().Contains("ORDER BY t.\"id\"", StringComparison.Ordinal);
            Assert.DoesNotContain(plan, step => step.Contains("USE TEMP B-TREE FOR ORDER BY") && !isRestOfRun);
        }
    }

    [Fact]
    public async Task Query_ListCombinedWithAnOrder_SearchesTheListFirst()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        var query = new DocumentQuery(Collections.Messages)
        {
            Where = [new DocumentFilter.StartsWith(Collections.Messages.Field("searchKeys"), "urn:x|"), new DocumentFilter.Equal(Collections.Messages.Field("state"), "Done")],
            OrderBy = [new(Collections.Messages.Field("received"), Descending: true)],
        };

        foreach (var stretch in Stretches(query))
        {
            var plan = Plan(temporary.Path, stretch);
            Assert.Contains(plan, step => step.StartsWith("SEARCH messages.searchKeys", StringComparison.Ordinal));
            Assert.Contains(plan, step => step.StartsWith("SEARCH t USING INTEGER PRIMARY KEY", StringComparison.Ordinal));
        }
    }

    /// <summary>Equal on all fields but the last, newest first by that; a lone field that is no time is looked up.</summary>
    private static DocumentQuery ServedBy(DocumentCollection collection, DocumentIndex index)
    {
        var last = index.Fields[^1];
        var isOrder = last.Type is DocumentFieldType.Time or DocumentFieldType.Integer;
        return new DocumentQuery(collection)
        {
            Where = [.. index.Fields.Take(isOrder ? index.Fields.Count - 1 : index.Fields.Count).Select(field => new DocumentFilter.Equal(field, "x"))],
            OrderBy = isOrder ? [new(last, Descending: true)] : [],
        };
    }

    /// <summary>The statements of the first page and of one behind it.</summary>
    private static IEnumerable<SqlText> Stretches(DocumentQuery query)
    {
        var table = new CollectionTable(query.Collection);
        object?[] keys = query.OrderBy is [var sort] ? sort.Field == DocumentField.Sequence ? [1L] : [1L, "id"] : ["id"];
        var later = query with { After = PageToken.Write(query, keys) };
        return new PageQuery(query, table).Stretches.Concat(new PageQuery(later, table).Stretches);
    }

    private static List<string> Plan(string path, SqlText sql)
    {
        using var database = Database.Open(path, writable: false);
        var explained = new SqlText().Add("EXPLAIN QUERY PLAN ");
        explained.Append(sql);
        var statement = explained.Bind(database);
        var plan = new List<string>();
        while (statement.Step())
        {
            plan.Add(statement.Text(3));
        }

        return plan;
    }
}
