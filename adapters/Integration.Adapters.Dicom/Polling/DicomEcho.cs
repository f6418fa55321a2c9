using Integration.Adapters.Dicom.Network;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>Verification as user, DICOM PS3.4 §A: whether a feed's system would take an association from us.</summary>
internal static class DicomEcho
{
    public const string Question = "C-ECHO";

    /// <returns>Null: it answers. Else why not, with what to do.</returns>
    public static async Task<string?> AskAsync(string feed, DicomConnectOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        using var tls = options.Tls is { } settings ? new TlsIdentity($"Feed {feed}", settings, time, logger) : null;
        try
        {
            await using var association = await RequestedAssociation.OpenAsync(options.Peer(tls), [AssociationPolicy.Verification], time, cancellationToken);
            await association.EchoAsync(cancellationToken);
            return null;
        }
        catch (DicomPeerException exception)
        {
            return exception.Message;
        }
    }
}
