using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Integration.Tests.Api;

/// <summary>Runs every <c>curl</c> of a page of the documentation and compares the answers with those it shows.</summary>
internal static partial class DocExamples
{
    /// <param name="page">File in docs.</param>
    /// <param name="least">Examples that the page has at least.</param>
    public static async Task RunAsync(ApiHost host, string page, int least)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", page));
        var examples = ExampleBlock().Matches(text);
        Assert.True(examples.Count >= least, "The page has lost its examples, or their form has changed.");

        foreach (Match example in examples)
        {
            var answer = "";
            foreach (var (status, command) in example.Groups["commands"].Value.Trim().Split('\n').Chunk(2).Select(pair => (pair[0], pair[1])))
            {
                using var request = RequestOf(host, command);
                using var response = await host.Anonymous.SendAsync(request);
                answer = await response.Content.ReadAsStringAsync();
                Assert.True(status == $"# {(int)response.StatusCode}", $"{command}\nanswers {(int)response.StatusCode} where the page says {status}: {answer}");
            }

            if (example.Groups["answer"] is { Success: true, Value: var shown })
            {
                AssertShown(JsonNode.Parse(shown), JsonNode.Parse(answer), example.Groups["commands"].Value);
            }
        }
    }

    /// <summary>The request that curl would send for the options the page uses.</summary>
    private static HttpRequestMessage RequestOf(ApiHost host, string command)
    {
        var words = Word().Matches(command).Select(m => m.Groups["single"].Success ? m.Groups["single"].Value
            : (m.Groups["double"].Success ? m.Groups["double"].Value : m.Value).Replace("$KEY", ApiHost.Key, StringComparison.Ordinal)).ToArray();
        Assert.Equal("curl", words[0]);
        var request = new HttpRequestMessage();
        var url = "";
        for (var i = 1; i < words.Length; i++)
        {
            switch (words[i])
            {
                case "-H":
                    var header = words[++i].Split(": ", 2);
                    request.Headers.Add(header[0], header[1]);
                    break;
                case "-X":
                    request.Method = HttpMethod.Parse(words[++i]);
                    break;
                case "--json":
                    request.Content = new StringContent(words[++i], System.Text.Encoding.UTF8, "application/json");
                    request.Method = HttpMethod.Post;
                    break;
                case "--data-binary":
                    request.Content = new ByteArrayContent(words[++i] switch
                    {
                        "@message.bin" => SampleRecord.Raw,
                        "@codes.csv" => "source,code\nQ7,female\nQ8,male\n"u8.ToArray(),
                        "@visits.csv" => "V1001\nV1002\n"u8.ToArray(),
                        var file => throw new InvalidDataException($"The page sends {file}, which is no file of this test."),
                    });
                    request.Method = request.Method == HttpMethod.Get ? HttpMethod.Post : request.Method;
                    break;
                case "--data-urlencode":
                    var field = words[++i].Split('=', 2);
                    url += $"{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{field[0]}={Uri.EscapeDataString(field[1])}";
                    break;
                case "-o":
                    i++;
                    break;
                case "-G":
                    break;
                default:
                    Assert.StartsWith("http://127.0.0.1:8080/", words[i], StringComparison.Ordinal);
                    url = words[i] + url;
                    break;
            }
        }

        request.RequestUri = new Uri(host.BaseAddress, new Uri(url).PathAndQuery);
        return request;
    }

    private static void AssertShown(JsonNode? shown, JsonNode? actual, string where)
    {
        switch (shown)
        {
            case JsonObject properties:
                foreach (var (name, value) in properties)
                {
                    Assert.True(actual!.AsObject().ContainsKey(name), $"{where}\n{name} is shown but not answered.");
                    AssertShown(value, actual[name], $"{where}\n{name}");
                }

                break;
            case JsonArray entries:
                Assert.True(actual!.AsArray().Count >= entries.Count, $"{where}: fewer entries than shown.");
                for (var i = 0; i < entries.Count; i++)
                {
                    AssertShown(entries[i], actual[i], $"{where}[{i}]");
                }

                break;
            default:
                Assert.True(shown?.ToJsonString() == actual?.ToJsonString() || (actual is not null && shown?.ToString() == "…"),
                    $"{where}: shown {shown?.ToJsonString()}, answered {actual?.ToJsonString()}.");
                break;
        }
    }

    [GeneratedRegex(@"```sh\n(?<commands>.+?)```(\n```json\n(?<answer>.+?)```)?", RegexOptions.Singleline)]
    private static partial Regex ExampleBlock();

    [GeneratedRegex("""'(?<single>[^']*)'|"(?<double>[^"]*)"|\S+""")]
    private static partial Regex Word();
}
