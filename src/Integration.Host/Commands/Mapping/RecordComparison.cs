using System.Text.Json.Nodes;

namespace Integration.Host.Commands.Mapping;

/// <summary>Shows what messages would change in the record: for scripts the API's own answer, a line each; for people what differs.</summary>
/// <param name="asJson">A line of JSON a message: <c>file</c>, then what the dry run of the API answers.</param>
internal sealed class RecordComparison(TextWriter output, bool asJson, bool explain)
{
    /// <param name="feedOf">The feed whose settings and mappings hold, by the format of a message.</param>
    /// <returns>False when a message would go to quarantine.</returns>
    public async Task<bool> RunAsync(IMappingDesk desk, IAsyncEnumerable<OutgoingMessage> messages, Func<string, string> feedOf, CancellationToken cancellationToken)
    {
        var allMap = true;
        await foreach (var message in messages.WithCancellation(cancellationToken))
        {
            var answer = await desk.DryRunAsync(message.Bytes, feedOf(MappableMessages.FormatOf(message.Bytes)), explain, cancellationToken);
            allMap &= (bool?)answer["refused"] == false;
            if (asJson)
            {
                answer.Insert(0, "file", message.File);
                await output.WriteLineAsync(answer.ToJsonString(ToolJson.Options));
            }
            else
            {
                await WriteAsync(message.File, answer);
            }
        }

        return allMap;
    }

    private async Task WriteAsync(string file, JsonObject answer)
    {
        await output.WriteLineAsync($"{file}  {Shown(answer["message"])}  接口 feed {Shown(answer["feed"])}  映射 mappings {Shown(answer["mappingVersion"])}");
        if (answer["record"] is JsonObject record)
        {
            await output.WriteLineAsync(((string?)record["patientId"], (bool)record["isReferenceData"]!) switch
            {
                (_, true) => "  基础数据，不属于任何患者 Reference data, which belongs to no patient",
                (null, _) => "  新建病历 A new record",
                var (patient, _) => $"  更改病历 Changes record {patient}",
            });
            foreach (var change in record["changes"]!.AsArray())
            {
                await output.WriteLineAsync($"  {Shown(change!["action"])}  {Shown(change["reference"])}");
                var rows = change["elements"]!.AsArray().Select(element => new[] { Shown(element!["path"]), Shown(element["before"]), "->", Shown(element["after"]) }).ToList();
                foreach (var line in TextColumns.Align(rows))
                {
                    await output.WriteLineAsync("    " + line);
                }
            }
        }
        else
        {
            await output.WriteLineAsync("  此消息将进入隔离区 This message would go to quarantine.");
        }

        foreach (var issue in answer["issues"]!.AsArray())
        {
            await output.WriteLineAsync($"  {Shown(issue!["severity"])}  {Shown(issue["code"])} {Shown(issue["place"])}  {Shown(issue["text"])}");
        }

        await output.WriteLineAsync();
    }

    private static string Shown(JsonNode? value) => value switch
    {
        null => "–",
        JsonValue text when text.GetValueKind() == System.Text.Json.JsonValueKind.String => text.GetValue<string>().ReplaceLineEndings(" "),
        _ => value.ToJsonString(ToolJson.Options),
    };
}
