using Integration.Adapters.Dicom.DataSets;

namespace Integration.Adapters.Dicom.Network;

/// <summary>How an operation ended. DICOM PS3.7 §C, PS3.4 §B.2.3.</summary>
/// <param name="Comment">Why, without patient data; empty when it succeeded.</param>
/// <param name="ErrorId">More about it, where a service defines that; 0: none.</param>
internal readonly record struct DimseStatus(ushort Code, string Comment, ushort ErrorId = 0)
{
    public static readonly DimseStatus Success = new(0x0000, "");
    public static readonly DimseStatus UnknownOperation = new(0x0211, "This operation is not served here");
    public static readonly DimseStatus StoreAway = new(0xA700, "Cannot be kept now; send again later");

    public static readonly DimseStatus DuplicateInstance = new(0x0111, "There is such an instance already");
    public static readonly DimseStatus NoSuchInstance = new(0x0112, "There is no such instance");
    public static readonly DimseStatus NoSuchAction = new(0x0123, "There is no such action");

    /// <summary>It cannot be done now, and may be later.</summary>
    public static readonly DimseStatus ProcessingFailure = new(0x0110, "Cannot be kept now; send again later");

    /// <summary>PS3.4 §F.7.2.2.</summary>
    public static readonly DimseStatus StepHasEnded = new(0x0110, "Performed Procedure Step Object may no longer be updated", 0xA710);

    /// <summary>An attribute that must be there is not.</summary>
    public static DimseStatus Missing(uint tag) => new(0x0120, $"{DicomTag.Show(tag)} is missing");

    /// <summary>An attribute says what it may not.</summary>
    public static DimseStatus Invalid(uint tag) => new(0x0106, $"{DicomTag.Show(tag)} may not have this value here");

    /// <summary>It says something other than the request around it.</summary>
    public static DimseStatus Mismatch(string comment) => new(0xA900, comment);

    /// <summary>Its data set cannot be read.</summary>
    /// <param name="field">Of the request.</param>
    public static DimseStatus Unreadable(ushort field, string comment) => new(field == DimseCommand.StoreRequest ? (ushort)0xC000 : (ushort)0x0110, comment);

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
