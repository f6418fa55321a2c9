using System.Buffers.Binary;
using System.Text;

namespace Integration.Adapters.Dicom.Network;

/// <summary>The command set of a message: always implicit VR little endian. DICOM PS3.7 §6.3.1, §E.1.</summary>
internal sealed class DimseCommand
{
    public const ushort StoreRequest = 0x0001;
    public const ushort FindRequest = 0x0020;
    public const ushort EchoRequest = 0x0030;
    public const ushort EventReportRequest = 0x0100;
    public const ushort SetRequest = 0x0120;
    public const ushort ActionRequest = 0x0130;
    public const ushort CreateRequest = 0x0140;
    public const ushort CancelRequest = 0x0FFF;

    /// <summary>Bit of <see cref="Field"/> that makes a response of a request.</summary>
    public const ushort Response = 0x8000;

    private const ushort NoDataSet = 0x0101;
    private const ushort WithDataSet = 0x0001;

    private const uint AffectedClass = 0x00000002;
    private const uint RequestedClass = 0x00000003;
    private const uint CommandField = 0x00000100;
    private const uint MessageIdTag = 0x00000110;
    private const uint Priority = 0x00000700;
    private const uint RespondedTo = 0x00000120;
    private const uint DataSetType = 0x00000800;
    private const uint StatusTag = 0x00000900;
    private const uint ErrorComment = 0x00000902;
    private const uint ErrorId = 0x00000903;
    private const uint AffectedInstance = 0x00001000;
    private const uint RequestedInstance = 0x00001001;
    private const uint EventType = 0x00001002;
    private const uint ActionType = 0x00001008;

    private readonly Dictionary<uint, ReadOnlyMemory<byte>> _values = [];

    private DimseCommand()
    {
    }

    public ushort Field => Number(CommandField);

    public ushort MessageId => Number(MessageIdTag);

    /// <summary>Of a response: the id of the message that it answers.</summary>
    public ushort RespondedToId => Number(RespondedTo);

    public bool HasDataSet => Number(DataSetType) != NoDataSet;

    /// <summary>What it is about: the affected SOP class, or the requested one of what is there already (PS3.7 §10.1).</summary>
    public string SopClassUid => Text(AffectedClass) is { Length: > 0 } affected ? affected : Text(RequestedClass);

    /// <summary>The instance of <see cref="SopClassUid"/>; empty: to be given by who creates it.</summary>
    public string SopInstanceUid => Text(AffectedInstance) is { Length: > 0 } affected ? affected : Text(RequestedInstance);

    /// <summary>Of N-ACTION, PS3.7 §10.1.4.</summary>
    public ushort ActionTypeId => Number(ActionType);

    /// <summary>Of a response, PS3.7 §C.</summary>
    public ushort Status => Number(StatusTag);

    /// <summary>What a response says of its failure; empty where nothing. It may quote the request: not for logs.</summary>
    public string Comment => Text(ErrorComment);

    /// <summary>A request of ours.</summary>
    /// <param name="sopClassUid">What it is about.</param>
    /// <param name="withDataSet">A data set follows it.</param>
    public static byte[] Request(ushort field, ushort messageId, string sopClassUid, bool withDataSet)
    {
        using var body = new MemoryStream();
        WriteText(body, AffectedClass, sopClassUid, 0);
        WriteNumber(body, CommandField, field);
        WriteNumber(body, MessageIdTag, messageId);
        if (field == FindRequest)
        {
            WriteNumber(body, Priority, 0);
        }

        WriteNumber(body, DataSetType, withDataSet ? WithDataSet : NoDataSet);
        return WithLength(body);
    }

    /// <summary>N-EVENT-REPORT: something happened to an instance, PS3.7 §10.1.1. A data set follows.</summary>
    public static byte[] EventReport(ushort messageId, string sopClassUid, string sopInstanceUid, ushort eventType)
    {
        using var body = new MemoryStream();
        WriteText(body, AffectedClass, sopClassUid, 0);
        WriteNumber(body, CommandField, EventReportRequest);
        WriteNumber(body, MessageIdTag, messageId);
        WriteNumber(body, DataSetType, WithDataSet);
        WriteText(body, AffectedInstance, sopInstanceUid, 0);
        WriteNumber(body, EventType, eventType);
        return WithLength(body);
    }

    /// <summary>Null when the bytes are no command.</summary>
    public static DimseCommand? Read(ReadOnlyMemory<byte> bytes)
    {
        var command = new DimseCommand();
        while (bytes.Length > 0)
        {
            if (bytes.Length < 8)
            {
                return null;
            }

            var head = bytes.Span;
            var tag = ((uint)BinaryPrimitives.ReadUInt16LittleEndian(head) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(head[2..]);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (tag >> 16 != 0 || length > bytes.Length - 8)
            {
                return null;
            }

            command._values[tag] = bytes.Slice(8, (int)length);
            bytes = bytes[(8 + (int)length)..];
        }

        return command._values.ContainsKey(CommandField) && command._values.ContainsKey(DataSetType) ? command : null;
    }

    /// <summary>The response to this request.</summary>
    /// <param name="sopInstanceUid">The instance that it is about now.</param>
    public byte[] Respond(DimseStatus status, string sopInstanceUid)
    {
        using var body = new MemoryStream();
        WriteText(body, AffectedClass, SopClassUid, 0);
        WriteNumber(body, CommandField, (ushort)(Field | Response));
        WriteNumber(body, RespondedTo, MessageId);
        WriteNumber(body, DataSetType, NoDataSet);
        WriteNumber(body, StatusTag, status.Code);
        if (status.Comment.Length > 0)
        {
            WriteText(body, ErrorComment, status.Comment.Length > 64 ? status.Comment[..64] : status.Comment, (byte)' ');
        }

        if (status.ErrorId != 0)
        {
            WriteNumber(body, ErrorId, status.ErrorId);
        }

        WriteText(body, AffectedInstance, sopInstanceUid, 0);
        if (Field == ActionRequest)
        {
            WriteNumber(body, ActionType, ActionTypeId);
        }

        return WithLength(body);
    }

    /// <summary>Behind the element that says how long it is, (0000,0000).</summary>
    private static byte[] WithLength(MemoryStream body)
    {
        var command = new byte[12 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(command.AsSpan(4), 4);
        BinaryPrimitives.WriteInt32LittleEndian(command.AsSpan(8), (int)body.Length);
        body.ToArray().CopyTo(command, 12);
        return command;
    }

    private ushort Number(uint tag) => _values.TryGetValue(tag, out var value) && value.Length >= 2 ? BinaryPrimitives.ReadUInt16LittleEndian(value.Span) : (ushort)0;

    private string Text(uint tag) => _values.TryGetValue(tag, out var value) ? Encoding.ASCII.GetString(value.Span).TrimEnd('\0', ' ') : "";

    private static void WriteNumber(MemoryStream to, uint tag, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        Write(to, tag, bytes);
    }

    private static void WriteText(MemoryStream to, uint tag, string text, byte padding)
    {
        if (text.Length > 0)
        {
            var bytes = Encoding.ASCII.GetBytes(text);
            Write(to, tag, bytes.Length % 2 == 0 ? bytes : [.. bytes, padding]);
        }
    }

    private static void Write(MemoryStream to, uint tag, ReadOnlySpan<byte> value)
    {
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)tag);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], value.Length);
        to.Write(head);
        to.Write(value);
    }
}
