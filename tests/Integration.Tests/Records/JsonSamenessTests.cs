using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Mapping;
using Integration.Core.Records;

namespace Integration.Tests.Records;

/// <summary>The comparison of the record agrees with the framework's but for the digits of numbers, whether what it holds was read or made.</summary>
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

            Assert.True(expected == JsonSameness.Same(Read(a), DraftNode.From(Read(b))), $"{a} read and {b} sent");
            Assert.True(expected == JsonSameness.Same(DraftNode.From(Read(a)).ToJson(), DraftNode.From(Read(b))), $"{a} made and {b} sent");
        }
    }

    private static JsonNode? Read(string? json) => json is null ? null : JsonNode.Parse(json);
}
