using System.Buffers.Binary;
using Integration.Storage.Mongo.Bson;

namespace Integration.DocumentDb;

/// <summary>A command as it came over the wire: its body and at most one sequence of documents beside it.</summary>
/// <param name="Sequence">The documents of a kind 1 section, one after another; null when there is none.</param>
/// <param name="IsLegacy">It came as OP_QUERY and wants an OP_REPLY: the first hello of a driver.</param>
/// <param name="WantsReply">False when the driver said that nothing is to be sent back.</param>
internal sealed record WireMessage(int RequestId, BsonDocument Body, byte[]? Sequence, bool IsLegacy, bool WantsReply)
{
    public const int HeaderLength = 16;
    private const int OpReply = 1;
    private const int OpQuery = 2004;
    private const int OpMsg = 2013;
    private const int ChecksumPresent = 1;
    private const int MoreToCome = 2;

    /// <summary>The command's name.</summary>
    public string Name => Body.First().NameText;

    /// <summary>Database, from <c>$db</c>.</summary>
    public string Database => Body["$db"u8]?.Text ?? "admin";

    /// <param name="header">16 bytes.</param>
    /// <param name="rest">What follows it.</param>
    public static WireMessage Parse(ReadOnlySpan<byte> header, byte[] rest)
    {
        var requestId = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        return BinaryPrimitives.ReadInt32LittleEndian(header[12..]) switch
        {
            OpMsg => ParseMessage(requestId, rest),
            OpQuery => ParseQuery(requestId, rest),
            var other => throw new InvalidDataException($"The operation {other} is not known."),
        };
    }

    /// <summary>The answer as bytes, header and all.</summary>
    public byte[] Reply(ReadOnlySpan<byte> document)
    {
        var prefix = IsLegacy ? 20 : 5;
        var reply = new byte[HeaderLength + prefix + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(reply, reply.Length);
        BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(8), RequestId);
        BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(12), IsLegacy ? OpReply : OpMsg);
        if (IsLegacy)
        {
            // responseFlags, cursorID (8 bytes), startingFrom, numberReturned: one document.
            BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(HeaderLength), 8);
            BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(HeaderLength + 16), 1);
        }

        document.CopyTo(reply.AsSpan(HeaderLength + prefix));
        return reply;
    }

    private static WireMessage ParseMessage(int requestId, byte[] rest)
    {
        var flags = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var end = rest.Length - ((flags & ChecksumPresent) != 0 ? sizeof(int) : 0);
        BsonDocument? body = null;
        byte[]? sequence = null;
        for (var at = sizeof(int); at < end;)
        {
            var kind = rest[at++];
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest.AsSpan(at));
            if (kind == 0)
            {
                body = new BsonDocument(rest.AsMemory(at, length));
            }
            else
            {
                var identifier = rest.AsSpan(at + sizeof(int), length - sizeof(int));
                sequence = identifier[(identifier.IndexOf((byte)0) + 1)..].ToArray();
            }

            at += length;
        }

        return new WireMessage(requestId, body ?? throw new InvalidDataException("A message has no body."), sequence, IsLegacy: false, (flags & MoreToCome) == 0);
    }

    private static WireMessage ParseQuery(int requestId, byte[] rest)
    {
        // flags, full collection name, numberToSkip, numberToReturn, query.
        var afterName = sizeof(int) + rest.AsSpan(sizeof(int)).IndexOf((byte)0) + 1;
        return new WireMessage(requestId, new BsonDocument(rest.AsMemory(afterName + (2 * sizeof(int)))), null, IsLegacy: true, WantsReply: true);
    }
}
