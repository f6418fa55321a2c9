using Integration.Core.Mapping.Language;

namespace Integration.Core.Messaging.Gateways;

/// <summary>Reads paths into a provider's JSON.</summary>
internal static class GatewayPaths
{
    /// <summary>Null when the key is absent or no path, which has then been reported.</summary>
    public static JsonPath? Read(YamlBlock block, string key, ProblemList problems)
    {
        if (block.Word(key) is not { } word)
        {
            return null;
        }

        if (JsonPath.Parse(word.Text) is { } path)
        {
            return path;
        }

        problems.Add(word.Position, $"'{word}' is no path into JSON.", "Write names and numbers from 0 with full stops between, e.g. data.0.msgid.");
        return null;
    }
}
