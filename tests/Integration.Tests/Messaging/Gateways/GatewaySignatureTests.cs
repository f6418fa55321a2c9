using System.Text.RegularExpressions;
using Integration.Adapters.Gateway;
using Integration.Core.Mapping.Language;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Messaging.Sending;

namespace Integration.Tests.Messaging.Gateways;

/// <summary>Signed requests. The digests that are expected were made with Python's hashlib and hmac.</summary>
public sealed partial class GatewaySignatureTests
{
    private const string Head = "title: { en: G, zh: 网 }\nsecrets: [user, key]\nchannels:\n  sms:\n    accepted: [{ status: 200 }]\n";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_773_626_400);   // 2026-03-16 10:00 in Shanghai

    public static TheoryData<string> Examples => [.. Fence().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "gateways.md")))
        .Select(match => match.Groups[1].Value).Where(yaml => yaml.Contains("channels:", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_OfAGateway_IsValid(string yaml)
    {
        var problems = new ProblemList();

        Assert.NotNull(new GatewayReader("example.yaml", problems).Read(yaml));
        Assert.Empty(problems.InOrder());
        Assert.Empty(Mapping.Schema.SchemaCheck.Errors("gateway", yaml));
    }

    [Fact]
    public async Task Form_SignedByMd5()
    {
        using var request = Make("""
                url: "http://h/send"
                sign: { token: { hash: md5, of: "{{secret.user}}{{secret.key}}{{timestamp}}", as: HEX } }
                form: { sign: "{{sign.token}}", mobile: "{{to}}", at: "{{localTime}}" }
            """);

        Assert.Equal("sign=2DC93A23C839E89373E5E46D488A73CD&mobile=13800000000&at=20260316100000", await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/x-www-form-urlencoded", request.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public void Url_SignedByHmacOfEncodedValues()
    {
        using var request = Make("""
                method: GET
                url: "http://h/?to={{encoded.to}}&Signature={{sign.all}}"
                sign: { all: { hmac: sha1, key: "{{secret.key}}&", of: "to={{encoded.to}}", as: base64 } }
            """, "+86 138");

        Assert.Equal("?to=%2B86%20138&Signature=LJ0t%2Bcnb%2B%2BZRJyONYkjZcZt59Ho%3D", request.RequestUri!.Query);
    }

    /// <summary>Keys made of keys, and the body that is sent: TC3-HMAC-SHA256.</summary>
    [Fact]
    public async Task Header_SignedByAChainOfKeys()
    {
        using var request = Make("""
                url: "https://sms.example/"
                sign:
                  body: { hash: sha256, of: "{{body}}" }
                  request: { hash: sha256, of: "POST\n/\n\ncontent-type:application/json; charset=utf-8\nhost:sms.example\n\ncontent-type;host\n{{sign.body}}" }
                  day: { hmac: sha256, key: "TC3{{secret.key}}", of: "{{date}}" }
                  service: { hmac: sha256, key: sign.day, of: sms }
                  signing: { hmac: sha256, key: sign.service, of: tc3_request }
                  signature: { hmac: sha256, key: sign.signing, of: "TC3-HMAC-SHA256\n{{timestamp}}\n{{date}}/sms/tc3_request\n{{sign.request}}" }
                headers: { X-Signature: "{{sign.signature}}" }
                json: { to: "{{to}}", content: "{{text}}" }
            """);

        Assert.Equal("""{"to":"13800000000","content":"您好"}""", await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/json; charset=utf-8", request.Content.Headers.ContentType!.ToString());
        Assert.Equal("f58c698af44986abbadc8f276dbd562662565b57c57ee8d535032fe11ad3e689", Assert.Single(request.Headers.GetValues("X-Signature")));
    }

    [Fact]
    public void Nonce_IsAnotherInEachRequest()
    {
        const string Yaml = """
                url: "http://h/?n={{nonce}}&m={{nonce}}"
            """;
        using var first = Make(Yaml);
        using var second = Make(Yaml);

        Assert.NotEqual(first.RequestUri, second.RequestUri);
        Assert.Matches("n=([0-9a-f]{32})&m=\\1$", first.RequestUri!.Query);
    }

    [Theory]
    [InlineData("""{ a: { hash: md4, of: x } }""", "must be one of md5, sha1, sha256, sha512")]
    [InlineData("""{ a: { hash: md5 } }""", "A digest has 'hash' and 'of', or 'hmac', 'key' and 'of'.")]
    [InlineData("""{ a: { hmac: sha1, of: x } }""", "A digest has 'hash' and 'of', or 'hmac', 'key' and 'of'.")]
    [InlineData("""{ a: { hash: md5, hmac: sha1, key: k, of: x } }""", "A digest has 'hash' and 'of', or 'hmac', 'key' and 'of'.")]
    [InlineData("""{ a: { hmac: sha1, key: sign.b, of: x }, b: { hash: md5, of: x } }""", "No digest 'b' stands before this one.")]
    [InlineData("""{ first: { hash: md5, of: "{{sign.frist}}" } }""", "The channel has no digest 'frist' before this")]
    [InlineData("[]", "'sign' must be a block of names and digests.")]
    public void Digest_ThatCannotBeMade_IsAProblemAtItsPlace(string sign, string expected)
    {
        var problem = Assert.Single(ProblemsOf($"    url: \"http://h/\"\n    sign: {sign}\n"));

        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.StartsWith("g.yaml:7:", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json: { a: \"{{sign.b}}\" }")]
    [InlineData("form: { a: \"{{encoded.sign.c}}\" }")]
    public void Body_WithADigestOfItself_IsAProblem(string body) => Assert.Contains("which is made of the body", Assert.Single(ProblemsOf(
        $"    url: \"http://h/\"\n    sign: {{ b: {{ hash: md5, of: \"{{{{body}}}}\" }}, c: {{ hmac: md5, key: sign.b, of: x }} }}\n    {body}\n")), StringComparison.Ordinal);

    [Fact]
    public void Body_OutsideOfDigests_IsAProblem() => Assert.Contains("Requests have no value 'body'", Assert.Single(ProblemsOf("    url: \"http://h/{{body}}\"\n")), StringComparison.Ordinal);

    private static List<string> ProblemsOf(string channel)
    {
        var problems = new ProblemList();
        new GatewayReader("g.yaml", problems).Read(Head + channel);
        return [.. problems.InOrder().Select(problem => problem.ToString())];
    }

    private static HttpRequestMessage Make(string channel, string to = "13800000000")
    {
        var problems = new ProblemList();
        var gateway = new GatewayReader("g.yaml", problems).Read(Head + channel + "\n");
        Assert.Empty(problems.InOrder());
        var options = new GatewayOptions { Gateway = "g", Secrets = new Dictionary<string, string> { ["user"] = "crm", ["key"] = "key-1" } };
        var sms = new ChannelMessage("sms", to, "您好", null, new Dictionary<string, string>(), null);
        var message = new PatientMessage("e", "w", "p", "r", "t", "service", "zh", [sms], null);
        return new GatewayRequest(options, message, sms, Now, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).Make(gateway!.Channels["sms"])!;
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
