using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Integration.Adapters.Dicom.Network;

/// <summary>Writes PDUs. DICOM PS3.8 §9.3.</summary>
internal static class PduWriter
{
    /// <summary>Names this implementation (PS3.7 §D.3.3.2): a UID made of a UUID, PS3.5 §B.2.</summary>
    public const string ImplementationClassUid = "2.25.190483650231875069612385419764302187453";

    private const string ImplementationVersion = "INTEGRATION";

    private const int PdvHeaderBytes = 6;

    /// <summary>A-ASSOCIATE-RQ.</summary>
    /// <param name="contexts">Up to 128, ids odd.</param>
    /// <param name="maxPduBytes">Longest PDU that we take.</param>
    /// <param name="isProvider">We provide the classes rather than use them: said by role selection, PS3.7 §D.3.3.4.</param>
    public static byte[] Request(string calledAe, string callingAe, IReadOnlyList<PresentationContext> contexts, int maxPduBytes, bool isProvider = false)
    {
        var body = Association(calledAe, callingAe);
        foreach (var context in contexts)
        {
            var inner = new ArrayBufferWriter<byte>(200);
            Write(inner, [context.Id, 0, 0, 0]);
            Item(inner, 0x30, Encoding.ASCII.GetBytes(context.AbstractSyntax));
            foreach (var syntax in context.TransferSyntaxes)
            {
                Item(inner, 0x40, Encoding.ASCII.GetBytes(syntax));
            }

            Item(body, 0x20, inner.WrittenSpan);
        }

        Item(body, 0x50, UserInformation(maxPduBytes, isProvider ? [.. contexts.Select(context => context.AbstractSyntax)] : []));
        return Pdu(PduType.AssociateRequest, body.WrittenSpan);
    }

    /// <summary>A-ASSOCIATE-AC.</summary>
    /// <param name="maxPduBytes">Longest PDU that we take.</param>
    public static byte[] Accept(AssociationRequest request, IReadOnlyList<AgreedContext> contexts, int maxPduBytes)
    {
        var body = Association(request.CalledAe, request.CallingAe);
        foreach (var context in contexts)
        {
            var inner = new ArrayBufferWriter<byte>(80);
            Write(inner, [context.Id, 0, context.Result, 0]);
            Item(inner, 0x40, Encoding.ASCII.GetBytes(context.TransferSyntax));
            Item(body, 0x21, inner.WrittenSpan);
        }

        Item(body, 0x50, UserInformation(maxPduBytes, []));
        return Pdu(PduType.AssociateAccept, body.WrittenSpan);
    }

    /// <summary>A-ASSOCIATE-RJ.</summary>
    public static byte[] Reject(AssociationRejection rejection) => Pdu(PduType.AssociateReject, [0, rejection.Result, rejection.Source, rejection.Reason]);

    /// <summary>A-RELEASE-RQ.</summary>
    public static byte[] ReleaseRequest() => Pdu(PduType.ReleaseRequest, new byte[4]);

    /// <summary>A-RELEASE-RP.</summary>
    public static byte[] Release() => Pdu(PduType.ReleaseReply, new byte[4]);

    /// <summary>A-ABORT by the provider, PS3.8 §9.3.8.</summary>
    /// <param name="reason">0: none; 1: PDU not recognized; 2: unexpected PDU; 6: invalid parameter.</param>
    public static byte[] Abort(byte reason) => Pdu(PduType.Abort, [0, 0, 2, reason]);

    /// <summary>P-DATA-TF with one whole command.</summary>
    public static byte[] Command(byte contextId, ReadOnlySpan<byte> command) => Value(contextId, PdvFlags.Command | PdvFlags.Last, command);

    /// <summary>P-DATA-TFs with one whole data set.</summary>
    /// <param name="maxPduBytes">Longest that the other side takes; 0: any.</param>
    public static IEnumerable<byte[]> DataSet(byte contextId, ReadOnlyMemory<byte> dataSet, int maxPduBytes)
    {
        var most = maxPduBytes == 0 ? dataSet.Length : Math.Max(1, maxPduBytes - PdvHeaderBytes);
        for (var at = 0; at == 0 || at < dataSet.Length; at += most)
        {
            var part = dataSet.Slice(at, Math.Min(most, dataSet.Length - at));
            yield return Value(contextId, at + part.Length == dataSet.Length ? PdvFlags.Last : (byte)0, part.Span);
        }
    }

    private static byte[] Value(byte contextId, byte flags, ReadOnlySpan<byte> bytes)
    {
        var body = new byte[PdvHeaderBytes + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(body, bytes.Length + 2);
        body[4] = contextId;
        body[5] = flags;
        bytes.CopyTo(body.AsSpan(PdvHeaderBytes));
        return Pdu(PduType.Data, body);
    }

    /// <summary>What a request and its acceptance begin with, PS3.8 §9.3.2.</summary>
    private static ArrayBufferWriter<byte> Association(string calledAe, string callingAe)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        Write(body, [0, 1, 0, 0]);
        Write(body, Encoding.ASCII.GetBytes(calledAe.PadRight(16)[..16]));
        Write(body, Encoding.ASCII.GetBytes(callingAe.PadRight(16)[..16]));
        Write(body, new byte[32]);
        Item(body, 0x10, Encoding.ASCII.GetBytes(AssociationRequest.DicomContext));
        return body;
    }

    private static ReadOnlySpan<byte> UserInformation(int maxPduBytes, IReadOnlyList<string> provided)
    {
        var user = new ArrayBufferWriter<byte>(100);
        var longest = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(longest, maxPduBytes);
        Item(user, 0x51, longest);
        Item(user, 0x52, Encoding.ASCII.GetBytes(ImplementationClassUid));
        foreach (var uid in provided.Select(Encoding.ASCII.GetBytes))
        {
            Item(user, 0x54, [(byte)(uid.Length >> 8), (byte)uid.Length, .. uid, 0, 1]);
        }

        Item(user, 0x55, Encoding.ASCII.GetBytes(ImplementationVersion));
        return user.WrittenSpan;
    }

    private static byte[] Pdu(PduType type, ReadOnlySpan<byte> body)
    {
        var pdu = new byte[6 + body.Length];
        pdu[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(pdu.AsSpan(2), body.Length);
        body.CopyTo(pdu.AsSpan(6));
        return pdu;
    }

    private static void Item(ArrayBufferWriter<byte> to, byte type, ReadOnlySpan<byte> value)
    {
        Write(to, [type, 0, (byte)(value.Length >> 8), (byte)value.Length]);
        Write(to, value);
    }

    private static void Write(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> bytes) => to.Write(bytes);
}

/// <summary>First byte of a PDU.</summary>
internal enum PduType : byte
{
    AssociateRequest = 1,
    AssociateAccept = 2,
    AssociateReject = 3,
    Data = 4,
    ReleaseRequest = 5,
    ReleaseReply = 6,
    Abort = 7,
}

/// <summary>Message control header of a presentation data value, PS3.8 §E.2.</summary>
internal static class PdvFlags
{
    public const byte Command = 1;
    public const byte Last = 2;
}
