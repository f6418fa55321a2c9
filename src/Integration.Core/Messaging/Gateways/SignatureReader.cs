using System.Security.Cryptography;
using Integration.Core.Mapping.Language;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Messaging.Gateways;

/// <summary>Reads <c>sign</c> of a channel: the digests that a provider wants to see, in the order in which they are made.</summary>
internal sealed class SignatureReader(string file, GatewayValueReader values, ProblemList problems)
{
    private static readonly (string, HashAlgorithmName)[] Algorithms =
        [("md5", HashAlgorithmName.MD5), ("sha1", HashAlgorithmName.SHA1), ("sha256", HashAlgorithmName.SHA256), ("sha512", HashAlgorithmName.SHA512)];

    /// <summary>Those that are of the body, or of what is: the body cannot hold them.</summary>
    private readonly HashSet<string> _ofBody = new(StringComparer.Ordinal);

    public IReadOnlyList<GatewaySignature> Read(YamlBlock channel)
    {
        var signatures = new List<GatewaySignature>();
        if (channel.Node("sign") is not { } sign)
        {
            return signatures;
        }

        if (sign is not YamlMappingNode entries)
        {
            problems.Add(YamlBlock.PositionOf(sign, file), "'sign' must be a block of names and digests.");
            return signatures;
        }

        foreach (var (key, node) in entries.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (YamlBlock.Read(node, file, $"'{name}' of 'sign'", ["hash", "hmac", "key", "of", "as"], problems) is { } block && Read(name, block, signatures) is { } signature)
            {
                signatures.Add(signature);
                values.Signatures.Add(name);
            }
        }

        return signatures;
    }

    /// <summary>Reports digests of the body that stand in the body.</summary>
    public void CheckBody(GatewayBody body, YamlBlock channel)
    {
        if (body.Names.Select(Plain).FirstOrDefault(IsOfBody) is { } circle)
        {
            problems.Add(channel.Position, $"The body holds '{circle}', which is made of the body.", "Put it into a header or the url.");
        }
    }

    private GatewaySignature? Read(string name, YamlBlock block, List<GatewaySignature> before)
    {
        if (block.Node("hash") is null == (block.Node("hmac") is null) || block.Node("of") is null || (block.Node("hmac") is null) != (block.Node("key") is null))
        {
            problems.Add(block.Position, "A digest has 'hash' and 'of', or 'hmac', 'key' and 'of'.", "For example { hmac: sha256, key: \"{{secret.key}}\", of: \"{{timestamp}}{{body}}\", as: hex }.");
            return null;
        }

        values.TakesBody = true;
        var of = values.Text(block.Node("of")!, "'of'");
        var keyOf = block.Word("key")?.Text is { } word && word.StartsWith(GatewayPrefixes.Sign, StringComparison.Ordinal) ? word[GatewayPrefixes.Sign.Length..] : null;
        var key = keyOf is null && block.Node("key") is { } text ? values.Text(text, "'key'") : null;
        values.TakesBody = false;
        if (keyOf is not null && !before.Exists(other => other.Name == keyOf))
        {
            problems.AddUnknown(block.Word("key")!.Value.Position, $"No digest '{keyOf}' stands before this one.", keyOf, before.Select(other => other.Name));
            return null;
        }

        var algorithm = block.Choice(block.Node("hash") is null ? "hmac" : "hash", HashAlgorithmName.SHA256, Algorithms);
        if (of is null || (key is null && keyOf is null && block.Node("key") is not null))
        {
            return null;
        }

        if (of.Names.Concat(key?.Names ?? []).Select(Plain).Any(IsOfBody) || (keyOf is not null && _ofBody.Contains(keyOf)))
        {
            _ofBody.Add(name);
        }

        return new GatewaySignature(name, algorithm, of, block.Choice("as", DigestText.Hex, ("hex", DigestText.Hex), ("HEX", DigestText.UpperHex), ("base64", DigestText.Base64)))
        {
            Key = key,
            KeyOf = keyOf,
        };
    }

    private bool IsOfBody(string name) =>
        name == "body" || (name.StartsWith(GatewayPrefixes.Sign, StringComparison.Ordinal) && _ofBody.Contains(name[GatewayPrefixes.Sign.Length..]));

    private static string Plain(string name) => name.StartsWith(GatewayPrefixes.Encoded, StringComparison.Ordinal) ? name[GatewayPrefixes.Encoded.Length..] : name;
}
