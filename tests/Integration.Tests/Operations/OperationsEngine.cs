using Integration.Core.Mapping;
using Integration.Core.Operations;
using Integration.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Operations;

/// <summary>What tests of operations do to an engine.</summary>
internal static class OperationsEngine
{
    public static MessageOperations Operations(this TestEngine engine) => engine.Services.GetRequiredService<MessageOperations>();

    public static MessageActions Actions(this TestEngine engine) => engine.Services.GetRequiredService<MessageActions>();

    /// <summary>Starts an operation and carries it out to its end, running messages in between.</summary>
    public static async Task<MessageOperation> CarryOutAsync(this TestEngine engine, OperationKind kind, MessageSelection selection, string reason = "")
    {
        var operation = await engine.Operations().StartAsync(kind, selection, "tests", reason, CancellationToken.None);
        await engine.FinishOperationsAsync();
        return (await engine.Operations().GetAsync(operation.Id, CancellationToken.None))!;
    }

    public static async Task FinishOperationsAsync(this TestEngine engine)
    {
        while (await engine.Services.GetRequiredService<OperationRunner>().AdvanceAsync(CancellationToken.None) is { } cameOn)
        {
            if (!cameOn)
            {
                await engine.RunAsync();
            }
        }
    }

    /// <summary>Puts mappings in use that lie in a copy of the folder in which one file was changed.</summary>
    /// <returns>The mappings that were in use before.</returns>
    public static IMapper SwapMapping(this TestEngine engine, string file, Func<string, string> change)
    {
        var copy = Directory.CreateTempSubdirectory("integration-mappings-");
        try
        {
            var source = Path.Combine(RepositoryRoot.Path, "mappings");
            foreach (var path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(copy.FullName, "mappings", Path.GetRelativePath(source, path));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllText(target, path.EndsWith(file, StringComparison.Ordinal) ? change(File.ReadAllText(path)) : File.ReadAllText(path));
            }

            var loaded = MappingLoader.Load(Path.Combine(copy.FullName, "mappings"));
            Assert.Empty(loaded.Problems);
            var catalog = engine.Services.GetRequiredService<MappingCatalog>();
            var before = catalog.Current;
            catalog.Swap(loaded.Mapper!);
            return before;
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>Every resource with its version, owner and content.</summary>
    public static async Task<List<string>> RecordAsync(this TestEngine engine)
    {
        var all = new List<string>();
        var query = new DocumentQuery(Collections.Resources) { OrderBy = [new DocumentSort(DocumentField.Id)], Limit = 10_000 };
        do
        {
            var page = await engine.Store.QueryAsync(query, CancellationToken.None);
            all.AddRange(page.Documents.Select(Collections.Resources.Read).Select(r =>
            {
                r.Resource.Remove("meta");
                return $"{r.Id} v{r.Version} {r.PatientId} {r.Resource.ToJsonString()}";
            }));
            query = query with { After = page.Next };
        }
        while (query.After is not null);

        return all;
    }

    public static string[] Adt(int number, string patient, string sex = "F") =>
    [
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A08|C{number}|P|2.5.1",
        "EVN|A08|20260316080000+0800",
        $"PID|1||{patient}^^^HIS^MR||王^芳||19800203|{sex}",
    ];
}
