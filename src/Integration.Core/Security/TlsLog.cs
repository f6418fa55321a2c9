using Microsoft.Extensions.Logging;

namespace Integration.Core.Security;

/// <summary>What the watch over certificates logs.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(1201, LogLevel.Warning, "{Owner}: the certificate '{Subject}' expires in {Days} days, on {Expires:yyyy-MM-dd}. Replace the file; it is taken up without a restart.")]
    public static partial void Expiring(ILogger logger, string owner, string subject, DateTimeOffset expires, int days);

    [LoggerMessage(1202, LogLevel.Error, "{Owner}: the certificate '{Subject}' expired on {Expires:yyyy-MM-dd}. Replace the file; it is taken up without a restart.")]
    public static partial void Expired(ILogger logger, string owner, string subject, DateTimeOffset expires);

    [LoggerMessage(1203, LogLevel.Information, "{Owner}: new certificates were read, the first of them expires on {Expires:yyyy-MM-dd}.")]
    public static partial void Reloaded(ILogger logger, string owner, DateTime? expires);

    [LoggerMessage(1204, LogLevel.Warning, "{Owner}: the changed certificates cannot be used, the old ones serve on: {Reason}")]
    public static partial void ReloadFailed(ILogger logger, string owner, string reason);
}
