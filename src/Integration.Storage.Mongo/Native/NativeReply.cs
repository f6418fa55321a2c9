using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Integration.Storage.Mongo.Bson;
using static Integration.Storage.Mongo.Native.LibMongoc;

namespace Integration.Storage.Mongo.Native;

/// <summary>Native memory for one reply and one error, used by one call after another of one connection.</summary>
internal sealed unsafe class NativeReply : IDisposable
{
    private readonly void* _document = NativeMemory.AlignedAlloc(DocumentBytes, DocumentBytes);
    private readonly byte* _error = (byte*)NativeMemory.AllocZeroed(ErrorBytes);

    /// <summary>Uninitialized <c>bson_t</c>, which every call that is given it initializes.</summary>
    public nint Document => (nint)_document;

    public byte* Error => _error;

    /// <summary>Copies the reply of a call and frees what the driver allocated for it.</summary>
    /// <exception cref="MongoCommandException">The call failed.</exception>
    public BsonDocument Take(bool succeeded)
    {
        var document = new BsonDocument(Copy(Document));
        bson_destroy(Document);
        return succeeded ? document : throw Failure(document);
    }

    /// <exception cref="MongoCommandException">The call, which has no reply, failed.</exception>
    public void Check(bool succeeded)
    {
        if (!succeeded)
        {
            throw Failure(null);
        }
    }

    /// <summary>The bytes of a native document.</summary>
    public static byte[] Copy(nint document)
    {
        var data = bson_get_data(document);
        return new ReadOnlySpan<byte>(data, BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(data, sizeof(int)))).ToArray();
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_document);
        NativeMemory.Free(_error);
    }

    private MongoCommandException Failure(BsonDocument? reply)
    {
        var domain = *(uint*)_error;
        var code = *(int*)(_error + sizeof(uint));
        var message = Marshal.PtrToStringUTF8((nint)(_error + (2 * sizeof(uint)))) ?? "";
        var labels = reply?["errorLabels"u8]?.Document.Select(label => label.Value.Text).ToList() ?? [];
        return new MongoCommandException(code, message, domain == ServerDomain, labels);
    }
}
