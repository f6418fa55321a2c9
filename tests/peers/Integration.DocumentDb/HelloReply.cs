using Integration.Storage.Mongo.Bson;

namespace Integration.DocumentDb;

/// <summary>What the server says about itself.</summary>
internal sealed class HelloReply(string address, bool isStandalone)
{
    private const int WireVersionOf7 = 21;

    public byte[] ToDocument()
    {
        var writer = new BsonWriter().Boolean("helloOk", true).Boolean("ismaster", true).Boolean("isWritablePrimary", true);
        if (!isStandalone)
        {
            writer.String("setName", Gateway.ReplicaSet).Int32("setVersion", 1).Boolean("secondary", false).String("me", address).String("primary", address);
            writer.BeginArray("hosts").String("", address).End();
        }

        return writer.Int32("maxBsonObjectSize", 16 << 20).Int32("maxMessageSizeBytes", 48_000_000).Int32("maxWriteBatchSize", 100_000)
            .Date("localTime", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).Int32("logicalSessionTimeoutMinutes", 30).Int32("connectionId", 1)
            .Int32("minWireVersion", 0).Int32("maxWireVersion", WireVersionOf7).Boolean("readOnly", false).Double("ok", 1).ToArray();
    }

    public static byte[] BuildInfo() =>
        new BsonWriter().String("version", "7.0.0").BeginArray("versionArray").Int32("", 7).Int32("", 0).Int32("", 0).Int32("", 0).End()
            .Int32("maxBsonObjectSize", 16 << 20).Double("ok", 1).ToArray();
}
