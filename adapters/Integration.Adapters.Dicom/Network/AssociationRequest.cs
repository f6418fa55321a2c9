using System.Buffers.Binary;
using System.Text;

namespace Integration.Adapters.Dicom.Network;

/// <summary>What a peer asks for when it associates: A-ASSOCIATE-RQ, DICOM PS3.8 §9.3.2.</summary>
/// <param name="MaxPduBytes">Longest PDU that the peer takes; 0: any.</param>
internal sealed record AssociationRequest(
    ushort ProtocolVersion, string CalledAe, string CallingAe, string ApplicationContext, IReadOnlyList<PresentationContext> Contexts, int MaxPduBytes)
{
    /// <summary>The application context of DICOM, PS3.7 §A.2.1.</summary>
    public const string DicomContext = "1.2.840.10008.3.1.1.1";

    private const int FixedBytes = 68;
    private const int ContextHeaderBytes = 4;

    /// <summary>Null when the bytes are no request.</summary>
    /// <param name="body">The PDU behind its length.</param>
    public static AssociationRequest? Read(ReadOnlySpan<byte> body)
    {
        if (body.Length < FixedBytes)
        {
            return null;
        }

        var application = "";
        var contexts = new List<PresentationContext>();
        var maxPdu = 0;
        var rest = body[FixedBytes..];
        while (rest.Length > 0)
        {
            if (!TakeItem(ref rest, out var type, out var item))
            {
                return null;
            }

            switch (type)
            {
                case 0x10:
                    application = Uid(item);
                    break;
                case 0x20:
                    if (ReadContext(item) is not { } context)
                    {
                        return null;
                    }

                    contexts.Add(context);
                    break;
                case 0x50:
                    maxPdu = ReadMaxPdu(item);
                    break;
                default:
                    break;   // PS3.8 §9.3.1: items that are not known are passed over
            }
        }

        return new(
            BinaryPrimitives.ReadUInt16BigEndian(body), Title(body.Slice(4, 16)), Title(body.Slice(20, 16)), application, contexts, maxPdu);
    }

    private static PresentationContext? ReadContext(ReadOnlySpan<byte> item)
    {
        if (item.Length < ContextHeaderBytes)
        {
            return null;
        }

        var abstractSyntax = "";
        var transferSyntaxes = new List<string>();
        var rest = item[ContextHeaderBytes..];
        while (rest.Length > 0)
        {
            if (!TakeItem(ref rest, out var type, out var part))
            {
                return null;
            }

            if (type == 0x30)
            {
                abstractSyntax = Uid(part);
            }
            else if (type == 0x40)
            {
                transferSyntaxes.Add(Uid(part));
            }
        }

        return new PresentationContext(item[0], abstractSyntax, transferSyntaxes);
    }

    /// <summary>The longest PDU that the writer takes, of the user information item, PS3.8 §D.1; 0: any.</summary>
    internal static int ReadMaxPdu(ReadOnlySpan<byte> information)
    {
        while (TakeItem(ref information, out var type, out var part))
        {
            if (type == 0x51 && part.Length == 4)
            {
                return (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(part), int.MaxValue);
            }
        }

        return 0;
    }

    /// <summary>Takes an item of an association PDU off the rest, PS3.8 §9.3.2.1. False: it is longer than what is there.</summary>
    internal static bool TakeItem(ref ReadOnlySpan<byte> rest, out byte type, out ReadOnlySpan<byte> item)
    {
        type = 0;
        item = default;
        if (rest.Length < 4 || BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) is var length && length > rest.Length - 4)
        {
            return false;
        }

        type = rest[0];
        item = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return true;
    }

    internal static string Uid(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes).TrimEnd('\0', ' ');

    private static string Title(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes).Trim('\0', ' ');
}

/// <summary>One kind of object and the ways of writing it that a peer offers, PS3.8 §9.3.2.2.</summary>
/// <param name="Id">Odd, 1 to 255.</param>
internal sealed record PresentationContext(byte Id, string AbstractSyntax, IReadOnlyList<string> TransferSyntaxes);
