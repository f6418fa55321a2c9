using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Mapping.Language;
using Integration.Core.Messaging.Templates;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Messaging.Gateways;

/// <summary>Reads what a gateway's requests are made of, and checks the names of its placeholders.</summary>
/// <param name="secrets">Names that may stand behind <c>secret.</c>.</param>
internal sealed class GatewayValueReader(string file, string yaml, IReadOnlyCollection<string> secrets, ProblemList problems)
{
    /// <summary>Placeholders of requests beside <c>secret.NAME</c> and <c>value.NAME</c>.</summary>
    public static readonly string[] Names = ["text", "to", "id", "eventId", "template", "code", "language", "category", "timestamp", "timestampMs", "date", "time", "localTime", "nonce", "url"];

    private const string SecretPrefix = "secret.";
    private const string ValuePrefix = "value.";

    private readonly YamlTexts _texts = new(file, yaml, problems);

    /// <summary>Digests of the channel that is read; a text may name those that stand before it.</summary>
    public HashSet<string> Signatures { get; } = new(StringComparer.Ordinal);

    /// <summary>The text that is read may name the body.</summary>
    public bool TakesBody { get; set; }

    /// <summary>Whether <c>{{url}}</c> was read.</summary>
    public bool NeedsUrl { get; private set; }

    public PlaceholderText? Text(YamlNode node, string what) => _texts.Read(node, what, Check);

    /// <summary>A block of names and texts.</summary>
    public IEnumerable<(string Name, PlaceholderText Value)> Texts(YamlNode node, string what)
    {
        if (node is not YamlMappingNode block)
        {
            problems.Add(YamlBlock.PositionOf(node, file), $"{what} must be a block of names and texts.");
            yield break;
        }

        foreach (var (key, value) in block.Children)
        {
            if (Text(value, what) is { } text)
            {
                yield return ((key as YamlScalarNode)?.Value ?? "", text);
            }
        }
    }

    /// <summary>YAML as JSON: what stands without quotes and looks like a number or true, false, null is one.</summary>
    public JsonTemplate Json(YamlNode node) => node switch
    {
        YamlMappingNode block => new JsonTemplate.Object([.. block.Children.Select(pair => ((pair.Key as YamlScalarNode)?.Value ?? "", Json(pair.Value)))]),
        YamlSequenceNode list => new JsonTemplate.Array([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => new JsonTemplate.Literal(JsonValue.Create(flag.Value == "true")),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" } => new JsonTemplate.Literal(null),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } number } when decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            => new JsonTemplate.Literal(JsonValue.Create(value)),
        _ => Text(node, "A value of 'json'") is { } text ? new JsonTemplate.Text(text) : new JsonTemplate.Literal(null),
    };

    private void Check(string name, SourcePosition position)
    {
        if (name.StartsWith(GatewayPrefixes.Encoded, StringComparison.Ordinal))
        {
            name = name[GatewayPrefixes.Encoded.Length..];
        }

        NeedsUrl |= name == "url";
        if (name == "body" && TakesBody)
        {
            return;
        }

        if (name.StartsWith(GatewayPrefixes.Sign, StringComparison.Ordinal))
        {
            if (!Signatures.Contains(name[GatewayPrefixes.Sign.Length..]))
            {
                problems.AddUnknown(position, $"The channel has no digest '{name[GatewayPrefixes.Sign.Length..]}' before this; 'sign' lists those it has.", name[GatewayPrefixes.Sign.Length..], Signatures);
            }
        }
        else if (name.StartsWith(SecretPrefix, StringComparison.Ordinal))
        {
            if (!secrets.Contains(name[SecretPrefix.Length..]))
            {
                problems.AddUnknown(position, $"The gateway has no secret '{name[SecretPrefix.Length..]}'; 'secrets' lists those it has.", name[SecretPrefix.Length..], secrets);
            }
        }
        else if (name.StartsWith(ValuePrefix, StringComparison.Ordinal))
        {
            if (TemplateVariables.Find(name[ValuePrefix.Length..]) is null)
            {
                problems.AddUnknown(position, $"Templates have no value '{name[ValuePrefix.Length..]}'.", name[ValuePrefix.Length..], TemplateVariables.All.Select(variable => variable.Name));
            }
        }
        else if (!Names.Contains(name))
        {
            problems.AddUnknown(position, $"Requests have no value '{name}'; there are {string.Join(", ", Names)}, secret.NAME, value.NAME and sign.NAME, each also behind encoded.", name, Names);
        }
    }
}
