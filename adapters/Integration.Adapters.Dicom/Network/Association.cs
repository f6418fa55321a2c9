using Integration.Adapters.Dicom.DataSets;

namespace Integration.Adapters.Dicom.Network;

/// <summary>What was agreed on for one presentation context, PS3.8 §9.3.3.2.</summary>
/// <param name="Result">0: accepted; 3: no such abstract syntax here; 4: none of the transfer syntaxes.</param>
/// <param name="TransferSyntax">The one to use; of a context that was refused it says nothing.</param>
internal sealed record AgreedContext(byte Id, byte Result, string AbstractSyntax, string TransferSyntax);

/// <summary>Who may associate, and what for. Pure: decides from the request alone.</summary>
/// <param name="title">The title that callers must call; null: any.</param>
/// <param name="callers">Titles that may call; empty: all.</param>
/// <param name="serves">Whether an abstract syntax is served; C-ECHO always is.</param>
internal sealed class AssociationPolicy(string? title, IReadOnlyCollection<string> callers, Func<string, bool> serves)
{
    /// <summary>C-ECHO, PS3.4 §A.</summary>
    public const string Verification = "1.2.840.10008.1.1";

    /// <summary>Why the request is refused; null when it is not.</summary>
    public AssociationRejection? Refuse(AssociationRequest request) =>
        (request.ProtocolVersion & 1) == 0 ? AssociationRejection.ProtocolVersion
        : request.ApplicationContext != AssociationRequest.DicomContext ? AssociationRejection.ApplicationContext
        : title is not null && !title.Equals(request.CalledAe, StringComparison.Ordinal) ? AssociationRejection.CalledAe
        : callers.Count > 0 && !callers.Contains(request.CallingAe) ? AssociationRejection.CallingAe
        : null;

    /// <summary>Answers each context that was offered.</summary>
    public IReadOnlyList<AgreedContext> Agree(AssociationRequest request) => [.. request.Contexts.Select(context =>
    {
        var isServed = context.AbstractSyntax == Verification || serves(context.AbstractSyntax);
        var syntax = context.TransferSyntaxes.FirstOrDefault(uid => DicomTransferSyntax.Find(uid) is not null);
        return new AgreedContext(
            context.Id, (byte)(!isServed ? 3 : syntax is null ? 4 : 0), context.AbstractSyntax, syntax ?? DicomTransferSyntax.ImplicitLittleEndianUid);
    })];
}

/// <summary>A-ASSOCIATE-RJ, PS3.8 §9.3.4.</summary>
/// <param name="Result">1: for good; 2: for now.</param>
/// <param name="Source">1: the service user; 2: the provider (ACSE); 3: the provider (presentation).</param>
/// <param name="Text">For the log.</param>
internal sealed record AssociationRejection(byte Result, byte Source, byte Reason, string Text)
{
    public static readonly AssociationRejection ApplicationContext = new(1, 1, 2, "its application context is not DICOM's");
    public static readonly AssociationRejection CallingAe = new(1, 1, 3, "its AE title is not among CallingAETitles");
    public static readonly AssociationRejection CalledAe = new(1, 1, 7, "it called another AE title than AETitle");
    public static readonly AssociationRejection ProtocolVersion = new(1, 2, 2, "it speaks another version of the protocol");
    public static readonly AssociationRejection Full = new(2, 3, 2, "MaxAssociations are open already");

    /// <summary>What another side's refusal means, and what to do; for the operator.</summary>
    public static string Explain(byte result, byte source, byte reason) => (source, reason) switch
    {
        (1, 2) => "It does not speak DICOM's application context.",
        (1, 3) => "It does not know our AE title: have its operator enter AETitle with the address of this server.",
        (1, 7) => "It has another AE title than CalledAETitle.",
        (2, 2) => "It speaks another version of the protocol.",
        (3, 1 or 2) => "It has too many associations open now.",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"It refused the association (result {result}, source {source}, reason {reason})."),
    };
}
