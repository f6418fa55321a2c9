using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.Tests.Records;

/// <summary>The comparison of the record agrees with the framework's but for the digits of numbers, whichever side was read and whichever was made.</summary>
public sealed class JsonSamenessTests
{
    private static readonly string?[] Values =
    [
        null, "null", "true", "false", "1", "1.0", "1.00", "-0", "1e2", "100", "12345678901234567890.10", "\"\"", "\"a\"", "\"\\u0061\"", "\"张\\n\"", "\"1\"",
        "[]", "[1]", "[1,null]", "[[\"a\"]]", "{}", "{\"a\":1}", "{\"a\":null}", "{\"a\":1,\"b\":[{\"c\":\"d\"}]}", "{\"b\":[{\"c\":\"d\"}],\"a\":1}",
    ];

    [Fact]
    public void When_two_values_are_compared_Should_agree_with_the_framework_but_for_the_digits_of_numbers()
    {
        foreach (var (a, b) in Values.SelectMany(a => Values.Select(b => (a, b))))
        {
            var areNumbers = Read(a)?.GetValueKind() == JsonValueKind.Number && Read(b)?.GetValueKind() == JsonValueKind.Number;
            var expected = areNumbers ? a == b : JsonNode.DeepEquals(Read(a), Read(b));

            Assert.True(expected == JsonSameness.Same(Read(a), Read(b)), $"{a} and {b}, both read");
            Assert.True(expected == JsonSameness.Same(Made(a), Read(b)), $"{a} made and {b} read");
            Assert.True(expected == JsonSameness.Same(Read(a), Made(b)), $"{a} read and {b} made");
            Assert.True(expected == JsonSameness.Same(Made(a), Made(b)), $"{a} and {b}, both made");
        }
    }

    private static JsonNode? Read(string? json) => json is null ? null : JsonNode.Parse(json);

    // As mapping makes it: nodes around values of .NET, not around text.
    private static JsonNode? Made(string? json) => Read(json) switch
    {
        JsonObject node => new JsonObject(node.Select(p => KeyValuePair.Create(p.Key, Made(p.Value?.ToJsonString())))),
        JsonArray node => new JsonArray([.. node.Select(n => Made(n?.ToJsonString()))]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(text),
        JsonValue value when value.TryGetValue<bool>(out var yes) => JsonValue.Create(yes),
        var other => other,
    };
}
