namespace Integration.Adapters.Dicom.Network;

/// <summary>What the other side agrees to: A-ASSOCIATE-AC, DICOM PS3.8 §9.3.3.</summary>
/// <param name="TransferSyntaxes">Of the presentation contexts that were accepted, by their id.</param>
/// <param name="MaxPduBytes">Longest PDU that the other side takes; 0: any.</param>
internal sealed record AssociationAnswer(IReadOnlyDictionary<byte, string> TransferSyntaxes, int MaxPduBytes)
{
    private const int FixedBytes = 68;
    private const int ContextHeaderBytes = 4;

    /// <summary>Null when the bytes are no answer.</summary>
    /// <param name="body">The PDU behind its length.</param>
    public static AssociationAnswer? Read(ReadOnlySpan<byte> body)
    {
        if (body.Length < FixedBytes)
        {
            return null;
        }

        var agreed = new Dictionary<byte, string>();
        var maxPdu = 0;
        var rest = body[FixedBytes..];
        while (rest.Length > 0)
        {
            if (!AssociationRequest.TakeItem(ref rest, out var type, out var item))
            {
                return null;
            }

            if (type == 0x50)
            {
                maxPdu = AssociationRequest.ReadMaxPdu(item);
            }
            else if (type == 0x21 && item.Length >= ContextHeaderBytes && item[2] == 0)
            {
                var inner = item[ContextHeaderBytes..];
                if (!AssociationRequest.TakeItem(ref inner, out var kind, out var syntax) || kind != 0x40)
                {
                    return null;
                }

                agreed[item[0]] = AssociationRequest.Uid(syntax);
            }
        }

        return new AssociationAnswer(agreed, maxPdu);
    }
}
