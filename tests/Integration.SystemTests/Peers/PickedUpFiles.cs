using System.Text;
using System.Text.Json.Nodes;

namespace Integration.SystemTests.Peers;

/// <summary>What tests of picked-up files have in common.</summary>
internal static class PickedUpFiles
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>An admission of a visit of its own.</summary>
    /// <param name="controlId">Empty for a message without MSH-10.</param>
    public static string Admission(int number, string controlId) => string.Join('\r',
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A01^ADT_A01|{controlId}|P|2.5.1||||||UNICODE UTF-8",
        "EVN|A01|20260316080000+0800",
        $"PID|1||K{number % 25:D4}^^^HIS^MR||赵{number % 25}^^^^^^L||19800203|M",
        $"PV1|1|I|WARD^101^1||||||||||||||||V{number}^^^HIS^VN|||||||||||||||||||||||||20260316080000+0800", "");

    /// <summary>A batch of so many admissions, with control ids or without, that declares its number truly.</summary>
    public static string Batch(int first, int count, bool withControlIds) =>
        new StringBuilder("FHS|^~\\&|HIS|EAST\rBHS|^~\\&|HIS|EAST\r")
            .AppendJoin("", Enumerable.Range(first, count).Select(i => Admission(i, withControlIds ? $"F{i:D6}" : "")))
            .Append($"BTS|{count}\rFTS|1\r").ToString();

    /// <summary>The ledger once it holds so many decided entries and the inbox holds no file.</summary>
    public static async Task<List<JsonNode>> WaitForFilesAsync(EngineProcess engine, string inbox, int count, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            var files = await engine.GetAllAsync("/api/v1/files?limit=500", cancellationToken);
            if (files.Count >= count && files.All(f => (string)f["state"]! != "reading") && Directory.GetFiles(inbox).Length == 0)
            {
                return files;
            }

            try
            {
                await Task.Delay(50, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"Of {count} files the ledger holds: {string.Join(", ", files.Select(f => f.ToJsonString()))}\n{engine.Output}");
            }
        }
    }

    /// <summary>A feed as the API shows it, once that fits.</summary>
    public static async Task<JsonNode> WaitForFeedAsync(EngineProcess engine, string name, Func<JsonNode, bool> fits, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            var feed = (await engine.GetJsonAsync("/api/v1/feeds", limit.Token))["items"]!.AsArray().Single(f => (string)f!["name"]! == name)!;
            if (fits(feed))
            {
                return feed;
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
