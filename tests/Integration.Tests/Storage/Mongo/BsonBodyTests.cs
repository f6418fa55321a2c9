using System.Text;
using Integration.Storage.Mongo.Bson;

namespace Integration.Tests.Storage.Mongo;

public sealed class BsonBodyTests
{
    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"a":null,"b":[true,false,[],{}],"王":"小明","q":"a\"b\\c"}""")]
    [InlineData("""{"n":[0,-1,2147483647,2147483648,-9223372036854775808,9223372036854775808]}""")]
    [InlineData("""{"price":12.50,"zero":0.00,"minus":-0,"low":-0.0,"small":0.000001}""")]
    [InlineData("""{"exp":1E3,"long":0.12345678901234567890123456789012345678}""")]
    [InlineData("""{"d":"2026-03-01","t":"2026-03-01T08:00:00.1+08:00","z":"1899-12-31T23:59:59.999999Z","open":"2026-03","local":"2026-03-01T08:00:00"}""")]
    public void ToJson_WhatWasWritten_IsTheSameText(string json)
    {
        var (body, texts) = Write(json);

        Assert.Equal(json, Encoding.UTF8.GetString(BsonBody.ToJson(body, texts)));
    }

    [Theory]
    [InlineData("\"2026-03-01T08:00:00+08:00\"", BsonType.DateTime)]
    [InlineData("\"2026-02-29\"", BsonType.String)]
    [InlineData("\"2026-03\"", BsonType.String)]
    [InlineData("\"2026-03-01T08:00:00\"", BsonType.String)]
    [InlineData("12.50", BsonType.Decimal128)]
    [InlineData("12", BsonType.Int32)]
    [InlineData("5000000000", BsonType.Int64)]
    [InlineData("1e3", BsonType.Double)]
    public void Write_EachKindOfValue_HasItsType(string value, object type)
    {
        var (body, _) = Write($$"""{"v":{{value}}}""");

        Assert.Equal((BsonType)type, body["v"u8]!.Value.Type);
    }

    [Fact]
    public void Write_Instant_IsTheSameMomentInUtc()
    {
        var (body, _) = Write("""{"v":"2026-03-01T08:00:00.129+08:00"}""");

        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, 129, TimeSpan.Zero).ToUnixTimeMilliseconds(), body["v"u8]!.Value.Whole);
    }

    [Theory]
    [InlineData("""[1]""")]
    [InlineData("""{"a\u0000b":1}""")]
    [InlineData("""{"a":"\ud800"}""")]
    public void CanWrite_WhatBsonCannotHold_IsFalse(string json) => Assert.False(BsonBody.CanWrite(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void CanWrite_NestedTooDeeply_IsFalse() =>
        Assert.False(BsonBody.CanWrite(Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 100) + new string(']', 100) + "}")));

    private static (BsonDocument Body, List<string> Texts) Write(string json)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        Assert.True(BsonBody.CanWrite(utf8));
        var texts = new List<string>();
        var writer = new BsonWriter();
        BsonBody.Write(writer, "body", utf8, texts);
        return (new BsonDocument(writer.ToArray())["body"u8]!.Value.Document, texts);
    }
}
