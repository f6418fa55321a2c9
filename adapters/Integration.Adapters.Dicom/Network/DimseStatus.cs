namespace Integration.Adapters.Dicom.Network;

/// <summary>How an operation ended. DICOM PS3.7 §C, PS3.4 §B.2.3.</summary>
/// <param name="Comment">Why, without patient data; empty when it succeeded.</param>
internal readonly record struct DimseStatus(ushort Code, string Comment)
{
    public static readonly DimseStatus Success = new(0x0000, "");
    public static readonly DimseStatus UnknownOperation = new(0x0211, "This operation is not served here");
    public static readonly DimseStatus StoreAway = new(0xA700, "Cannot be kept now; send again later");

    /// <summary>It says something other than the request around it.</summary>
    public static DimseStatus Mismatch(string comment) => new(0xA900, comment);

    /// <summary>It cannot be read.</summary>
    public static DimseStatus Unreadable(string comment) => new(0xC000, comment);

    /// <summary>Another match follows; FF01: though not by all keys. PS3.4 §C.4.1.1.4.</summary>
    public static bool IsPending(ushort code) => code is 0xFF00 or 0xFF01;

    /// <summary>Why a C-FIND failed and what to do, for an operator.</summary>
    public static string ExplainFind(ushort code) => code switch
    {
        0xA700 => "The archive has no resources for the query now (A700).",
        0xA900 or 0x0118 or 0x0122 => $"The archive does not serve this kind of query ({code:X4}). Ask its operator whether study root C-FIND is enabled.",
        0x0124 => "The archive does not let us query (0124). Ask its operator to allow C-FIND for our AE title.",
        0xFE00 => "The archive cancelled the query (FE00).",
        _ => $"The archive cannot answer the query ({code:X4}). Its log says why.",
    };
}
