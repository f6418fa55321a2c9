using System.Text;
using Integration.Core.Storage;
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
    [InlineData("""{"resourceType":"Patient","birthDate":"1980","_birthDate":{"extension":[{"url":"u","valueDateTime":"2026-03-01T08:00:00.1+08:00"}]}}""")]
    [InlineData("""{"resourceType":"Observation","issued":"1899-12-31T23:59:59.999999Z","effectiveDateTime":"2026-03","valueQuantity":{"value":1e2}}""")]
    [InlineData("""{"meta":{"lastUpdated":"2026-03-01T08:00:00Z"},"valueQuantity":{"value":-1.5E-3},"component":[{"valueQuantity":{"value":7}}],"resourceType":"Observation"}""")]
    [InlineData("""{"resourceType":"Observation","valueQuantity":{"value":123456789012345678901234567890123456789},"component":[{"valueQuantity":{"value":1E9999}},{"valueQuantity":{"value":5.0}}]}""")]
    [InlineData("""{"resourceType":"Nonsense","birthDate":"1980-02-03","value":1.0}""")]
    [InlineData("""{"resourceType":7,"birthDate":"1980-02-03"}""")]
    public void ToJson_WhatWasWritten_IsTheSameText(string json)
    {
        var (body, texts) = Write(json);

        Assert.Equal(json, Encoding.UTF8.GetString(BsonBody.ToJson(body, texts)));
    }

    /// <summary>What a value is says the element table of FHIR, never its digits.</summary>
    [Theory]
    [InlineData("""{"resourceType":"Patient","birthDate":"1980-02-03"}""", "birthDate", BsonType.DateTime)]
    [InlineData("""{"resourceType":"Patient","birthDate":"2026-02-29"}""", "birthDate", BsonType.String)]
    [InlineData("""{"resourceType":"Patient","birthDate":"1980-02"}""", "birthDate", BsonType.String)]
    [InlineData("""{"resourceType":"Patient","deceasedDateTime":"2026-03-01T08:00:00+08:00"}""", "deceasedDateTime", BsonType.DateTime)]
    [InlineData("""{"resourceType":"Patient","deceasedDateTime":"2026-03-01T08:00:00"}""", "deceasedDateTime", BsonType.String)]
    [InlineData("""{"resourceType":"Observation","valueString":"2026-03-01"}""", "valueString", BsonType.String)]
    [InlineData("""{"resourceType":"Observation","valueInteger":12}""", "valueInteger", BsonType.Int32)]
    [InlineData("""{"resourceType":"Observation","valueQuantity":{"value":12}}""", "valueQuantity.value", BsonType.Decimal128)]
    [InlineData("""{"resourceType":"Observation","valueQuantity":{"value":12.50}}""", "valueQuantity.value", BsonType.Decimal128)]
    [InlineData("""{"resourceType":"Observation","valueQuantity":{"value":1e3}}""", "valueQuantity.value", BsonType.Decimal128)]
    [InlineData("""{"resourceType":"Invoice","totalNet":{"value":50,"currency":"CNY"}}""", "totalNet.value", BsonType.Decimal128)]
    [InlineData("""{"identifier":[],"totalGross":{"value":50},"resourceType":"Invoice"}""", "totalGross.value", BsonType.Decimal128)]
    [InlineData("""{"resourceType":"Encounter","period":{"start":"2026-03-01T00:00:00Z"}}""", "period.start", BsonType.DateTime)]
    [InlineData("""{"resourceType":"Nonsense","amount":5000000000}""", "amount", BsonType.Int64)]
    [InlineData("""{"resourceType":"Nonsense","amount":1e3}""", "amount", BsonType.Double)]
    public void Write_ElementOfAResource_HasItsType(string json, string path, object type)
    {
        BsonValue? value = null;
        var document = Write(json).Body;
        foreach (var name in path.Split('.'))
        {
            document = value?.Document ?? document;
            value = document[Encoding.UTF8.GetBytes(name)];
        }

        Assert.Equal((BsonType)type, value!.Value.Type);
    }

    /// <summary>The shape of a collection's documents comes from their .NET types.</summary>
    [Fact]
    public void Shape_OfCollections_KnowsTimesAndResources()
    {
        var resources = Collections.Resources.Shape;
        Assert.Equal(BodyValue.Time, resources.Property("lastUpdated"u8).Value);
        Assert.Equal(BodyValue.Time, resources.Property("provenance"u8).Property("eventTime"u8).Value);
        Assert.Equal(BodyValue.Time, resources.Property("elementTimes"u8).Property("period.start"u8).Value);
        Assert.Equal(BodyValue.Resource, resources.Property("resource"u8).Value);
        Assert.Equal(BodyValue.Plain, resources.Property("sourceIdentity"u8).Value);

        var patients = Collections.Patients.Shape;
        Assert.Equal(BodyValue.Time, patients.Property("demographics"u8).Property("birthDate"u8).Value);
        Assert.Equal(BodyValue.Time, patients.Property("sections"u8).Property("latest"u8).Property("time"u8).Value);
        Assert.Equal(BodyValue.Plain, patients.Property("demographics"u8).Property("phones"u8).Value);
    }

    [Fact]
    public void Write_Instant_IsTheSameMomentInUtc()
    {
        var (body, _) = Write("""{"resourceType":"Observation","issued":"2026-03-01T08:00:00.129+08:00"}""");

        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, 129, TimeSpan.Zero).ToUnixTimeMilliseconds(), body["issued"u8]!.Value.Whole);
    }

    [Theory]
    [InlineData("""[1]""")]
    [InlineData("""{"a\u0000b":1}""")]
    [InlineData("""{"a":"\ud800"}""")]
    public void CanWrite_WhatBsonCannotHold_IsFalse(string json) => Assert.False(BsonBody.CanWrite(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void CanWrite_NestedTooDeeply_IsFalse() =>
        Assert.False(BsonBody.CanWrite(Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 100) + new string(']', 100) + "}")));

    /// <summary>Writes it as a resource and puts texts through a stored document, as the store does.</summary>
    private static (BsonDocument Body, BodyTexts Texts) Write(string json)
    {
        var shape = Collections.Resources.Shape.Property("resource"u8);
        var utf8 = Encoding.UTF8.GetBytes(json);
        Assert.True(BsonBody.CanWrite(utf8));
        var texts = new BodyTexts();
        var writer = new BsonWriter();
        BsonBody.Write(writer, "body", utf8, shape, texts);
        texts.Write(writer, []);
        var stored = new BsonDocument(writer.ToArray());
        return (stored["body"u8]!.Value.Document, BodyTexts.Of(stored));
    }
}
